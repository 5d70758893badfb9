using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Output items and their parts as JSON.</summary>
internal static class ResponsesItemJson
{
    public static void Write(ResponsesOpenItem item, ReadOnlySpan<byte> status, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("id"u8, item.Id);
        json.Member("type"u8, item.Type);
        switch (item.Kind)
        {
            case ResponsesItemKind.Message:
                json.Member("status"u8, status);
                json.Member("role"u8, "assistant"u8);
                WriteArray("content"u8, item.Parts.Span, ref json);
                break;
            case ResponsesItemKind.Reasoning:
                WriteArray("summary"u8, item.Parts.Span, ref json);
                if (item.State.Length > 0)
                {
                    json.Member("encrypted_content"u8, item.State.Span);
                }

                break;
            case ResponsesItemKind.Function or ResponsesItemKind.Custom:
                json.Member("status"u8, status);
                WriteCall(item, ref json);
                break;
            default:
                json.Member("status"u8, status);
                WriteServerTool(item, !status.SequenceEqual("in_progress"u8), ref json);
                break;
        }

        json.EndObject();
    }

    /// <summary>The open part of a message or summary, with the text given.</summary>
    public static void WritePart(ResponsesOpenItem item, ReadOnlySpan<byte> text, ref JsonEmitter json)
    {
        json.StartObject();
        if (item.Kind == ResponsesItemKind.Reasoning)
        {
            json.Member("type"u8, "summary_text"u8);
            json.Member("text"u8, text);
        }
        else if (item.IsRefusal)
        {
            json.Member("type"u8, "refusal"u8);
            json.Member("refusal"u8, text);
        }
        else
        {
            json.Member("type"u8, "output_text"u8);
            WriteArray("annotations"u8, item.Annotations.Span, ref json);
            WriteArray("logprobs"u8, item.Logprobs.Span, ref json);
            json.Member("text"u8, text);
        }

        json.EndObject();
    }

    public static void WriteArray(ReadOnlySpan<byte> name, ReadOnlySpan<byte> elements, ref JsonEmitter json)
    {
        json.StartArray(name);
        if (!elements.IsEmpty)
        {
            json.Raw(elements);
        }

        json.EndArray();
    }

    private static void WriteCall(ResponsesOpenItem item, ref JsonEmitter json)
    {
        json.Member(item.Kind == ResponsesItemKind.Function ? "arguments"u8 : "input"u8, item.Text.Span);
        json.Member("call_id"u8, item.CallId.IsEmpty ? item.Id : item.CallId);
        json.Member("name"u8, item.Name);
        json.MemberIfKnown("namespace"u8, item.Namespace);
    }

    private static void WriteServerTool(ResponsesOpenItem item, bool isDone, ref JsonEmitter json)
    {
        switch (item.Kind)
        {
            case ResponsesItemKind.Image:
                json.Member("output_format"u8, item.Name.Span["image/".Length..]);
                json.Name("result"u8);
                if (isDone)
                {
                    json.Escaped(item.Text.Span);
                }
                else
                {
                    json.Null();
                }

                break;
            case ResponsesItemKind.Search when isDone:
                WriteSearch(item, ref json);
                break;
            case ResponsesItemKind.Interpreter:
                // bash_code_execution has a command instead.
                json.Member("code"u8, InputOf(item, "code"u8) is { IsEmpty: false } code ? code : InputOf(item, "command"u8));
                json.Member("container_id"u8, ""u8);
                WriteLogs(item.Outcome, ref json);
                break;
            case ResponsesItemKind.Mcp:
                WriteMcp(item, ref json);
                break;
        }
    }

    private static void WriteSearch(ResponsesOpenItem item, ref JsonEmitter json)
    {
        json.StartObject("action"u8);
        if (item.Name.Is("web_fetch"u8))
        {
            json.Member("type"u8, "open_page"u8);
            json.Member("url"u8, InputOf(item, "url"u8));
        }
        else
        {
            json.Member("type"u8, "search"u8);
            json.Member("query"u8, InputOf(item, "query"u8));
            if (item.Outcome is { Hits.Count: > 0 } outcome)
            {
                json.StartArray("sources"u8);
                foreach (var hit in outcome.Hits)
                {
                    json.StartObject();
                    json.Member("type"u8, "url"u8);
                    json.Member("url"u8, hit.Url);
                    json.EndObject();
                }

                json.EndArray();
            }
        }

        json.EndObject();
    }

    private static void WriteLogs(ServerToolOutcome? outcome, ref JsonEmitter json)
    {
        json.Name("outputs"u8);
        if (outcome is null || outcome.Text.IsEmpty)
        {
            json.Null();
            return;
        }

        json.StartArray();
        json.StartObject();
        json.Member("type"u8, "logs"u8);
        json.Member("logs"u8, outcome.Text);
        json.EndObject();
        json.EndArray();
    }

    private static void WriteMcp(ResponsesOpenItem item, ref JsonEmitter json)
    {
        json.Member("name"u8, JsonPick.Escaped(item.Raw.Span, "name"u8));
        json.Member("server_label"u8, JsonPick.Escaped(item.Raw.Span, "server_name"u8));
        json.Member("arguments"u8, item.Text.Span);
        json.MemberOrNull("output"u8, item.Outcome?.Text ?? default);
        json.MemberOrNull("error"u8, item.Outcome?.ErrorCode ?? default);
    }

    /// <summary>A member of the tool's input, which is an object's text.</summary>
    private static JsonText InputOf(ResponsesOpenItem item, ReadOnlySpan<byte> name)
    {
        var plain = new ArrayBufferWriter<byte>(item.Text.Length + 1);
        JsonEscapes.Unescape(item.Text.Span, plain);
        return new JsonText(JsonPick.Escaped(plain.WrittenSpan, name).ToArray());
    }
}
