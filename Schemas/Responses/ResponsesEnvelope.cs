using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// The response object around the output items (platform.openai.com/docs/api-reference/responses/object). Official clients
/// demand members that are null or merely repeat the request (Codex, openai-java), so all are written: what the request said,
/// or the API's default.
/// </summary>
internal sealed class ResponsesEnvelope(AnswerContext context)
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

    private static readonly HashSet<string> KnownExtensions = ["search_results", "citations", "videos"];

    private readonly List<ExtraMember> _extensions = [];
    private PooledBuffer? _echo;
    private long _created;

    public JsonText Id { get; private set; }

    public JsonText Model { get; private set; }

    public Usage Usage { get; private set; }

    /// <summary>Takes what the first event tells.</summary>
    public void Start(in ResponseEvent e)
    {
        Id = e.Id.StartsWith("resp_"u8) ? new JsonText(e.Id.ToArray()) : JsonText.From($"resp_{context.ExchangeId}");
        Model = e.Name.IsEmpty ? JsonText.From(context.Model) : new JsonText(e.Name.ToArray());
        _created = e.Created > 0 ? e.Created : context.Created;
        Count(e.Usage);
    }

    public void Count(in Usage usage)
    {
        var total = Usage;
        total.Merge(usage);
        Usage = total;
    }

    /// <summary>Members that some chat vendors add to an answer and this object has a name for.</summary>
    public void Extend(in ResponseEvent e)
    {
        var name = Encoding.UTF8.GetString(e.Name);
        if (KnownExtensions.Contains(name))
        {
            _extensions.RemoveAll(known => known.Name == name);
            _extensions.Add(new ExtraMember(name, new RawJson(e.Raw.ToArray())));
        }
        else
        {
            context.Losses.Add(name, LossReason.Unsupported);
        }
    }

    /// <summary>The object with the items finished so far (without the brackets around them).</summary>
    public void Write(ref JsonEmitter json, ReadOnlySpan<byte> items, in ResponsesEnding ending)
    {
        json.StartObject();
        json.Member("id"u8, Id);
        json.Member("object"u8, "response"u8);
        json.Member("created_at"u8, _created);
        json.Member("status"u8, ending.Status);
        WriteEnding(ending, ref json);
        json.Member("model"u8, Model);
        json.StartArray("output"u8);
        if (!items.IsEmpty)
        {
            json.Raw(items);
        }

        json.EndArray();
        json.Members((_echo ??= Echo()).Span[1..]);
        json.Name("usage"u8);
        if (ending.IsRunning || (ending.Error is not null && Usage.IsEmpty))
        {
            json.Null();
        }
        else
        {
            ResponsesUsage.Write(Usage, ref json);
        }

        foreach (var extension in _extensions)
        {
            json.Name(Encoding.ASCII.GetBytes(extension.Name));
            json.Raw(extension.Value);
        }

        json.EndObject();
    }

    /// <summary>Hands the whole object to whoever keeps it.</summary>
    public void Keep(ReadOnlySpan<byte> items, in ResponsesEnding ending)
    {
        if (context.Keeper is { } keeper)
        {
            using var response = new PooledBuffer(items.Length + 1024);
            var json = new JsonEmitter(response);
            Write(ref json, items, ending);
            keeper.TakeAnswer(response.Span);
        }
    }

    public void Dispose() => _echo?.Dispose();

    private void WriteEnding(in ResponsesEnding ending, ref JsonEmitter json)
    {
        json.Name("completed_at"u8);
        if (ending.IsCompleted)
        {
            json.Number(context.Clock.GetUtcNow().ToUnixTimeSeconds());
        }
        else
        {
            json.Null();
        }

        json.Name("error"u8);
        if (ending.Error is { } error)
        {
            json.StartObject();
            json.Member("code"u8, ResponsesErrors.CodeOf(error));
            json.Member("message"u8, error.Message);
            json.EndObject();
        }
        else
        {
            json.Null();
        }

        json.Name("incomplete_details"u8);
        if (ending.Incomplete.IsEmpty)
        {
            json.Null();
        }
        else
        {
            json.StartObject();
            json.Member("reason"u8, ending.Incomplete);
            json.EndObject();
        }

        json.MemberIfKnown("stop_reason"u8, ending.StopReason);
    }

    /// <summary>Each member with a comma before it. What the request did not give goes out in runs, as it was made at start.</summary>
    private PooledBuffer Echo()
    {
        Span<ByteRange> given = stackalloc ByteRange[Echoed.Length];
        given.Clear();
        var body = context.RequestBody.Span;
        var members = new JsonMembers(body);
        while (members.MoveNext())
        {
            if (IndexOf(members.Name) is var i and >= 0)
            {
                given[i] = members.Raw.SequenceEqual("null"u8) ? default : new ByteRange(members.ValueStart, members.Raw.Length);
            }
        }

        var buffer = new PooledBuffer(1024);
        var written = 0;
        for (var i = 0; i < Echoed.Length; i++)
        {
            if (!given[i].IsEmpty)
            {
                buffer.Write(Prepared.Joined.AsSpan(Prepared.At[written]..Prepared.At[i]));
                written = i + 1;
                var json = new JsonEmitter(buffer);
                json.StartMembers();
                json.Name(Echoed[i].Name);
                WriteEcho(Echoed[i].Name, given[i].Of(body), ref json);
            }
        }

        buffer.Write(Prepared.Joined.AsSpan(Prepared.At[written]..));
        return buffer;
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
