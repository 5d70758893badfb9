using System.Buffers;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Arguments of a tool call in the two forms of the wires: the text of a JSON object inside a string (chat, Responses) and the
/// object itself (Messages, Converse, GenerateContent). Key order and spelling are kept. Models leave arguments empty or
/// write no JSON at all; targets refuse both.
/// </summary>
internal static class CallArguments
{
    private static readonly JsonText EmptyObject = JsonText.From("{}");

    /// <summary>For targets that take a string: "" becomes {}.</summary>
    public static JsonText AsText(JsonText arguments) => RequestRepair.IsBlank(arguments) ? EmptyObject : arguments;

    /// <summary>
    /// For targets that take an object. Empty and null are {}; what is no object stands as the member "input" of one, which is
    /// recorded.
    /// </summary>
    public static RawJson AsObject(JsonText arguments, string path, Losses losses)
    {
        if (RequestRepair.IsBlank(arguments))
        {
            return RawJson.EmptyObject;
        }

        var plain = new ArrayBufferWriter<byte>(arguments.Span.Length);
        JsonEscapes.Unescape(arguments.Span, plain);
        var json = plain.WrittenMemory.Trim(" \t\r\n"u8);
        var isJson = IsJson(json.Span);
        if (isJson && json.Span[0] == '{')
        {
            return new RawJson(json);
        }

        if (isJson && json.Span.SequenceEqual("null"u8))
        {
            return RawJson.EmptyObject;
        }

        losses.Add($"{path}.arguments", LossReason.Repaired);
        var wrapped = new ArrayBufferWriter<byte>(arguments.Span.Length + 16);
        var emitter = new JsonEmitter(wrapped);
        emitter.StartObject();
        if (isJson)
        {
            emitter.Member("input"u8, new RawJson(json));
        }
        else
        {
            emitter.Member("input"u8, arguments);
        }

        emitter.EndObject();
        return new RawJson(wrapped.WrittenMemory);
    }

    /// <summary>An object as the escaped body of a string, {} where there is none; the reverse of <see cref="AsObject"/>.</summary>
    public static JsonText FromJson(RawJson json) => json.IsAbsent ? EmptyObject : JsonQuote.Of(json);

    private static bool IsJson(ReadOnlySpan<byte> json) => JsonScan.SkipValue(json, 0, 0) == json.Length;
}
