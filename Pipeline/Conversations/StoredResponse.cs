using System.Buffers;
using System.Text.Json;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// A response as the store keeps it: who issued it, what it was asked, what it answered. Encoded as one JSON object whose
/// "input" and "response" are the API's own (platform.openai.com/docs/api-reference/responses/object).
/// </summary>
internal sealed record StoredResponse
{
    public required string Id { get; init; }

    /// <summary>Id of the virtual key it belongs to; empty for callers without one.</summary>
    public required string Owner { get; init; }

    /// <summary>queued, in_progress, completed, incomplete, failed or cancelled.</summary>
    public required string Status { get; init; }

    /// <summary>Who answered; empty while nobody did.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Name of the provider's key, whose account holds the response.</summary>
    public string Key { get; init; } = "";

    /// <summary>The provider keeps it too, under the same id.</summary>
    public bool IsNative { get; init; }

    public bool IsBackground { get; init; }

    /// <summary>How often its making was begun, if in the background: more than once after the gateway was killed at it.</summary>
    public int Runs { get; init; }

    /// <summary>The response before this one; empty for none.</summary>
    public string Previous { get; init; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    public long Version { get; init; }

    /// <summary>The items of this turn, each with an id, between their brackets: an array.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>The response object.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Nothing of it changes any more.</summary>
    public bool IsOver => Status is not ("queued" or "in_progress");

    /// <summary>The array of output items; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Output => JsonPick.Member(Answer, "output"u8);

    /// <summary>The candidate's provider keeps it, for the account it would be asked with.</summary>
    public bool IsHeldBy(Candidate candidate) => IsNative && Provider == candidate.Provider.Name && Key == candidate.Key.Name;

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(Input.Length + Answer.Length + 256);
        var json = new JsonEmitter(buffer);
        json.StartObject();
        json.Member("provider"u8, Provider);
        json.Member("key"u8, Key);
        json.Member("native"u8, IsNative);
        json.Member("background"u8, IsBackground);
        if (Runs > 1)
        {
            json.Member("runs"u8, Runs);
        }

        json.Name("input"u8);
        json.Raw(Input.IsEmpty ? "[]"u8 : Input.Span);
        json.Name("response"u8);
        json.Raw(Answer.Span);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    public static StoredResponse Decode(string id, StoredRecord record)
    {
        var response = new StoredResponse
        {
            Id = id, Owner = record.Owner, Status = record.State, Previous = record.Parent, CreatedAt = record.CreatedAt, Version = record.Version,
        };
        var members = new JsonMembers(record.Body.Span);
        while (members.MoveNext())
        {
            response = members.Name switch
            {
                var name when name.SequenceEqual("provider"u8) => response with { Provider = JsonEscapes.Decode(members.Text) },
                var name when name.SequenceEqual("key"u8) => response with { Key = JsonEscapes.Decode(members.Text) },
                var name when name.SequenceEqual("native"u8) => response with { IsNative = members.Kind == JsonTokenType.True },
                var name when name.SequenceEqual("background"u8) => response with { IsBackground = members.Kind == JsonTokenType.True },
                var name when name.SequenceEqual("runs"u8) => response with { Runs = (int)members.Integer },
                var name when name.SequenceEqual("input"u8) => response with { Input = record.Body.Slice(members.ValueStart, members.Raw.Length) },
                var name when name.SequenceEqual("response"u8) => response with { Answer = record.Body.Slice(members.ValueStart, members.Raw.Length) },
                _ => response,
            };
        }

        return response;
    }
}
