namespace BifrostLite.Schemas.Hub;

/// <summary>What of an answer a dialect has no place for, recorded the same way whole and streamed; each kind once.</summary>
internal sealed class AnswerLosses(Losses losses)
{
    private bool _hasLogprobs;

    /// <summary>Log probabilities or a member of another dialect's own; other events are not lost by being shown here.</summary>
    public void Note(in ResponseEvent e)
    {
        if (e.Kind == EventKind.Extension)
        {
            losses.Add($"answer.{new JsonText(e.Name.ToArray()).Decode()}", LossReason.Unknown);
        }
        else if (e.Kind == EventKind.Logprobs && !_hasLogprobs)
        {
            _hasLogprobs = true;
            losses.Add("answer.logprobs", LossReason.Unsupported);
        }
    }

    /// <summary>The same for a whole answer.</summary>
    public static void Note(ChatAnswer answer, Losses losses)
    {
        foreach (var extension in answer.Extensions)
        {
            losses.Add($"answer.{extension.Name}", LossReason.Unknown);
        }

        losses.AddIf(answer.Blocks.Exists(static b => !b.Logprobs.IsAbsent), "answer.logprobs", LossReason.Unsupported);
    }
}
