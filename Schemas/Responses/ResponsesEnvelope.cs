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
    private static readonly HashSet<string> KnownExtensions = ["search_results", "citations", "videos"];

    private readonly List<ExtraMember> _extensions = [];
    private GivenMembers? _given;
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
            json.Written(items);
        }

        json.EndArray();
        ResponsesEcho.Write(_given ??= ResponsesEcho.Find(context), ref json);
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
}
