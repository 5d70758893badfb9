namespace BifrostLite.Schemas.Hub;

/// <summary>One JSON value exactly as it stood on the wire: key order, number spelling and white space kept.</summary>
internal readonly struct RawJson(ReadOnlyMemory<byte> utf8)
{
    public static readonly RawJson EmptyObject = new("{}"u8.ToArray());

    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    public ReadOnlySpan<byte> Span => Utf8.Span;

    /// <summary>True where the member was not there at all (a literal null is present).</summary>
    public bool IsAbsent => Utf8.IsEmpty;

    public bool IsNull => Span.SequenceEqual("null"u8);

    public bool IsObject => !IsAbsent && Span[0] == '{';
}
