using System.Buffers;
using System.Buffers.Text;
using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Writes JSON whose strings are already escaped: text crosses the gateway as the bytes between its quotes, which
/// Utf8JsonWriter would decode or refuse. Commas are placed by itself; names must be plain ASCII without escapes.
/// </summary>
internal ref struct JsonEmitter(IBufferWriter<byte> output)
{
    /// <summary>Texts up to here go out in one piece; longer ones are not worth a larger buffer.</summary>
    private const int Short = 1024;

    private readonly IBufferWriter<byte> _output = output;
    private bool _needsComma;

    public void StartObject() => Open((byte)'{');

    public void EndObject() => Close((byte)'}');

    public void StartArray() => Open((byte)'[');

    public void EndArray() => Close((byte)']');

    /// <summary>A member that is an object; its members follow.</summary>
    public void StartObject(ReadOnlySpan<byte> name)
    {
        Name(name);
        StartObject();
    }

    /// <summary>A member that is an array; its values follow.</summary>
    public void StartArray(ReadOnlySpan<byte> name)
    {
        Name(name);
        StartArray();
    }

    /// <summary>Goes on inside an object whose first members have been written by other means.</summary>
    public void StartMembers() => _needsComma = true;

    /// <summary>JSON that an emitter has written, members without their brackets too: not empty, and no line breaks in it.</summary>
    public void Written(ReadOnlySpan<byte> json)
    {
        Separate();
        _output.Write(json);
        _needsComma = true;
    }

    /// <summary>A member's name; its value must follow.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        var span = _output.GetSpan(name.Length + 4);
        var at = 0;
        if (_needsComma)
        {
            span[at++] = (byte)',';
        }

        span[at++] = (byte)'"';
        name.CopyTo(span[at..]);
        at += name.Length;
        span[at++] = (byte)'"';
        span[at++] = (byte)':';
        _output.Advance(at);
        _needsComma = false;
    }

    public void Escaped(scoped ReadOnlySpan<byte> text)
    {
        if (text.Length <= Short && _output.GetSpan(text.Length + 3) is var span && span.Length >= text.Length + 3)
        {
            var at = 0;
            if (_needsComma)
            {
                span[at++] = (byte)',';
            }

            span[at++] = (byte)'"';
            text.CopyTo(span[at..]);
            at += text.Length;
            span[at++] = (byte)'"';
            _output.Advance(at);
        }
        else
        {
            StartString();
            _output.Write(text);
            _output.Write("\""u8);
        }

        _needsComma = true;
    }

    public void Escaped(JsonText text) => Escaped(text.Span);

    /// <summary>A .NET string, escaped here: for rare texts of the gateway's own.</summary>
    public void String(string text)
    {
        // Names of models and ids have nothing to escape.
        Span<byte> plain = stackalloc byte[240];
        var length = text.Length <= plain.Length / 3 ? Encoding.UTF8.GetBytes(text, plain) : 0;
        Escaped(length > 0 && JsonEscapes.NeedsNone(plain[..length]) ? plain[..length] : JsonText.From(text).Span);
    }

    /// <summary>
    /// A value as it stands. Line breaks become spaces (in valid JSON they only stand between tokens): pretty-printed
    /// raw JSON would tear a server-sent event apart.
    /// </summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Separate();
        while (json.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var at)
        {
            _output.Write(json[..at]);
            _output.Write(" "u8);
            json = json[(at + 1)..];
        }

        _output.Write(json);
        _needsComma = true;
    }

    public void Raw(RawJson json) => Raw(json.Span);

    public void Number(long value)
    {
        var span = _output.GetSpan(21);
        var at = 0;
        if (_needsComma)
        {
            span[at++] = (byte)',';
        }

        Utf8Formatter.TryFormat(value, span[at..], out var written);
        _output.Advance(at + written);
        _needsComma = true;
    }

    public void Number(double value)
    {
        Separate();
        var span = _output.GetSpan(40);
        if (!Hundredths.TryWrite(value, span, out var written))
        {
            Utf8Formatter.TryFormat(value, span, out written);
        }

        _output.Advance(written);
        _needsComma = true;
    }

    public void Number(decimal value)
    {
        Separate();
        var span = _output.GetSpan(40);
        Utf8Formatter.TryFormat(value, span, out var written);
        _output.Advance(written);
        _needsComma = true;
    }

    public void Bool(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Null() => Raw("null"u8);

    public void Member(ReadOnlySpan<byte> name, JsonText text)
    {
        Name(name);
        Escaped(text);
    }

    public void Member(ReadOnlySpan<byte> name, ReadOnlySpan<byte> escaped)
    {
        Name(name);
        Escaped(escaped);
    }

    public void Member(ReadOnlySpan<byte> name, string text)
    {
        Name(name);
        String(text);
    }

    public void Member(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        Number(value);
    }

    public void Member(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        Number(value);
    }

    public void Member(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        Bool(value);
    }

    public void Member(ReadOnlySpan<byte> name, RawJson json)
    {
        Name(name);
        Raw(json);
    }

    /// <summary>A member that is left out where nothing is known of it, as are those of the other types.</summary>
    public void MemberIfKnown(ReadOnlySpan<byte> name, JsonText text)
    {
        if (!text.IsEmpty)
        {
            Member(name, text);
        }
    }

    public void MemberIfKnown(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            Member(name, text);
        }
    }

    public void MemberIfKnown(ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            Member(name, known);
        }
    }

    public void MemberIfKnown(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } known)
        {
            Member(name, known);
        }
    }

    public void MemberIfKnown(ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } known)
        {
            Member(name, known);
        }
    }

    public void MemberIfKnown(ReadOnlySpan<byte> name, RawJson json)
    {
        if (!json.IsAbsent)
        {
            Member(name, json);
        }
    }

    /// <summary>An array of strings; left out where there are none.</summary>
    public void MemberIfKnown(ReadOnlySpan<byte> name, IReadOnlyList<JsonText> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        StartArray(name);
        foreach (var text in texts)
        {
            Escaped(text);
        }

        EndArray();
    }

    /// <summary>A member that must be there, null where nothing is known of it.</summary>
    public void MemberOrNull(ReadOnlySpan<byte> name, string? text)
    {
        Name(name);
        if (text is null)
        {
            Null();
        }
        else
        {
            String(text);
        }
    }

    public void MemberOrNull(ReadOnlySpan<byte> name, JsonText text) => MemberOrNull(name, text.Span);

    public void MemberOrNull(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        Name(name);
        if (text.IsEmpty)
        {
            Null();
        }
        else
        {
            Escaped(text);
        }
    }

    /// <summary>A string value put together by the caller: write its escaped body to the output between the two calls.</summary>
    public void StartString()
    {
        Separate();
        _output.Write("\""u8);
    }

    /// <summary>A piece of the string begun by <see cref="StartString"/>, already escaped.</summary>
    public readonly void Append(ReadOnlySpan<byte> escaped) => _output.Write(escaped);

    public void EndString()
    {
        _output.Write("\""u8);
        _needsComma = true;
    }

    private void Open(byte bracket)
    {
        var span = _output.GetSpan(2);
        var at = 0;
        if (_needsComma)
        {
            span[at++] = (byte)',';
        }

        span[at++] = bracket;
        _output.Advance(at);
        _needsComma = false;
    }

    private void Close(byte bracket)
    {
        _output.GetSpan(1)[0] = bracket;
        _output.Advance(1);
        _needsComma = true;
    }

    private void Separate()
    {
        if (_needsComma)
        {
            _output.Write(","u8);
        }
    }
}
