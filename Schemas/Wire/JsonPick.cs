using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// What operations with small bodies need of JSON: some members of an object, one number. Bytes in, bytes or a number out.
/// </summary>
internal static class JsonPick
{
    /// <summary>Copies the members of these names, as they stand, into the object that is being written.</summary>
    /// <param name="json">An object.</param>
    /// <param name="names">What to copy; null for every member.</param>
    /// <param name="into">Stands inside an object.</param>
    public static void Copy(ReadOnlySpan<byte> json, byte[][]? names, ref JsonEmitter into)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (names is null || Holds(names, members.Name))
            {
                into.Name(members.Name);
                into.Raw(members.Raw);
            }
        }
    }

    /// <summary>The whole number of a top-level member; null where there is none.</summary>
    public static long? Number(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Is(name))
            {
                return members.Kind == JsonTokenType.Number && Utf8Parser.TryParse(members.Raw, out long number, out var read) && read == members.Raw.Length
                    ? number
                    : null;
            }
        }

        return null;
    }

    /// <summary>Bytes of the string of the first member whose name ends so, quote included, and that has one; 0 where there is none.</summary>
    public static int TextAfter(ReadOnlySpan<byte> json, ReadOnlySpan<byte> nameEnd)
    {
        var start = TextStart(json, nameEnd);
        return start < 0 ? 0 : Unquoted(json[start..]);
    }

    /// <summary>Where that string begins, behind its quote; -1 where there is none. Servers written in Python put blanks behind colons.</summary>
    public static int TextStart(ReadOnlySpan<byte> json, ReadOnlySpan<byte> nameEnd)
    {
        var start = 0;
        while (true)
        {
            var at = json[start..].IndexOf(nameEnd);
            if (at < 0)
            {
                return -1;
            }

            start += at + nameEnd.Length;
            while (start < json.Length && json[start] is (byte)':' or (byte)' ')
            {
                start++;
            }

            if (start < json.Length && json[start] == '"')
            {
                return start + 1;
            }
        }
    }

    /// <summary>Bytes of the last string value; inside a string the quote of ":"" would be escaped.</summary>
    public static int LastText(ReadOnlySpan<byte> json)
    {
        var at = json.LastIndexOf(":\""u8);
        at = at < 0 ? json.LastIndexOf(": \""u8) + 1 : at;
        return at <= 0 ? 0 : Math.Max(0, json[(at + 2)..].LastIndexOf((byte)'"'));
    }

    /// <summary>The value of a top-level member as it stands; empty where there is none.</summary>
    public static ReadOnlyMemory<byte> Member(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(json.Span);
        while (members.MoveNext())
        {
            if (members.Is(name))
            {
                return json.Slice(members.ValueStart, members.Raw.Length);
            }
        }

        return default;
    }

    /// <summary>The escaped text of a top-level member; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Escaped(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Is(name))
            {
                return members.Text;
            }
        }

        return default;
    }

    /// <summary>The decoded text of a top-level member; empty where there is none.</summary>
    public static string Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => JsonEscapes.Decode(Escaped(json, name));

    /// <summary>An object of one number.</summary>
    public static void WriteNumber(ReadOnlySpan<byte> name, long number, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member(name, number);
        json.EndObject();
    }

    private static int Unquoted(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0 || text[at + next] == '"')
            {
                return next < 0 ? text.Length : at + next;
            }

            at = Math.Min(at + next + 2, text.Length);
        }
    }

    private static bool Holds(byte[][] names, ReadOnlySpan<byte> name)
    {
        foreach (var one in names)
        {
            if (name.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}
