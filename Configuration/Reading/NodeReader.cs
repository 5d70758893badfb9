using System.Text;
using System.Text.Json;

namespace BifrostLite.Configuration.Reading;

/// <summary>
/// Bytes of config.json in, a tree of values with their places out. Strict JSON (RFC 8259): comments, trailing commas and repeated
/// keys are reported one by one and read past, so that one run shows them all; anything worse ends the reading.
/// </summary>
internal sealed class NodeReader(ReadingContext reading)
{
    /// <summary>The tree, or null where the file is no JSON at all; problems are in the context.</summary>
    public static Node? Read(ReadingContext reading) => new NodeReader(reading).ReadFile();

    private Node? ReadFile()
    {
        var source = reading.Source;
        if (source.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || source.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            reading.Report(0, JsonPath.Root, "the file is UTF-16; save it as UTF-8");
            return null;
        }

        // Some editors on Windows write a byte-order mark; the reader below does not take one.
        var start = source.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        if (source.AsSpan(start).IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            reading.Report(start, JsonPath.Root, "the file is empty; the least it must hold is {}");
            return null;
        }

        var options = new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Allow };
        var reader = new Utf8JsonReader(source.AsSpan(start), options);
        try
        {
            Advance(ref reader, start);
            var root = ReadValue(ref reader, start, JsonPath.Root);
            while (Advance(ref reader, start))
            {
            }

            return root;
        }
        catch (JsonException problem)
        {
            ReportSyntax(problem, start);
            return null;
        }
        catch (InvalidOperationException)
        {
            reading.Report(start + (int)reader.TokenStartIndex, JsonPath.Root, "this text is not valid UTF-8 or holds half a surrogate pair");
            return null;
        }
    }

    private Node ReadValue(ref Utf8JsonReader reader, int start, string path)
    {
        var offset = start + (int)reader.TokenStartIndex;
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadSection(ref reader, start, offset, path);
            case JsonTokenType.StartArray:
                return ReadList(ref reader, start, offset, path);
            case JsonTokenType.String:
                return new Node(NodeKind.Text, offset) { Text = reader.GetString()! };
            case JsonTokenType.Number:
                return new Node(NodeKind.Number, offset) { Text = Encoding.ASCII.GetString(reader.ValueSpan) };
            case JsonTokenType.True:
            case JsonTokenType.False:
                return new Node(NodeKind.Flag, offset) { Text = reader.TokenType == JsonTokenType.True ? "true" : "false" };
            default:
                return new Node(NodeKind.Null, offset);
        }
    }

    private Node ReadSection(ref Utf8JsonReader reader, int start, int offset, string path)
    {
        var section = new Node(NodeKind.Section, offset);
        while (Advance(ref reader, start) && reader.TokenType != JsonTokenType.EndObject)
        {
            var nameOffset = start + (int)reader.TokenStartIndex;
            var name = reader.GetString()!;
            var childPath = JsonPath.Child(path, name);
            Advance(ref reader, start);
            var value = ReadValue(ref reader, start, childPath);
            if (section.Find(name) is { } first)
            {
                reading.Report(nameOffset, childPath, $"this key stands here twice; the first is on line {reading.Line(first.Offset)}");
            }
            else
            {
                section.Members.Add(new Member(name, nameOffset, value));
            }
        }

        ReportTrailingComma(start + (int)reader.TokenStartIndex, path);
        return section;
    }

    private Node ReadList(ref Utf8JsonReader reader, int start, int offset, string path)
    {
        var list = new Node(NodeKind.List, offset);
        while (Advance(ref reader, start) && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Items.Add(ReadValue(ref reader, start, JsonPath.Item(path, list.Items.Count)));
        }

        ReportTrailingComma(start + (int)reader.TokenStartIndex, path);
        return list;
    }

    private bool Advance(ref Utf8JsonReader reader, int start)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.Comment)
            {
                return true;
            }

            reading.Report(start + (int)reader.TokenStartIndex, JsonPath.Root, "JSON has no comments; remove it (a \"description\" key may hold the words)");
        }

        return false;
    }

    private void ReportTrailingComma(int end, string path)
    {
        var before = reading.Source.AsSpan(0, end).TrimEnd(" \t\r\n"u8);
        if (before.Length > 0 && before[^1] == (byte)',')
        {
            reading.Report(before.Length - 1, path, "JSON allows no comma before a closing bracket; remove it");
        }
    }

    /// <summary>The reader's own wording can quote the file, and thereby a secret: only the one character is shown.</summary>
    private void ReportSyntax(JsonException problem, int start)
    {
        var offset = OffsetOf(problem, start);
        var source = reading.Source;
        var message = offset >= source.Length
            ? "the file ends too early: a bracket or quote is not closed"
            : source[offset] switch
            {
                (byte)'\'' => "JSON texts stand in double quotes, not single ones",
                (byte)'\n' or (byte)'\r' => "not valid JSON: the line ends within a text or a value",
                >= 0x21 and < 0x7F => $"not valid JSON: '{(char)source[offset]}' cannot stand here (a missing comma, quote or bracket before it?)",
                _ => "not valid JSON here",
            };
        reading.Report(offset, JsonPath.Root, message);
    }

    private int OffsetOf(JsonException problem, int start)
    {
        var offset = start;
        var source = reading.Source;
        for (var line = problem.LineNumber ?? 0; line > 0; line--)
        {
            offset += source.AsSpan(offset).IndexOf((byte)'\n') + 1;
        }

        return Math.Min(offset + (int)(problem.BytePositionInLine ?? 0), source.Length);
    }
}
