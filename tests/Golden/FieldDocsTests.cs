using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Golden;

/// <summary>
/// docs/api.md and docs/translation.md are what the code does, not what somebody remembers: their tables are written here, from
/// the templates in Fields/, and compared with the files.
/// </summary>
public partial class FieldDocsTests
{
    private static readonly Dictionary<string, string> Titles = new()
    {
        ["chat"] = "Chat",
        ["responses"] = "Responses",
        ["messages"] = "Messages",
        ["converse"] = "Converse",
        ["genai"] = "GenerateContent",
        ["cursor"] = "Cursor",
    };

    private static readonly ConcurrentDictionary<string, Dictionary<string, JsonElement>> Answers = [];

    private static string[] Targets => [.. FieldProbe.Targets.Keys];

    public static TheoryData<string> Rows => [.. RowNames];

    private static IEnumerable<string> RowNames =>
    [
        .. Titles.Keys.SelectMany(d => FieldProbe.Read(d).Rows.Select(r => FieldRow.NameOf(d, "request", r.Field))),
        .. Titles.Keys.Where(HasAnswers).SelectMany(d => AnswerRows(d).Select(r => FieldRow.NameOf(d, "answer", r.Field))),
    ];

    [Fact]
    public void Rows_HaveNamesOfTheirOwn() => Assert.Equal(RowNames, RowNames.Distinct());

    /// <summary>What a row of docs/api.md says is what the code does; the row names this test's case.</summary>
    [Theory]
    [MemberData(nameof(Rows))]
    public void ApiPage_EachRow_IsWhatTheCodeDoes(string row)
    {
        var dialect = row[..row.IndexOf('-', StringComparison.Ordinal)];
        var line = row.StartsWith($"{dialect}-request-", StringComparison.Ordinal)
            ? RequestRow(dialect, FieldProbe.Read(dialect).Rows.Single(r => FieldRow.NameOf(dialect, "request", r.Field) == row))
            : AnswerRows(dialect).Where(r => FieldRow.NameOf(dialect, "answer", r.Field) == row).Select(r => AnswerRow(dialect, r.Field, r.Text)).Single();

        Assert.Contains(line, File.ReadAllText(PageOf("api")), StringComparison.Ordinal);
    }

    [Fact]
    public void ApiPage_IsWhatTheCodeDoes() => Verify("api", placeholder => placeholder.Split(' ') switch
    {
        ["request", var dialect] => RequestTable(dialect),
        ["answer", var dialect] => AnswerTable(dialect),
        _ => throw new InvalidOperationException(placeholder),
    });

    [Fact]
    public void TranslationPage_IsWhatTheCodeLoses() => Verify("translation", placeholder => placeholder switch
    {
        "reasons" => string.Concat(LossReason.All.Select(r => $"- *{r.Code}*: {r.Meaning}\n")) + "\n",
        "unsayable" => Unsayable(),
        "losses" => string.Concat(Titles.Keys.Select(LossTable)),
        "answers" => AnswerLosses(),
        _ => throw new InvalidOperationException(placeholder),
    });

