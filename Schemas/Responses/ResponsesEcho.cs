using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// What a response object repeats of its request (platform.openai.com/docs/api-reference/responses/object): the members it gave, as they
/// stand there, and the API's defaults for the others.
/// </summary>
internal static class ResponsesEcho
{
    /// <summary>Members that repeat the request, in the API's order, with their defaults; no default: left out where not given.</summary>
    private static readonly (byte[] Name, byte[] Default)[] Echoed =
    [
        ("background"u8.ToArray(), "false"u8.ToArray()),
        ("conversation"u8.ToArray(), []),
        ("include"u8.ToArray(), []),
        ("instructions"u8.ToArray(), "null"u8.ToArray()),
        ("max_output_tokens"u8.ToArray(), "null"u8.ToArray()),
        ("max_tool_calls"u8.ToArray(), "null"u8.ToArray()),
        ("parallel_tool_calls"u8.ToArray(), "true"u8.ToArray()),
        ("previous_response_id"u8.ToArray(), "null"u8.ToArray()),
        ("prompt"u8.ToArray(), []),
        ("prompt_cache_key"u8.ToArray(), "null"u8.ToArray()),
        ("reasoning"u8.ToArray(), "{\"effort\":null,\"summary\":null}"u8.ToArray()),
        ("safety_identifier"u8.ToArray(), "null"u8.ToArray()),
        ("service_tier"u8.ToArray(), "\"auto\""u8.ToArray()),
        ("store"u8.ToArray(), "true"u8.ToArray()),
        ("temperature"u8.ToArray(), "1"u8.ToArray()),
        ("text"u8.ToArray(), "{\"format\":{\"type\":\"text\"},\"verbosity\":\"medium\"}"u8.ToArray()),
        ("tool_choice"u8.ToArray(), "\"auto\""u8.ToArray()),
        ("tools"u8.ToArray(), "[]"u8.ToArray()),
        ("top_logprobs"u8.ToArray(), "0"u8.ToArray()),
        ("top_p"u8.ToArray(), "1"u8.ToArray()),
        ("truncation"u8.ToArray(), "\"disabled\""u8.ToArray()),
        ("frequency_penalty"u8.ToArray(), "0"u8.ToArray()),
        ("presence_penalty"u8.ToArray(), "0"u8.ToArray()),
        ("user"u8.ToArray(), "null"u8.ToArray()),
        ("metadata"u8.ToArray(), "{}"u8.ToArray()),
    ];

    /// <summary>The defaults as they are written, each with a comma before it, and where each begins.</summary>
    private static readonly (byte[] Joined, int[] At) Prepared = Join();

    /// <summary>Places in <see cref="Echoed"/> by the length of the name.</summary>
    private static readonly int[][] OfLength = ByLength();

    /// <summary>What a request gives of what is repeated: found while it is read, so that its answer need not walk it once more.</summary>
    public static GivenMembers Find(JsonValue request, ReadOnlyMemory<byte> body)
    {
        Span<GivenMember> given = stackalloc GivenMember[Echoed.Length];
        var count = 0;
        foreach (var member in request.EnumerateObject())
        {
            if (count < given.Length && member.Value.ValueKind != JsonValueKind.Null && IndexOf(member.EscapedName) is var place and >= 0)
            {
                given[count++] = new GivenMember(place, ByteRange.Between(member.Value.Spot.Start, member.Value.Spot.End));
            }
        }

        return new GivenMembers(body, given[..count].ToArray());
    }

    /// <summary>The same for a request that was not read in this dialect, or not at all.</summary>
    public static GivenMembers Find(AnswerContext context)
    {
        if (context.Request?.Given is { } known && known.Body.Equals(context.RequestBody))
        {
            return known;
        }

        Span<GivenMember> given = stackalloc GivenMember[Echoed.Length];
        var count = 0;
        var members = new JsonMembers(context.RequestBody.Span);
        while (members.MoveNext())
        {
            if (count < given.Length && !members.Value.IsEmpty && IndexOf(members.Name) is var place and >= 0)
            {
                given[count++] = new GivenMember(place, new ByteRange(members.ValueStart, members.Raw.Length));
            }
        }

        return new GivenMembers(context.RequestBody, given[..count].ToArray());
    }

