using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace BifrostLite.Tests.Layers;

/// <summary>
/// The arrows between rooms: a room may name only the rooms below it. Read from the sources, since everything is internal
/// to one assembly and the compiler would let any arrow through.
/// </summary>
public partial class LayerTests
{
    private static readonly string[] Dialects = ["ChatCompletions", "Responses", "Messages", "Converse", "GenerateContent", "Cursor", "Invoke"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Configuration"] = [],
        ["Schemas"] = [],
        ["Providers"] = ["Schemas", "Configuration"],
        ["Storage"] = ["Configuration"],
        ["Pipeline"] = ["Providers", "Storage", "Schemas", "Configuration"],
        ["Endpoints"] = ["Pipeline", "Schemas", "Configuration"],
        ["Cli"] = ["Storage", "Configuration"],
    };

    /// <summary>Dialects built on another one, and nothing else may be.</summary>
    private static readonly Dictionary<string, string[]> DialectAllowed = new()
    {
        ["Cursor"] = ["ChatCompletions", "Responses"],
        ["Invoke"] = ["Messages", "Converse"],
    };

    public static TheoryData<string> Rooms => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_NamesOnlyRoomsBelowIt(string room)
    {
        var wrong = from file in Sources(room)
                    from named in RoomsNamedIn(file)
                    where named != room && Allowed.ContainsKey(named) && !Allowed[room].Contains(named)
                    select $"{Relative(file)} names {named}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Dialect_NamesNoOtherDialect()
    {
        var wrong = from dialect in Dialects
                    from file in Sources(Path.Combine("Schemas", dialect))
                    from other in Dialects
                    where other != dialect && !DialectAllowed.GetValueOrDefault(dialect, []).Contains(other)
                    where Regex.IsMatch(File.ReadAllText(file), $@"\bSchemas\.{other}\b")
                    select $"{Relative(file)} names {other}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void HubAndWire_NameNoDialect()
    {
        var wrong = from room in new[] { "Hub", "Wire" }
                    from file in Sources(Path.Combine("Schemas", room))
                    from dialect in Dialects
                    where Regex.IsMatch(File.ReadAllText(file), $@"\bSchemas\.{dialect}\b")
                    select $"{Relative(file)} names {dialect}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void SourceFiles_StayBelow350Lines()
    {
        var wrong = from room in Allowed.Keys
                    from file in Sources(room)
                    let lines = File.ReadLines(file).Count()
                    where lines > 350
                    select $"{Relative(file)}: {lines}";
        Assert.Empty(wrong);
    }

    /// <summary>The numbered path may wait in few methods only (docs/decisions.md, "Hot path"): those are longer.</summary>
    [Fact]
    public void Methods_StayBelow40Lines()
    {
        string[] numbered = ["Gateway.cs: ServeAsync", "Gateway.cs: ReceiveAsync", "Failover.cs: AskAsync"];
        var wrong = from room in Allowed.Keys
                    from file in Sources(room)
                    from method in MethodsIn(File.ReadAllLines(file))
                    where method.Lines > 40 && !numbered.Contains($"{Path.GetFileName(file)}: {method.Name}")
                    select $"{Relative(file)} {method.Name}: {method.Lines}";
        Assert.Empty(wrong);
    }

    /// <summary>Whoever filters logs by number means one message.</summary>
    [Fact]
    public void LogMessages_HaveNumbersOfTheirOwn()
    {
        var shared = from room in Allowed.Keys
                     from file in Sources(room)
                     from Match message in LogNumber().Matches(File.ReadAllText(file))
                     group Relative(file) by message.Groups[1].Value into files
                     where files.Count() > 1
                     select $"{files.Key}: {string.Join(", ", files)}";
        Assert.Empty(shared);
    }

    [Fact]
    public void Sources_AreFound() => Assert.NotEmpty(Sources("Schemas"));

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    private static string[] Sources(string folder)
    {
        var path = Path.Combine(Root(), folder);
        return Directory.Exists(path) ? Directory.GetFiles(path, "*.cs", SearchOption.AllDirectories) : [];
    }

    private static IEnumerable<string> RoomsNamedIn(string file) =>
        RoomName().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Distinct();

    /// <summary>Methods with the lines between their braces: a head with brackets, then braces of the same depth.</summary>
    private static IEnumerable<(string Name, int Lines)> MethodsIn(string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (MethodHead().Match(lines[i]) is not { Success: true } head)
            {
                continue;
            }

            var (indent, start) = (head.Groups[1].Value, i);
            while (start < lines.Length && lines[start] != indent + "{" && !lines[start].EndsWith(';'))
            {
                start++;
            }

            if (start < lines.Length && lines[start] == indent + "{")
            {
                var end = Array.FindIndex(lines, start, line => line.StartsWith(indent + "}", StringComparison.Ordinal));
                yield return (head.Groups[2].Value, end - start - 1);
            }
        }
    }

    private static string Relative(string file) => Path.GetRelativePath(Root(), file);

    [GeneratedRegex(@"^( {4,12})(?!.*\b(?:class|record|struct)\b)(?:(?:public|internal|private|protected|static|sealed|readonly|override|virtual|abstract|unsafe|partial|async|ref) )+[^=;({]*?(\w+)(?:<[^>]*>)?\(")]
    private static partial Regex MethodHead();

    [GeneratedRegex(@"LoggerMessage\(\s*(\d+),")]
    private static partial Regex LogNumber();

    [GeneratedRegex(@"\bBifrostLite\.(\w+)")]
    private static partial Regex RoomName();
}