    [Fact]
    public void ApiPage_NamesTestsThatExist()
    {
        var page = File.ReadAllText(FieldProbe.PathOf("api.template.md")) + File.ReadAllText(FieldProbe.PathOf("translation.template.md"));
        var methods = Assembly.GetExecutingAssembly().GetTypes().SelectMany(t => t.GetMethods().Select(m => $"{t.Name}.{m.Name}")).ToHashSet();

        var named = TestName().Matches(page).Select(m => m.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, methods));
    }

    /// <summary>Fields/pages.json holds the names on Bifrost's five pages.</summary>
    [Fact]
    public void Pages_EveryField_HasARow()
    {
        var missing = new List<string>();
        foreach (var page in JsonDocument.Parse(File.ReadAllText(FieldProbe.PathOf("pages.json"))).RootElement.EnumerateObject())
        {
            var request = string.Join('\n', FieldProbe.Read(page.Name).Rows.Select(r => r.Field));
            missing.AddRange(Names(page, "request").Where(name => !Regex.IsMatch(request, $@"[`.]{Regex.Escape(name)}\b")).Select(name => $"{page.Name} request {name}"));
            var answer = AnswerRows(page.Name).SelectMany(r => r.Field.Split(", ")).ToHashSet();
            missing.AddRange(Names(page, "answer").Where(name => !answer.Contains(name)).Select(name => $"{page.Name} answer {name}"));
        }

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Names(JsonProperty page, string side) => page.Value.GetProperty(side).EnumerateArray().Select(n => n.GetString()!);

    private static bool HasAnswers(string dialect) => File.Exists(FieldProbe.PathOf($"{dialect}.answer.json"));

    private static string PageOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", $"{name}.md");

    private static void Verify(string name, Func<string, string> table)
    {
        var text = Placeholder().Replace(File.ReadAllText(FieldProbe.PathOf($"{name}.template.md")), m => table(m.Groups[1].Value));
        var path = PageOf(name);
        if (Environment.GetEnvironmentVariable(GoldenFile.AcceptVariable) == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"docs/{name}.md is not what the code does: {GoldenFile.AcceptVariable}=1 renews it.");
    }

    private static string RequestTable(string dialect) =>
        string.Concat(FieldProbe.Read(dialect).Rows.Select(r => RequestRow(dialect, r)).Prepend(Head("Field"))) + "\n";

    private static string RequestRow(string dialect, FieldRow row)
    {
        var (body, _) = FieldProbe.Read(dialect);
        var cells = Targets.Select(target => target == dialect ? "as it is" : Cell(row, FieldProbe.Probe(dialect, body, row, target), target));
        return $"| {row.Field} | {string.Join(" | ", cells)} | `{FieldRow.NameOf(dialect, "request", row.Field)}` |\n";
    }

    private static string Cell(FieldRow row, FieldFate fate, string target)
    {
        if (fate.Arrived.Count == 0 && fate.Lost.Count == 0)
        {
            return $"– {row.Silent.GetValueOrDefault(target) ?? row.Silent.GetValueOrDefault("*")}";
        }

        const int Shown = 4;
        var arrived = string.Join(", ", fate.Arrived.Take(Shown)) + (fate.Arrived.Count > Shown ? ", …" : "");
        var lost = fate.Lost.Count == 0 ? "" : "lost: " + string.Join(", ", fate.Lost.Select(l => $"`{l.Path}` {l.Reason}"));
        return Escaped(string.Join("; ", new[] { arrived, lost }.Where(s => s.Length > 0)));
    }

    private static string AnswerTable(string dialect) =>
        string.Concat(AnswerRows(dialect).Select(r => AnswerRow(dialect, r.Field, r.Text)).Prepend(Head("Field"))) + "\n";

    private static string AnswerRow(string dialect, string field, string? text)
    {
        var answers = Answers.GetOrAdd(dialect, static d => Targets.Where(t => t != d).ToDictionary(t => t, t => AnswerProbe.Translate(d, t).Answer));
        var names = string.Join(", ", field.Split(", ").Select(n => $"`{n}`"));
        var cells = text is null
            ? string.Join(" | ", Targets.Select(target => target == dialect ? "as it is" : AnswerProbe.Look(answers[target], field))) + " |"
            : text + " |||||";
        return $"| {names} | {cells} `{FieldRow.NameOf(dialect, "answer", field)}` |\n";
    }

    private static List<(string Field, string? Text)> AnswerRows(string dialect) =>
    [
        .. JsonDocument.Parse(File.ReadAllText(FieldProbe.PathOf($"{dialect}.answer.json"))).RootElement.EnumerateArray()
            .Select(r => (r.GetProperty("field").GetString()!, r.TryGetProperty("text", out var text) ? text.GetString() : null)),
    ];

    private static string Unsayable()
    {
        var text = new StringBuilder($"| Setting | {string.Join(" | ", Targets.Select(t => Titles[t]))} |\n|{string.Concat(Enumerable.Repeat("---|", Targets.Length + 1))}\n");
        foreach (var (member, name) in RequestMembersOf.Names)
        {
            text.Append($"| `{name}` | {string.Join(" | ", Targets.Select(t => Dialects.Get(t).Unsayable.HasFlag(member) ? "lost" : "–"))} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static string LossTable(string dialect)
    {
        var (body, rows) = FieldProbe.Read(dialect);
        var text = new StringBuilder();
        foreach (var target in Targets.Where(t => t != dialect))
        {
            text.Append($"### {Titles[dialect]} to {Titles[target]}\n\n| Field | Recorded as |\n|---|---|\n");
            foreach (var row in rows)
            {
                var lost = FieldProbe.Probe(dialect, body, row, target).Lost;
                if (lost.Count > 0)
                {
                    text.Append($"| {row.Field} | {string.Join(", ", lost.Select(l => $"`{l.Path}` {l.Reason}"))} |\n");
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string AnswerLosses()
    {
        var text = new StringBuilder("| Callers of | Chat | Responses | Messages | Converse | GenerateContent |\n|---|---|---|---|---|---|\n");
        foreach (var inbound in Titles.Keys)
        {
            text.Append($"| {Titles[inbound]} |");
            foreach (var upstream in Targets)
            {
                var losses = upstream == inbound ? [] : AnswerProbe.Translate(inbound, upstream).Losses;
                var cell = upstream == inbound ? "as it is" : losses.Count == 0 ? "–" : string.Join(", ", losses.Distinct().Select(l => $"`{l.Path}` {l.Reason}"));
                text.Append($" {cell} |");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Head(string first) =>
        $"| {first} | {string.Join(" | ", Targets.Select(t => Titles[t]))} | Test |\n|{string.Concat(Enumerable.Repeat("---|", Targets.Length + 2))}\n";

    private static string Escaped(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);

    [GeneratedRegex(@"\{\{(.+?)\}\}\n")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