    /// <summary>What the request did not give goes out in runs, as it was made at start.</summary>
    public static void Write(GivenMembers request, ref JsonEmitter json)
    {
        Span<ByteRange> given = stackalloc ByteRange[Echoed.Length];
        given.Clear();
        foreach (var member in request.Members)
        {
            given[member.Place] = member.Value;
        }

        var written = 0;
        for (var i = 0; i < Echoed.Length; i++)
        {
            if (!given[i].IsEmpty)
            {
                WriteDefaults(written, i, ref json);
                written = i + 1;
                json.Name(Echoed[i].Name);
                WriteEcho(Echoed[i].Name, given[i].Of(request.Body.Span), ref json);
            }
        }

        WriteDefaults(written, Echoed.Length, ref json);
    }

    private static void WriteDefaults(int from, int to, ref JsonEmitter json)
    {
        var run = Prepared.Joined.AsSpan(Prepared.At[from]..Prepared.At[to]);
        if (!run.IsEmpty)
        {
            json.Written(run[1..]);
        }
    }

    private static int IndexOf(ReadOnlySpan<byte> name)
    {
        foreach (var i in name.Length < OfLength.Length ? OfLength[name.Length] : [])
        {
            if (name.SequenceEqual(Echoed[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static int[][] ByLength()
    {
        var found = new List<int>[32];
        for (var i = 0; i < Echoed.Length; i++)
        {
            (found[Echoed[i].Name.Length] ??= []).Add(i);
        }

        return Array.ConvertAll(found, static places => places?.ToArray() ?? []);
    }

    private static (byte[] Joined, int[] At) Join()
    {
        using var joined = new PooledBuffer(1024);
        var at = new int[Echoed.Length + 1];
        for (var i = 0; i < Echoed.Length; i++)
        {
            at[i] = joined.Length;
            if (Echoed[i].Default.Length > 0)
            {
                var json = new JsonEmitter(joined);
                json.StartMembers();
                json.Name(Echoed[i].Name);
                WriteEcho(Echoed[i].Name, Echoed[i].Default, ref json);
            }
        }

        at[^1] = joined.Length;
        return (joined.Span.ToArray(), at);
    }

    private static void WriteEcho(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref JsonEmitter json)
    {
        if (name.SequenceEqual("conversation"u8) && value[0] == '"')
        {
            json.StartObject();
            json.Name("id"u8);
            json.Raw(value);
            json.EndObject();
        }
        else if (name.SequenceEqual("reasoning"u8))
        {
            WriteFilled(value, "effort"u8, "summary"u8, "null"u8, "null"u8, ref json);
        }
        else if (name.SequenceEqual("text"u8))
        {
            WriteFilled(value, "format"u8, "verbosity"u8, "{\"type\":\"text\"}"u8, "\"medium\""u8, ref json);
        }
        else
        {
            json.Raw(value);
        }
    }

    /// <summary>An object with two members that must be there.</summary>
    private static void WriteFilled(
        ReadOnlySpan<byte> value, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> firstDefault, ReadOnlySpan<byte> secondDefault, ref JsonEmitter json)
    {
        var (hasFirst, hasSecond) = (false, false);
        json.StartObject();
        var members = new JsonMembers(value);
        while (members.MoveNext())
        {
            hasFirst |= members.Is(first);
            hasSecond |= members.Is(second);
            json.Name(members.Name);
            json.Raw(members.Raw);
        }

        if (!hasFirst)
        {
            json.Name(first);
            json.Raw(firstDefault);
        }

        if (!hasSecond)
        {
            json.Name(second);
            json.Raw(secondDefault);
        }

        json.EndObject();
    }
}
