using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class StreamGuardProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyEvents_BecomeALegalStream(int flags)
    {
        var rules = (StreamRules)flags;
        Prop.ForAll(Arb.From(AnyStep().ListOf()), steps => Violation([.. steps], rules) is null).Check(Many);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyEvents_TextIsNeitherMixedNorLost(int flags)
    {
        var rules = (StreamRules)flags;
        Prop.ForAll(Arb.From(BlockStep().ListOf()), steps => Mixing([.. steps], rules) is null).Check(Many);
    }

    private static string? Violation(Step[] steps, StreamRules rules) => AnswerGrammar.Violation(Run(steps, rules, out _).Steps, rules);

    /// <summary>Every delta's text is its block's letter and a running number; pieces of one letter must stay together and in order.</summary>
    private static string? Mixing(Step[] steps, StreamRules rules)
    {
        var numbered = steps.Select((s, i) => s.Text.Length > 0 ? s with { Text = Letter(s) + i + ";" } : s).ToArray();
        Step[] whole = [.. numbered, new(EventKind.Finish), new(EventKind.Finish, Choice: 1), new(EventKind.End)];
        var output = Run(whole, rules, out var losses);
        var isLossless = losses.Count == 0;
        foreach (var block in output.Steps.Where(s => s.Kind == EventKind.BlockDelta).GroupBy(s => s.Index))
        {
            if (block.SelectMany(s => s.Text.Where(char.IsAsciiLetter)).Distinct().Count() > 1)
            {
                return $"block {block.Key} is mixed";
            }
        }

        foreach (var letter in "abcdefgh")
        {
            var given = string.Concat(whole.Where(s => s.Kind == EventKind.BlockDelta && Letter(s)[0] == letter).Select(s => s.Text));
            var got = string.Concat(output.Steps.Where(s => s.Kind == EventKind.BlockDelta && s.Text.Contains(letter)).Select(s => s.Text));
            if (isLossless && given.Contains(letter) && given != got)
            {
                return $"{letter}: {given} became {got}";
            }
        }

        return null;
    }

    private static string Letter(Step step) => ((char)('a' + step.Index + (4 * step.Choice))).ToString();

    private static RecordingSink Run(IEnumerable<Step> steps, StreamRules rules, out Losses losses)
    {
        var sink = new RecordingSink();
        losses = new Losses();
        var guard = new StreamGuard(sink, rules, losses);
        foreach (var step in steps)
        {
            step.Play(guard);
        }

        guard.Complete();
        return sink;
    }

    private static Gen<Step> AnyStep() =>
        from kind in Gen.Frequency(
            (12, Gen.Elements(EventKind.BlockStart, EventKind.BlockDelta, EventKind.BlockDelta, EventKind.BlockStop)),
            (3, Gen.Elements(EventKind.Annotation, EventKind.Logprobs, EventKind.Usage, EventKind.Extension)),
            (1, Gen.Elements(EventKind.MessageStart, EventKind.Finish, EventKind.Finish, EventKind.End, EventKind.Error)))
        from step in StepOf(kind)
        select step;

    private static Gen<Step> BlockStep() =>
        from kind in Gen.Elements(EventKind.BlockStart, EventKind.BlockDelta, EventKind.BlockDelta, EventKind.BlockDelta, EventKind.BlockStop)
        from step in StepOf(kind)
        select step;

    private static Gen<Step> StepOf(EventKind kind) =>
        from index in Gen.Choose(0, 3)
        from choice in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Constant(1)))
        from block in Gen.Elements(Enum.GetValues<BlockKind>())
        from delta in Gen.Frequency((6, Gen.Constant(DeltaKind.Text)), (1, Gen.Elements(DeltaKind.Signature, DeltaKind.SummaryBreak)))
        from text in Gen.Elements("", "x", "{", "}", "{}", "[", "]", "\\\"", "\\\\", " ")
        let isDelta = kind == EventKind.BlockDelta
        select new Step(
            kind,
            index,
            kind is EventKind.MessageStart or EventKind.Usage or EventKind.Extension or EventKind.End or EventKind.Error ? 0 : choice,
            kind == EventKind.BlockStart ? block : default,
            isDelta ? delta : default,
            isDelta && delta != DeltaKind.SummaryBreak ? text : "");
}
