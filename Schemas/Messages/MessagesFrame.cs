using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>The events of a Messages stream (platform.claude.com/docs/en/build-with-claude/streaming).</summary>
internal enum MessagesEvent
{
    Unknown,
    Ping,
    MessageStart,
    BlockStart,
    BlockDelta,
    BlockStop,
    MessageDelta,
    MessageStop,
    Error,
}

/// <summary>The members of one event, found in one pass and none of them decoded. Members come in any order.</summary>
internal readonly ref struct MessagesFrame
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly Places _places;

    private MessagesFrame(ReadOnlySpan<byte> data, ReadOnlySpan<byte> name, scoped in Places places)
    {
        _data = data;
        _places = places;
        var type = data[places.Type];

        // Some servers leave the type to the event's name.
        Type = type.IsEmpty ? name : type;
        Kind = KindOf(Type);
    }

    public MessagesEvent Kind { get; }

    public ReadOnlySpan<byte> Type { get; }

    public int Index => _places.Index;

    public ReadOnlySpan<byte> Delta => _data[_places.Delta];

    public ReadOnlySpan<byte> Message => _data[_places.Message];

    public ReadOnlySpan<byte> Block => _data[_places.Block];

    public ReadOnlySpan<byte> Usage => _data[_places.Usage];

    /// <summary>Reads an event's data. False for what is no JSON object.</summary>
    public static bool TryRead(in StreamFrame source, out MessagesFrame frame)
    {
        frame = default;
        var places = default(Places);
        try
        {
            var reader = new Utf8JsonReader(source.Data, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                places.ReadMember(ref reader);
            }
        }
        catch (JsonException)
        {
            return false;
        }

        frame = new MessagesFrame(source.Data, source.Event, places);
        return true;
    }

    /// <summary>The event's kind from its name alone, without a look at the data.</summary>
    public static MessagesEvent KindOf(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("content_block_delta"u8))
        {
            return MessagesEvent.BlockDelta;
        }

        return type switch
        {
            _ when type.SequenceEqual("content_block_start"u8) => MessagesEvent.BlockStart,
            _ when type.SequenceEqual("content_block_stop"u8) => MessagesEvent.BlockStop,
            _ when type.SequenceEqual("message_start"u8) => MessagesEvent.MessageStart,
            _ when type.SequenceEqual("message_delta"u8) => MessagesEvent.MessageDelta,
            _ when type.SequenceEqual("message_stop"u8) => MessagesEvent.MessageStop,
            _ when type.SequenceEqual("ping"u8) => MessagesEvent.Ping,
            _ when type.SequenceEqual("error"u8) => MessagesEvent.Error,
            _ => MessagesEvent.Unknown,
        };
    }

    /// <summary>Where the members stand in the data; a range that is not set is empty.</summary>
    private struct Places
    {
        public int Index;
        public Range Type;
        public Range Delta;
        public Range Message;
        public Range Block;
        public Range Usage;

        public void ReadMember(ref Utf8JsonReader reader)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("type"u8))
            {
                var value = Value(ref reader);
                Type = reader.TokenType == JsonTokenType.String ? (value.Start.Value + 1)..(value.End.Value - 1) : default;
            }
            else if (name.SequenceEqual("index"u8))
            {
                reader.Read();
                Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) ? index : 0;
                reader.Skip();
            }
            else if (name.SequenceEqual("delta"u8))
            {
                Delta = Value(ref reader);
            }
            else if (name.SequenceEqual("content_block"u8))
            {
                Block = Value(ref reader);
            }
            else if (name.SequenceEqual("message"u8))
            {
                Message = Value(ref reader);
            }
            else if (name.SequenceEqual("usage"u8))
            {
                Usage = Value(ref reader);
            }
            else
            {
                Value(ref reader);
            }
        }

        private static Range Value(ref Utf8JsonReader reader)
        {
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return start..(int)reader.BytesConsumed;
        }
    }
}

/// <summary>What a content_block_delta adds.</summary>
internal enum MessagesDeltaKind
{
    Unknown,
    Text,
    Json,
    Thinking,
    Signature,
    Citation,
}

/// <summary>The "delta" member of a content_block_delta.</summary>
internal ref struct MessagesDelta
{
    public MessagesDeltaKind Kind;

    /// <summary>Text, thinking, signature or partial JSON: escaped, as it stands between the quotes.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>The raw citation object.</summary>
    public ReadOnlySpan<byte> Citation;

    /// <summary>Reads a delta that <see cref="MessagesFrame.TryRead"/> has found to be well-formed.</summary>
    public static MessagesDelta Read(ReadOnlySpan<byte> json)
    {
        var delta = default(MessagesDelta);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return delta;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                delta.ReadText(name, reader.ValueSpan);
            }
            else
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                delta.Citation = name.SequenceEqual("citation"u8) ? json[start..(int)reader.BytesConsumed] : delta.Citation;
            }
        }

        return delta;
    }

    private void ReadText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("type"u8))
        {
            Kind = KindOf(value);
        }
        else if (name.SequenceEqual("text"u8) || name.SequenceEqual("thinking"u8) || name.SequenceEqual("partial_json"u8)
            || name.SequenceEqual("signature"u8))
        {
            Text = value;
        }
    }

    private static MessagesDeltaKind KindOf(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("text_delta"u8) => MessagesDeltaKind.Text,
        _ when type.SequenceEqual("input_json_delta"u8) => MessagesDeltaKind.Json,
        _ when type.SequenceEqual("thinking_delta"u8) => MessagesDeltaKind.Thinking,
        _ when type.SequenceEqual("signature_delta"u8) => MessagesDeltaKind.Signature,
        _ when type.SequenceEqual("citations_delta"u8) => MessagesDeltaKind.Citation,
        _ => MessagesDeltaKind.Unknown,
    };
}
