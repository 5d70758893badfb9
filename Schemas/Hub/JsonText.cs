using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Text as it stands between the quotes of a JSON string, escapes included. The same bytes are right in every
/// dialect, so text crosses the hub without being decoded; escapes a decoder would refuse (a lone surrogate) survive.
/// </summary>
internal readonly struct JsonText : IEquatable<JsonText>
{
    public JsonText(ReadOnlyMemory<byte> escaped) => Escaped = escaped;

    public ReadOnlyMemory<byte> Escaped { get; }

    public bool IsEmpty => Escaped.IsEmpty;

    public ReadOnlySpan<byte> Span => Escaped.Span;

    /// <summary>Escapes a .NET string. Only what JSON demands is escaped; a lone surrogate becomes U+FFFD.</summary>
    public static JsonText From(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return JsonEscapes.NeedsNone(bytes) ? new JsonText(bytes) : FromUtf8(bytes);
    }

    /// <summary>Escapes plain UTF-8 text. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static JsonText FromUtf8(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));
        }

        var escaped = new ArrayBufferWriter<byte>(text.Length + 8);
        JsonEscapes.Escape(text, escaped);
        return new JsonText(escaped.WrittenMemory);
    }

    /// <summary>A raw JSON value as the text of a string: tool arguments, which some dialects give as an object and others as text.</summary>
    public static JsonText FromJson(ReadOnlySpan<byte> json)
    {
        var escaped = new ArrayBufferWriter<byte>(json.Length + (json.Length / 4) + 16);
        JsonEscapes.Escape(json, escaped);
        return new JsonText(escaped.WrittenMemory);
    }

    /// <summary>The text without escapes. A lone surrogate becomes U+FFFD: use only where the text itself must be read.</summary>
    public string Decode() => JsonEscapes.Decode(Span);

    /// <summary>The same for one of the few words of an API (roles, types): the same string each time.</summary>
    public string Word() => JsonNames.Of(Span, Span.Contains((byte)'\\'));

    public bool Is(ReadOnlySpan<byte> plain) => Span.SequenceEqual(plain);

    public bool Equals(JsonText other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is JsonText other && Equals(other);

    public override int GetHashCode()
    {
        // Strangers choose ids and names: the hash of strings is the framework's own that they cannot foresee.
        var bytes = Span;
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(bytes));
        return bytes.Length % 2 == 0 ? hash : (hash * 31) + bytes[^1];
    }

    public override string ToString() => Encoding.UTF8.GetString(Span);
}
