using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>The grammar of guarded answers written a second time, as a checker of a whole event string.</summary>
internal static class AnswerGrammar
{
    /// <summary>Null when the events are legal, else what is wrong.</summary>
    public static string? Violation(IReadOnlyList<Step> steps, StreamRules rules)
    {
        var opened = new Dictionary<int, (int Choice, bool IsOpen)>();
        var finished = new HashSet<int>();
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            var isLast = i == steps.Count - 1;
            var wrong = step.Kind switch
            {
                EventKind.Error => isLast ? null : "something after an error",
                _ when i == 0 != (step.Kind == EventKind.MessageStart) => "MessageStart is not exactly the first",
                EventKind.End when !isLast => "something after the end",
                EventKind.End when finished.Count == 0 || opened.Values.Any(b => !finished.Contains(b.Choice)) => "end without finish",
                EventKind.Finish when !finished.Add(step.Choice) => "second finish",
                EventKind.Finish when opened.Values.Any(b => b.Choice == step.Choice && b.IsOpen) => "finish with an open block",
                EventKind.BlockStart => Start(step, rules, opened, finished),
                EventKind.BlockStop or EventKind.BlockDelta or EventKind.Annotation or EventKind.Logprobs
                    when !opened.TryGetValue(step.Index, out var block) || !block.IsOpen || block.Choice != step.Choice => "block is not open",
                _ when step.Choice != 0 && (rules & StreamRules.Choices) == 0 => "a choice the target cannot show",
                _ => null,
            };
            if (wrong is not null)
            {
                return $"{wrong} at {i}: {step}";
            }

            if (step.Kind == EventKind.BlockStop)
            {
                opened[step.Index] = (step.Choice, false);
            }
        }

        return null;
    }

    private static string? Start(Step step, StreamRules rules, Dictionary<int, (int Choice, bool IsOpen)> opened, HashSet<int> finished)
    {
        var wrong = step.Index != opened.Count ? "numbers are not dense"
            : finished.Contains(step.Choice) ? "block after finish"
            : (rules & StreamRules.Interleaved) == 0 && opened.Values.Any(b => b.Choice == step.Choice && b.IsOpen) ? "two open blocks"
            : null;
        opened[step.Index] = (step.Choice, true);
        return wrong;
    }
}
