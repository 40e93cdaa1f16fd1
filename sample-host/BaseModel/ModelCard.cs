using System.Globalization;
using LoraEdge.Onnx;
using Rival.Policy;

namespace Rival.BaseModel;

/// <summary>Writes what a base model is, what it was trained on and how good it is, beside the model.</summary>
public static class ModelCard
{
    /// <summary>The card as Markdown.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="options">How it was trained.</param>
    /// <param name="stages">What each stage did.</param>
    /// <param name="games">The games that it was trained on.</param>
    /// <param name="evaluation">What <see cref="BaseEvaluation"/> found.</param>
    public static string Write(OnnxModel model, BaseTrainingOptions options, IReadOnlyList<string> stages, BaseGames games, (PolicyScore Score, int Games, int Players) evaluation)
    {
        long parameters = model.Graph.Initializers.Values.Where(initializer => initializer.DataType == OnnxDataType.Float).Sum(initializer => initializer.Count);
        PolicyScore score = evaluation.Score;
        return string.Create(CultureInfo.InvariantCulture, $"""
            # {Path.GetFileName(options.Output)}

            A policy network for chess: given a position and the last {BoardPlanes.History} moves it predicts the move a strong player makes. It is the frozen
            model of Rival; adapters turn it into the prediction of one player.

            | | |
            |---|---|
            | input | `{PolicyRecord.Input}`, uint8 (N, 64, {BoardPlanes.Count}): {BoardPlanes.Count} sets of squares from the mover's side, facts of the rules and recent moves (`Policy/BoardPlanes.cs`) |
            | output | `{PolicyRecord.Output}`, float32 (N, {MoveClass.Count}): a score for each pair of squares from x to; softmax over the legal moves |
            | parameters | {parameters:N0}, float32; every weight matrix is a MatMul and can be adapted (`BaseModel/PolicyNetwork.cs`) |
            | opset | {model.Opsets[""]} |
            | fingerprint | `{model.Fingerprint}` |

            ## Training

            - Command: `dotnet run -c Release --project sample-host -- train-base --games DIR --out {Path.GetFileName(options.Output)} --minutes {options.Minutes:0.#}{Start(options)}`
            - Data: {games.Training.Count:N0} distinct games of strong players, past and present, from a collection without a licence (moves are facts; the games are not redistributed here).
            - Split by whole players: the SHA-256 of a player's file name holds the player out when its first byte is below 51, and keeps the player for tuning when it is below 70. No game in which such a player takes part was trained on (`BaseModel/PlayerSplit.cs`).
            - Stages: {string.Join("; then ", stages)}.
            - In the second stage each of {games.People.Count} base players has an adapter of rank 1; model and projection learn together what such adapters are to be good for, and the adapters are thrown away. Every batch is also learned without an adapter, so that the model stays the best guess at somebody unknown.
            - AdamW, learning rate {options.LearningRate:G2} with linear decay, weight decay {options.WeightDecay:G2}, seed {options.Seed}, cross-entropy over the legal moves. How many steps fit into the time depends on the machine, so the result is not repeated bit for bit.

            ## Held-out games

            {evaluation.Games:N0} games (one in {BaseEvaluation.GameInterval}) of {evaluation.Players} players who had no part in training, moves of both sides, through ONNX Runtime:

            | | positions | top-1 | NLL (nats) |
            |---|---|---|---|
            | all plies | {score.All.Moves:N0} | {score.All.Accuracy:P2} | {score.All.Nll:F4} |
            | first {PolicyScore.OpeningPlies} plies | {score.Opening.Moves:N0} | {score.Opening.Accuracy:P2} | {score.Opening.Nll:F4} |

            ## Limits

            It imitates; it does not search, and it plays as weakly as one glance allows. All promotions count as queening. It knows strong players' games only, and 20th-century ones above all.

            """);
    }

    private static string Start(BaseTrainingOptions options) =>
        options.StartFrom is null ? "" : string.Create(CultureInfo.InvariantCulture, $" --start-from {Path.GetFileName(options.StartFrom)} --learning-rate {options.LearningRate:G2}");
}
