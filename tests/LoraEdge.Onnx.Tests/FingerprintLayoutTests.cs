using System.Security.Cryptography;
using System.Text;

namespace LoraEdge.Onnx.Tests;

/// <summary>The byte layout, written out a second time. It must never change: adapters in the field name fingerprints.</summary>
public sealed class FingerprintLayoutTests
{
    [Test]
    public void Fingerprint_IsSha256OverTheDocumentedLayout()
    {
        Wire graph = new Wire()
            .Message(1, HandMade.Node("Relu", ["h"], ["y"]))
            .Message(1, HandMade.Node("Gemm", ["x", "W"], ["h"], new Wire().Text(1, "transB").Varint(3, 1).Varint(20, 2), new Wire().Text(1, "alpha").Float(2, 0.5f).Varint(20, 1)))
            .Message(1, HandMade.Node("Neg", ["x"], ["dead"]))
            .Message(5, HandMade.Tensor("W", [1, 2], 1, 2))
            .Message(5, HandMade.Tensor("B", 7, 1).Bytes(7, 9))
            .Message(11, HandMade.Value("x", 1, "batch", 2))
            .Message(12, HandMade.Value("y", 1, "batch", 1));

        var layout = new Layout()
            .Text("LoraEdge model fingerprint 1")
            .Number(2)
            .Text("B").Number(7).Number(1).Number(1).Number(8).Number(9)
            .Text("W").Number(1).Number(2).Number(1).Number(2).Number(8).Bytes(BitConverter.GetBytes(1f)).Bytes(BitConverter.GetBytes(2f))
            .Number(2)
            .Text("Gemm").Text("").Text("").Number(17)
            .Number(2).Text("x").Text("W")
            .Number(1).Text("h")
            .Number(2)
            .Text("alpha").Text("").Number(1).Number(BitConverter.SingleToUInt32Bits(0.5f))
            .Text("transB").Text("").Number(2).Number(1)
            .Text("Relu").Text("").Text("").Number(17)
            .Number(1).Text("h")
            .Number(1).Text("y")
            .Number(0)
            .Number(0);

        Assert.That(HandMade.Parse(HandMade.Model(graph)).Fingerprint.ToString(), Is.EqualTo(layout.Sha256()));
    }

    [Test]
    public void WeightHash_IsSha256OverTypeShapeAndElements()
    {
        AdaptableLayer layer = AdaptableLayers.Find(HandMade.Parse(HandMade.Model(HandMade.LinearGraph())).Graph).Layers.Single();
        var layout = new Layout().Number(1).Number(2).Number(2).Number(3).Number(24);
        for (int i = 1; i <= 6; i++)
            layout.Bytes(BitConverter.GetBytes((float)i));
        Assert.That(layer.WeightHash, Is.EqualTo(layout.Sha256()));
    }

    private sealed class Layout
    {
        private readonly MemoryStream _bytes = new();

        public Layout Number(long value) => Bytes(BitConverter.GetBytes(value));

        public Layout Text(string value) => Number(Encoding.UTF8.GetByteCount(value)).Bytes(Encoding.UTF8.GetBytes(value));

        public Layout Bytes(byte[] value)
        {
            _bytes.Write(value);
            return this;
        }

        public string Sha256() => Convert.ToHexStringLower(SHA256.HashData(_bytes.ToArray()));
    }
}
