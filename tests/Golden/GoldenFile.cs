using System.Runtime.CompilerServices;
using System.Text;

namespace BifrostLite.Tests.Golden;

/// <summary>
/// Compares a result with the file kept beside the tests, byte for byte: NAME.verified.EXT. What differs is written beside
/// it as NAME.received.EXT; with BIFROST_ACCEPT_GOLDEN=1 it takes the verified file's place instead.
/// </summary>
internal static class GoldenFile
{
    /// <summary>The one switch: set to 1 to accept every result as it is now, then read the diff.</summary>
    public const string AcceptVariable = "BIFROST_ACCEPT_GOLDEN";

    private const string Advice = $"If the new result is right: {AcceptVariable}=1 dotnet test tests --filter FullyQualifiedName~Golden, then read the diff.";

    /// <param name="name">File name with its extension, as "chat-from-genai.stream.sse".</param>
    /// <param name="actual">The result.</param>
    /// <param name="here">Filled in by the compiler: the test's own file.</param>
    public static void Verify(string name, ReadOnlySpan<byte> actual, [CallerFilePath] string here = "") =>
        Verify(Path.GetDirectoryName(here)!, name, actual, Environment.GetEnvironmentVariable(AcceptVariable) == "1");

    internal static void Verify(string directory, string name, ReadOnlySpan<byte> actual, bool accept)
    {
        var stem = Path.Combine(directory, Path.GetFileNameWithoutExtension(name));
        var verified = $"{stem}.verified{Path.GetExtension(name)}";
        var received = $"{stem}.received{Path.GetExtension(name)}";
        File.Delete(received);
        if (File.Exists(verified) && actual.SequenceEqual(File.ReadAllBytes(verified)))
        {
            return;
        }

        if (accept)
        {
            File.WriteAllBytes(verified, actual);
            return;
        }

        File.WriteAllBytes(received, actual);
        Assert.Fail(File.Exists(verified)
            ? $"{Path.GetFileName(verified)} differs.\n{FirstDifference(File.ReadAllText(verified), Encoding.UTF8.GetString(actual))}\n{Advice}"
            : $"{Path.GetFileName(verified)} is not there yet. {Advice}");
    }

    /// <summary>The first line that differs, from a little before the difference.</summary>
    private static string FirstDifference(string expected, string actual)
    {
        var old = expected.Split('\n');
        var now = actual.Split('\n');
        var line = 0;
        while (line < Math.Min(old.Length, now.Length) && old[line] == now[line])
        {
            line++;
        }

        var before = line < old.Length ? old[line] : "(end)";
        var after = line < now.Length ? now[line] : "(end)";
        var column = before.AsSpan().CommonPrefixLength(after);
        return $"line {line + 1}, column {column + 1}\n  verified: {Around(before, column)}\n  received: {Around(after, column)}";
    }

    private static string Around(string line, int column) => line[Math.Max(0, column - 40)..Math.Min(line.Length, column + 80)];
}
