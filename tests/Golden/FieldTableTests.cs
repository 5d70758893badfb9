namespace BifrostLite.Tests.Golden;

/// <summary>
/// Every documented field of a request, of every dialect a caller can speak, towards every dialect a provider can speak:
/// it must arrive, be named among the losses, or stand in its row's list of targets where it means nothing, with the reason.
/// </summary>
public class FieldTableTests
{
    private static readonly string[] Dialects = ["chat", "responses", "messages", "converse", "genai", "cursor"];

    public static TheoryData<string> Rows => [.. RowNames];

    private static IEnumerable<string> RowNames => [.. Dialects.SelectMany(d => FieldProbe.Read(d).Rows.Select(r => FieldRow.NameOf(d, "request", r.Field)))];

    [Fact]
    public void Rows_HaveNamesOfTheirOwn() => Assert.Equal(RowNames, RowNames.Distinct());

    [Theory]
    [MemberData(nameof(Rows))]
    public void Request_EachField_ArrivesOrIsReported(string row)
    {
        var dialect = row[..row.IndexOf('-', StringComparison.Ordinal)];
        var (body, rows) = FieldProbe.Read(dialect);
        var field = rows.Single(r => FieldRow.NameOf(dialect, "request", r.Field) == row);
        var silent = new List<string>();
        foreach (var target in FieldProbe.Targets.Keys.Where(t => t != dialect))
        {
            var fate = FieldProbe.Probe(dialect, body, field, target);
            var isSilent = fate.Arrived.Count == 0 && fate.Lost.Count == 0;
            var isExcused = field.Silent.ContainsKey(target) || (isSilent && field.Silent.ContainsKey("*"));
            if (isSilent != isExcused)
            {
                silent.Add(isSilent ? $"{target}: nothing arrives and nothing is reported" : $"{target}: said to mean nothing there, but {string.Join(", ", fate.Arrived)} {string.Join(", ", fate.Lost)}");
            }
        }

        Assert.True(silent.Count == 0, "\n" + string.Join("\n", silent.Select(line => $"{row} -> {line}")));
    }

    /// <summary>Log probabilities, members of a dialect's own and searches: whoever has no place for them says so.</summary>
    [Theory]
    [InlineData("converse", "chat", "answer.logprobs")]
    [InlineData("genai", "chat", "answer.logprobs")]
    [InlineData("converse", "chat", "answer.service_tier")]
    [InlineData("genai", "chat", "answer.citations")]
    [InlineData("chat", "responses", "answer.server_tool")]
    public void Answer_WhatHasNoPlace_IsReported(string inbound, string upstream, string path) =>
        Assert.Contains(AnswerProbe.Translate(inbound, upstream).Losses, loss => loss.Path == path);

    [Theory]
    [InlineData("chat", "choices[].message.annotations[].url_citation")]
    [InlineData("responses", "output[].content[].annotations[].url")]
    [InlineData("converse", "output.message.content[].citationsContent.citations")]
    public void Answer_GroundingBeforeACall_IsCited(string inbound, string path) =>
        Assert.Equal("yes", AnswerProbe.Look(AnswerProbe.Translate(inbound, "genai").Answer, path));
}
