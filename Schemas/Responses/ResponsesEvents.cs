using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Frames of a Responses stream (platform.openai.com/docs/api-reference/responses-streaming): "event: TYPE", "data: {type,
/// sequence_number, ...}", counted from 0. What every delta of a part repeats is put together once.
/// </summary>
internal sealed class ResponsesEvents(IBufferWriter<byte> output, long firstSequence) : IDisposable
{
    private readonly PooledBuffer _head = new(256);
    private readonly PooledBuffer _middle = new(256);
    private long _sequence = firstSequence;

    /// <summary>Readies <see cref="Delta"/> for the part that grows next.</summary>
    /// <param name="type">The delta's event type.</param>
    /// <param name="place">Item and part.</param>
    public void Aim(ReadOnlySpan<byte> type, in ResponsesPlace place)
    {
        _head.Clear();
        _head.Write("event: "u8);
        _head.Write(type);
        _head.Write("\ndata: {\"type\":\""u8);
        _head.Write(type);
        _head.Write("\",\"sequence_number\":"u8);
        _middle.Clear();
        var json = new JsonEmitter(_middle);
        json.StartMembers();
        place.Write(ref json);
        json.Name("delta"u8);
    }

    /// <summary>One delta of the part aimed at.</summary>
    public void Delta(ReadOnlySpan<byte> text, ReadOnlySpan<byte> tail)
    {
        output.Write(_head.Span);
        WriteSequence();
        output.Write(_middle.Span);
        output.Write("\""u8);
        output.Write(text);
        output.Write("\""u8);
        output.Write(tail);
        output.Write("}\n\n"u8);
    }

    /// <summary>Log probabilities come beside their text, so they ride on a delta of their own.</summary>
    public void Logprobs(ResponsesOpenItem item, ReadOnlySpan<byte> array)
    {
        var json = Begin("response.output_text.delta"u8);
        item.PartPlace.Write(ref json);
        json.Member("delta"u8, ""u8);
        json.Name("logprobs"u8);
        json.Raw(array);
        End(ref json);
    }

    public void ItemAdded(ResponsesOpenItem item)
    {
        var json = Begin("response.output_item.added"u8);
        json.Member("output_index"u8, (long)item.Number);
        json.Name("item"u8);
        ResponsesItemJson.Write(item, "in_progress"u8, ref json);
        End(ref json);
        Progress(item, "in_progress");
    }

    public void ItemDone(ResponsesOpenItem item, ReadOnlySpan<byte> done)
    {
        Progress(item, "completed");
        var json = Begin("response.output_item.done"u8);
        json.Member("output_index"u8, (long)item.Number);
        json.Name("item"u8);
        json.Raw(done);
        End(ref json);
    }

    /// <summary>An item that comes at once, finished.</summary>
    public void ItemWhole(int number, ReadOnlySpan<byte> item)
    {
        foreach (var type in (ReadOnlySpan<string>)["response.output_item.added", "response.output_item.done"])
        {
            var json = Begin(Encoding.ASCII.GetBytes(type));
            json.Member("output_index"u8, (long)number);
            json.Name("item"u8);
            json.Raw(item);
            End(ref json);
        }
    }

    /// <summary>A part begins; its deltas are aimed at.</summary>
    public void PartAdded(ResponsesOpenItem item)
    {
        var isSummary = item.Kind == ResponsesItemKind.Reasoning;
        var json = Begin(isSummary ? "response.reasoning_summary_part.added"u8 : "response.content_part.added"u8);
        item.PartPlace.Write(ref json);
        json.Name("part"u8);
        ResponsesItemJson.WritePart(item, default, ref json);
        End(ref json);
        Aim(
            isSummary ? "response.reasoning_summary_text.delta"u8 : item.IsRefusal ? "response.refusal.delta"u8 : "response.output_text.delta"u8,
            item.PartPlace);
    }

