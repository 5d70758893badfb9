using System.Text.Json;

namespace BifrostLite.Schemas.Converse;

/// <summary>What a contentBlockStart event begins (API_runtime_ContentBlockStart).</summary>
internal enum ConverseStartKind
{
    /// <summary>No member this reader knows: the block begins with its first delta.</summary>
    None,
    ToolUse,
    ToolResult,
    Image,
}

/// <summary>
/// One contentBlockStart (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlockStart.html). Spans point
/// into the frame.
/// </summary>
internal ref struct ConverseBlockStart
{
    public int Index;
    public ConverseStartKind Kind;
    public ReadOnlySpan<byte> Id;

    /// <summary>The tool's name, or the image's format.</summary>
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Status;

    /// <exception cref="JsonException">The frame is no JSON.</exception>
    public static ConverseBlockStart Read(ReadOnlySpan<byte> data)
    {
        var start = default(ConverseBlockStart);
        var reader = ConverseJson.Reader(data);
        reader.Read();
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("contentBlockIndex"u8))
            {
                start.Index = ConverseJson.Index(ref reader);
            }
            else if (reader.TokenType == JsonTokenType.StartObject)
            {
                start.Kind = KindOf(name, start.Kind);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                start.Take(name, reader.ValueSpan);
            }
        }

        return start;
    }

    private static ConverseStartKind KindOf(ReadOnlySpan<byte> member, ConverseStartKind known)
    {
        if (member.SequenceEqual("toolUse"u8))
        {
            return ConverseStartKind.ToolUse;
        }

        if (member.SequenceEqual("toolResult"u8))
        {
            return ConverseStartKind.ToolResult;
        }

        return member.SequenceEqual("image"u8) ? ConverseStartKind.Image : known;
    }

    private void Take(ReadOnlySpan<byte> member, ReadOnlySpan<byte> value)
    {
        if (member.SequenceEqual("toolUseId"u8))
        {
            Id = value;
        }
        else if (member.SequenceEqual("name"u8) || member.SequenceEqual("format"u8))
        {
            Name = value;
        }
        else if (member.SequenceEqual("type"u8))
        {
            Type = value;
        }
        else if (member.SequenceEqual("status"u8))
        {
            Status = value;
        }
    }
}
