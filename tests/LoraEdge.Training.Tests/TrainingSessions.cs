namespace LoraEdge.Training.Tests;

/// <summary>Runs training on a model in a temporary file.</summary>
internal static class TrainingSessions
{
    /// <summary>Trains until there is nothing more to do.</summary>
    public static Adapter Train(OnnxModel model, TrainingRequest request) => With(model, request, session =>
    {
        while (session.Step())
        {
        }

        return session.Complete();
    });

    /// <summary>Starts a session and uses it.</summary>
    public static T With<T>(OnnxModel model, TrainingRequest request, Func<ITrainingSession, T> use) => WithTrainer(model, (trainer, path) =>
    {
        using ITrainingSession session = trainer.Start(request with { ModelPath = path });
        return use(session);
    });

    /// <summary>Uses a trainer on a model's file.</summary>
    public static T WithTrainer<T>(OnnxModel model, Func<LoraFaTrainer, string, T> use)
    {
        using var folder = new TemporaryFolder();
        model.Save(folder.File("model.onnx"));
        using var trainer = new LoraFaTrainer();
        return use(trainer, folder.File("model.onnx"));
    }

    /// <summary>Starts a session and ends it.</summary>
    public static void Start(OnnxModel model, TrainingRequest request) => With(model, request, session => session.Progress);

    /// <summary>Training of <see cref="TinyModels.Policy"/> on a player's records.</summary>
    public static TrainingRequest Request(IReadOnlyList<Interaction> records, IReadOnlyList<Interaction> heldOut, TrainingOptions? options = null) => new()
    {
        ModelPath = "",
        Objective = Players.Objective,
        Records = records,
        HeldOut = heldOut,
        Options = options ?? new TrainingOptions { LearningRate = 1e-2, BatchSize = 32 },
    };
}
