using System.Text;

namespace BifrostLite.Configuration.Reading;

/// <summary>One reading of one file: its bytes, the environment, and the problems and notices found so far.</summary>
internal sealed class ReadingContext(string file, byte[] source, Func<string, string?> environment)
{
    private readonly List<ConfigProblem> _problems = [];
    private readonly List<string> _notices = [];

    public string File => file;

    public byte[] Source => source;

    /// <summary>Problems in the order of the file.</summary>
    public IReadOnlyList<ConfigProblem> Problems => [.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public bool HasProblems => _problems.Count > 0;

    public IReadOnlyList<string> Notices => _notices;

    /// <summary>The value of an environment variable, or null.</summary>
    public string? Variable(string name) => environment(name);

    public void Report(int offset, string path, string message, string? suggestion = null)
    {
        var (line, column) = Position(offset);
        _problems.Add(new ConfigProblem(file, line, column, path, message, suggestion));
    }

    public void Notice(string text) => _notices.Add(text);

    /// <summary>Line and column from 1; the column counts characters, as editors do.</summary>
    public (int Line, int Column) Position(int offset)
    {
        var before = source.AsSpan(0, Math.Min(offset, source.Length));
        var line = before.Count((byte)'\n') + 1;
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return (line, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1);
    }

    public int Line(int offset) => Position(offset).Line;
}
