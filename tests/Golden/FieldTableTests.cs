using System.Text.Json.Nodes;

namespace BifrostLite.Tests.Golden;

/// <summary>
/// Every documented field of a request, of every dialect a caller can speak, towards every dialect a provider can speak:
/// it must arrive, be named among the losses, or stand in its row's list of targets where it means nothing, with the reason.
/// </summary>
public class FieldTableTests
{
    public static TheoryData<string, string> Fields
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var dialect in (string[])["chat", "responses", "messages", "converse", "genai", "cursor"])
            {
                FieldProbe.Read(dialect).Rows.ForEach(row => data.Add(dialect, row.Field));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void Request_EachField_ArrivesOrIsReported(string dialect, string field)
    {
        var (body, rows) = FieldProbe.Read(dialect);
        var row = rows.Single(r => r.Field == field);
        var silent = new List<string>();
        foreach (var target in FieldProbe.Targets.Keys.Where(t => t != dialect))
        {
            var fate = FieldProbe.Probe(dialect, body, row, target);
            var isSilent = fate.Arrived.Count == 0 && fate.Lost.Count == 0;
            var isExcused = row.Silent.ContainsKey(target) || (isSilent && row.Silent.ContainsKey("*"));
            if (isSilent != isExcused)
            {
                silent.Add(isSilent ? $"{target}: nothing arrives and nothing is reported" : $"{target}: said to mean nothing there, but {string.Join(", ", fate.Arrived)} {string.Join(", ", fate.Lost)}");
            }
        }

        Assert.True(silent.Count == 0, "\n" + string.Join("\n", silent.Select(line => $"{dialect} | {field} -> {line}")));
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
