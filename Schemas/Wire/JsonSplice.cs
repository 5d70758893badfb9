using System.Text.Encodings.Web;
using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Changes single places of a JSON body and leaves every other byte as it is: no parsing, no writing anew. Collect the
/// edits in any order, then <see cref="Apply"/>. Edits must not overlap; removed members must be whole (name to value).
/// </summary>
internal sealed class JsonSplice(ReadOnlyMemory<byte> body)
{
    private readonly List<Edit> _edits = [];

    private enum Change
    {
        Replace,
        Remove,
        Insert,
    }

    public bool IsEmpty => _edits.Count == 0;

    /// <summary>Puts a JSON value in the place of another.</summary>
    public void Replace(ByteRange value, ReadOnlyMemory<byte> json) => _edits.Add(new Edit(Change.Replace, value, json));

    /// <summary>Takes a member out, with the comma that would be left over. An empty range is no member.</summary>
    public void RemoveMember(ByteRange member)
    {
        if (!member.IsEmpty)
        {
            _edits.Add(new Edit(Change.Remove, member, default));
        }
    }

    /// <summary>Puts a member first into an object.</summary>
    /// <param name="afterBrace">Offset just behind the object's opening brace.</param>
    /// <param name="member">Name, colon and value: <c>"stream":true</c>.</param>
    public void InsertMember(int afterBrace, ReadOnlyMemory<byte> member) =>
        _edits.Add(new Edit(Change.Insert, new ByteRange(afterBrace, 0), member));

    /// <summary>The changed body, in pooled memory of its own.</summary>
    public PooledBuffer Apply()
    {
        var size = body.Length;
        foreach (var edit in _edits)
        {
            size += edit.Json.Length + 1;
        }

        var output = new PooledBuffer(size);
        Apply(output);
        return output;
    }

    /// <summary>A body with one value in the place of another: what most requests need and all they need.</summary>
    public static PooledBuffer Replaced(ReadOnlySpan<byte> body, ByteRange value, ReadOnlySpan<byte> json)
    {
        var output = new PooledBuffer(body.Length - value.Length + json.Length);
        output.Write(body[..value.Start]);
        output.Write(json);
        output.Write(body[value.End..]);
        return output;
    }

    /// <summary>A text as a JSON string.</summary>
    public static byte[] Quote(string text)
    {
        var escaped = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;
        var quoted = new byte[escaped.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        escaped.CopyTo(quoted.AsSpan(1));
        return quoted;
    }

    private void Apply(PooledBuffer output)
    {
        var source = body.Span;
        // An insertion stands at the same place as the removal of the first member and goes first.
        _edits.Sort(static (a, b) => (a.Range.Start, a.Range.Length).CompareTo((b.Range.Start, b.Range.Length)));
        var copied = 0;
        foreach (var edit in _edits)
        {
            output.Write(source[copied..edit.Range.Start]);
            output.Write(edit.Json.Span);
            copied = edit.Range.End;
            var next = source[copied..].IndexOfAnyExcept(" \t\r\n"u8);
            var follower = next < 0 ? (byte)0 : source[copied + next];
            if (edit.Change == Change.Insert && follower != '}')
            {
                output.Write(","u8);
            }
            else if (edit.Change == Change.Remove && follower == ',')
            {
                copied += next + 1;
            }
            else if (edit.Change == Change.Remove)
            {
                DropTrailingComma(output);
            }
        }

        output.Write(source[copied..]);
    }

    /// <summary>The last member of an object went: the comma before it is already written, by whatever stands there now.</summary>
    private static void DropTrailingComma(PooledBuffer output)
    {
        var last = output.Span.LastIndexOfAnyExcept(" \t\r\n"u8);
        if (last >= 0 && output.Span[last] == ',')
        {
            output.Truncate(last);
        }
    }

    private readonly record struct Edit(Change Change, ByteRange Range, ReadOnlyMemory<byte> Json);
}
