using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// What a /v1/responses body says of state (platform.openai.com/docs/api-reference/responses/create), and where. Read in one
/// pass beside the peek, and only where a store is on.
/// </summary>
internal sealed class TurnRequest
{
    private readonly List<ByteRange> _state = [];

    /// <summary>previous_response_id; empty for none.</summary>
    public string Previous { get; private set; } = "";

    /// <summary>Id of the conversation; empty for none.</summary>
    public string Conversation { get; private set; } = "";

    public bool Store { get; private set; } = true;

    /// <summary>The body says store itself.</summary>
    public bool SaysStore { get; private set; }

    public bool Background { get; private set; }

    /// <summary>The body asks for what only providers that hold responses understand.</summary>
    public bool AsksToHold => Background || (SaysStore && Store);

    /// <summary>Members that only a keeper of state understands, whole.</summary>
    public IReadOnlyList<ByteRange> State => _state;

    public ByteRange InputMember { get; private set; }

    public ByteRange Input { get; private set; }

    public static TurnRequest Read(ReadOnlySpan<byte> body)
    {
        var request = new TurnRequest();
        var members = new JsonMembers(body);
        while (members.MoveNext())
        {
            request.Take(members);
        }

        return request;
    }

    private void Take(in JsonMembers member)
    {
        var whole = ByteRange.Between(member.NameStart, member.End);
        if (member.Is("input"u8))
        {
            InputMember = whole;
            Input = ByteRange.Between(member.ValueStart, member.End);
        }
        else if (member.Is("previous_response_id"u8))
        {
            Previous = JsonEscapes.Decode(member.Text);
            _state.Add(whole);
        }
        else if (member.Is("conversation"u8))
        {
            Conversation = member.Kind == JsonTokenType.StartObject ? JsonPick.Text(member.Raw, "id"u8) : JsonEscapes.Decode(member.Text);
            _state.Add(whole);
        }
        else if (member.Is("store"u8))
        {
            SaysStore = true;
            Store = member.Kind != JsonTokenType.False;
            _state.Add(whole);
        }
        else if (member.Is("background"u8))
        {
            Background = member.Kind == JsonTokenType.True;
            _state.Add(whole);
        }
    }
}