    public void PartDone(ResponsesOpenItem item, ReadOnlySpan<byte> part)
    {
        var isSummary = item.Kind == ResponsesItemKind.Reasoning;
        var json = Begin(isSummary ? "response.reasoning_summary_text.done"u8 : item.IsRefusal ? "response.refusal.done"u8 : "response.output_text.done"u8);
        item.PartPlace.Write(ref json);
        json.Member(item.IsRefusal && !isSummary ? "refusal"u8 : "text"u8, item.Text.Span);
        if (!isSummary && !item.IsRefusal)
        {
            ResponsesItemJson.WriteArray("logprobs"u8, item.Logprobs.Span, ref json);
        }

        End(ref json);
        json = Begin(isSummary ? "response.reasoning_summary_part.done"u8 : "response.content_part.done"u8);
        item.PartPlace.Write(ref json);
        json.Name("part"u8);
        json.Raw(part);
        End(ref json);
    }

    public void CallDone(ResponsesOpenItem item)
    {
        var isFunction = item.Kind == ResponsesItemKind.Function;
        var json = Begin(isFunction ? "response.function_call_arguments.done"u8 : "response.custom_tool_call_input.done"u8);
        item.Place.Write(ref json);
        json.Member(isFunction ? "arguments"u8 : "input"u8, item.Text.Span);
        End(ref json);
    }

    public void Annotation(ResponsesOpenItem item, ReadOnlySpan<byte> annotation)
    {
        var json = Begin("response.output_text.annotation.added"u8);
        item.PartPlace.Write(ref json);
        json.Member("annotation_index"u8, (long)item.AnnotationCount++);
        json.Name("annotation"u8);
        json.Raw(annotation);
        End(ref json);
    }

    /// <summary>Before there is a response that could fail, the failure is an event of its own.</summary>
    public void Failure(GatewayError error)
    {
        var json = Begin("error"u8);
        json.Member("code"u8, ResponsesErrors.CodeOf(error));
        json.Member("message"u8, error.Message);
        json.Name("param"u8);
        json.Null();
        End(ref json);
    }

    /// <summary>Begins an event: its members are to be written, then <see cref="End"/>.</summary>
    public JsonEmitter Begin(ReadOnlySpan<byte> type)
    {
        output.Write("event: "u8);
        output.Write(type);
        output.Write("\ndata: "u8);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("type"u8, type);
        json.Member("sequence_number"u8, _sequence++);
        return json;
    }

    public void End(ref JsonEmitter json)
    {
        json.EndObject();
        output.Write("\n\n"u8);
    }

    public void Dispose()
    {
        _head.Dispose();
        _middle.Dispose();
    }

    /// <summary>The provider's own tools tell how far they are: response.web_search_call.in_progress.</summary>
    private void Progress(ResponsesOpenItem item, string stage)
    {
        if (item.IsServerTool)
        {
            var json = Begin(Encoding.ASCII.GetBytes($"response.{Encoding.ASCII.GetString(item.Type)}.{stage}"));
            item.Place.Write(ref json);
            End(ref json);
        }
    }

    private void WriteSequence()
    {
        var span = output.GetSpan(20);
        System.Buffers.Text.Utf8Formatter.TryFormat(_sequence++, span, out var written);
        output.Advance(written);
    }
}

/// <summary>Where in the answer an event belongs.</summary>
/// <param name="ItemId">Id of the item.</param>
/// <param name="Item">Number of the item.</param>
/// <param name="Part">Number of its content or summary part; -1 for the item itself.</param>
/// <param name="IsSummary">The part is one of a reasoning summary.</param>
internal readonly record struct ResponsesPlace(JsonText ItemId, int Item, int Part = -1, bool IsSummary = false)
{
    public void Write(ref JsonEmitter json)
    {
        json.Member("item_id"u8, ItemId);
        json.Member("output_index"u8, (long)Item);
        if (Part >= 0)
        {
            json.Member(IsSummary ? "summary_index"u8 : "content_index"u8, (long)Part);
        }
    }
}
