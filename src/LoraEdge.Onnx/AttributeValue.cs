using Google.Protobuf;
using LoraEdge.Onnx.Protos;

namespace LoraEdge.Onnx;

/// <summary>Makes attributes from .NET values.</summary>
internal static class AttributeValue
{
    public static AttributeProto ToProto(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case long or int or bool:
                attribute.I = Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case float or double:
                attribute.F = Convert.ToSingle(value, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case string text:
                attribute.S = ByteString.CopyFromUtf8(text);
                break;
            case Initializer tensor:
                attribute.T = tensor.Proto;
                break;
            case GraphBuilder graph:
                attribute.G = graph.Graph;
                break;
            case AttributeReference reference:
                attribute.RefAttrName = reference.Attribute;
                attribute.Type = (int)reference.Kind;
                return attribute;
            case long[] numbers:
                return List(attribute, AttributeKind.Ints, () => attribute.Ints.AddRange(numbers));
            case int[] numbers:
                return List(attribute, AttributeKind.Ints, () => attribute.Ints.AddRange(numbers.Select(number => (long)number)));
            case float[] numbers:
                return List(attribute, AttributeKind.Floats, () => attribute.Floats.AddRange(numbers));
            case string[] texts:
                return List(attribute, AttributeKind.Strings, () => attribute.Strings.AddRange(texts.Select(ByteString.CopyFromUtf8)));
            default:
                throw new ArgumentException($"The attribute '{name}' cannot hold a {value.GetType().Name}.", nameof(value));
        }

        attribute.Type = (int)attribute.Kind();
        return attribute;
    }

    // An empty list does not show in its field, so its kind must be said.
    private static AttributeProto List(AttributeProto attribute, AttributeKind kind, Action fill)
    {
        fill();
        attribute.Type = (int)kind;
        return attribute;
    }
}
