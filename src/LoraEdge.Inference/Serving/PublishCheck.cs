using LoraEdge.Onnx.Parity;

namespace LoraEdge.Inference;

/// <summary>
/// Runs a session once on made-up inputs before it serves anybody: what the base computes as a finite number must be one with
/// the adapter too. The first run of a session takes longer than others, and so the host's is not the first.
/// </summary>
/// <param name="model">The model.</param>
internal sealed class PublishCheck(ServingModel model)
{
    private readonly Lazy<Expected?> _expected = new(() => Expected.Of(model), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Checks a session; nothing where the model cannot be run on made-up inputs.</summary>
    /// <param name="session">The session; disposed when it is refused.</param>
    /// <returns>The session.</returns>
    /// <exception cref="AdapterMismatchException">An output is not finite.</exception>
    public ServingSession Require(ServingSession session)
    {
        try
        {
            if (_expected.Value is { } expected && expected.FirstNotFinite(session) is { } output)
                throw new AdapterMismatchException($"With the adapter, the output '{output}' of {model.Model.Name} is not finite on made-up inputs, and without it is. Nothing was changed. Train a new adapter with a lower learning rate.");
            return session;
        }
        catch (Exception error) when (error is DeviceLostException or InvalidInputException)
        {
            // A device that is lost is left by whoever runs the session next.
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The inputs, and what the base computes from them.</summary>
    private sealed record Expected(IReadOnlyDictionary<string, HostTensor> Inputs, IReadOnlyDictionary<string, HostTensor> Outputs)
    {
        public static Expected? Of(ServingModel model)
        {
            try
            {
                IReadOnlyDictionary<string, HostTensor> inputs = ParityInputs.For(model.Model);
                return new Expected(inputs, model.Base.Run(inputs));
            }
            catch (LoraEdgeException)
            {
                return null;
            }
        }

        public string? FirstNotFinite(ServingSession session)
        {
            IReadOnlyDictionary<string, HostTensor> actual = session.Run(Inputs);
            return Outputs.FirstOrDefault(output => output.Value.ElementType == TensorElementType.Float32 && !IsFinite(actual[output.Key], output.Value)).Key;
        }

        private static bool IsFinite(HostTensor actual, HostTensor expected)
        {
            ReadOnlySpan<float> values = actual.AsSpan<float>(), ofBase = expected.AsSpan<float>();
            for (int i = 0; i < values.Length && i < ofBase.Length; i++)
            {
                if (!IsFinite(values[i]) && IsFinite(ofBase[i]))
                    return false;
            }

            return true;
        }

        private static bool IsFinite(float value) => Math.Abs(value) < float.PositiveInfinity;
    }
}
