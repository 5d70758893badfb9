using System.Text.Json;

namespace BifrostLite.Schemas.Converse;

/// <summary>Which member of the union a contentBlockDelta event has (API_runtime_ContentBlockDelta).</summary>
internal enum ConverseDeltaKind
{
    /// <summary>A member this reader does not know, or none.</summary>
    None,
    Text,
    ToolInput,
    ReasoningText,
    Signature,
    Redacted,
    Citation,
    ToolResult,
    Image,
}

/// <summary>
/// One contentBlockDelta (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlockDelta.html), read in one
/// pass without decoding. Spans point into the frame.
/// </summary>
internal ref struct ConverseDelta
{
    public int Index;
    public ConverseDeltaKind Kind;

    /// <summary>Escaped text, argument text, signature or base64; the raw value for Citation and ToolResult.</summary>
    public ReadOnlySpan<byte> Value;

    /// <exception cref="JsonException">The frame is no JSON.</exception>
    public static ConverseDelta Read(ReadOnlySpan<byte> data)
    {
        var delta = default(ConverseDelta);
        var reader = ConverseJson.Reader(data);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return delta;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueSpan.SequenceEqual("contentBlockIndex"u8))
            {
                reader.Read();
                delta.Index = ConverseJson.Index(ref reader);
            }
            else if (reader.ValueSpan.SequenceEqual("delta"u8))
            {
                reader.Read();
                ReadUnion(ref reader, data, ref delta);
            }
            else
            {
                // "p" is padding against traffic analysis; nothing else is documented.
                reader.Read();
                reader.Skip();
            }
        }

        return delta;
    }

    private static void ReadUnion(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref ConverseDelta delta)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueSpan.SequenceEqual("text"u8))
            {
                TakeText(ref reader, ref delta, ConverseDeltaKind.Text);
            }
            else if (reader.ValueSpan.SequenceEqual("toolUse"u8))
            {
                TakeInner(ref reader, ref delta);
            }
            else if (reader.ValueSpan.SequenceEqual("reasoningContent"u8))
            {
                TakeInner(ref reader, ref delta);
            }
            else if (reader.ValueSpan.SequenceEqual("citation"u8))
            {
                TakeRaw(ref reader, data, ref delta, ConverseDeltaKind.Citation);
            }
            else if (reader.ValueSpan.SequenceEqual("toolResult"u8))
            {
                TakeRaw(ref reader, data, ref delta, ConverseDeltaKind.ToolResult);
            }
            else if (reader.ValueSpan.SequenceEqual("image"u8))
            {
                TakeImage(ref reader, ref delta);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>toolUse {input} and reasoningContent {text | signature | redactedContent}: their members' names do not overlap.</summary>
    private static void TakeInner(ref Utf8JsonReader reader, ref ConverseDelta delta)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var kind = reader.ValueSpan switch
            {
                var name when name.SequenceEqual("input"u8) => ConverseDeltaKind.ToolInput,
                var name when name.SequenceEqual("text"u8) => ConverseDeltaKind.ReasoningText,
                var name when name.SequenceEqual("signature"u8) => ConverseDeltaKind.Signature,
                var name when name.SequenceEqual("redactedContent"u8) => ConverseDeltaKind.Redacted,
                _ => ConverseDeltaKind.None,
            };
            TakeText(ref reader, ref delta, kind);
        }
    }

    private static void TakeImage(ref Utf8JsonReader reader, ref ConverseDelta delta)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueSpan.SequenceEqual("bytes"u8))
            {
                TakeText(ref reader, ref delta, ConverseDeltaKind.Image);
            }
        }
    }

    private static void TakeText(ref Utf8JsonReader reader, ref ConverseDelta delta, ConverseDeltaKind kind)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && kind != ConverseDeltaKind.None)
        {
            delta.Kind = kind;
            delta.Value = reader.ValueSpan;
        }

        reader.Skip();
    }

    private static void TakeRaw(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref ConverseDelta delta, ConverseDeltaKind kind)
    {
        reader.Read();
        delta.Kind = kind;
        delta.Value = ConverseJson.Raw(ref reader, data);
    }
}
