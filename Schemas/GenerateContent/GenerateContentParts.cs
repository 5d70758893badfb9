using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Writes the pieces that whole answers and chunks share (ai.google.dev/api/generate-content#generatecontentresponse).</summary>
internal static class GenerateContentParts
{
    /// <summary>The end of every chunk, which is the same all through an answer.</summary>
    public static byte[] Tail(ReadOnlySpan<byte> id, ReadOnlySpan<byte> model, AnswerContext context)
    {
        var tail = new ArrayBufferWriter<byte>();
        tail.Write(",\"modelVersion\":\""u8);
        tail.Write(model.IsEmpty ? JsonText.From(context.Model).Span : model);
        tail.Write("\",\"responseId\":\""u8);
        tail.Write(id.IsEmpty ? JsonText.From(context.ExchangeId).Span : id);
        tail.Write("\"}"u8);
        return tail.WrittenSpan.ToArray();
    }

    /// <summary>One block as its part. Server tools have none.</summary>
    public static void Write(AnswerBlock block, AnswerContext context, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        switch (block.Kind)
        {
            case BlockKind.Text or BlockKind.Refusal:
                json.StartObject();
                json.Member("text"u8, block.Text);
                WriteSignature(ref json, block.Signature, StateKind.Signature, context, output);
                json.EndObject();
                break;
            case BlockKind.Reasoning:
                WriteReasoning(ref json, block, context, output);
                break;
            case BlockKind.Tool or BlockKind.CustomTool:
                WriteCall(ref json, block, context, output);
                break;
            case BlockKind.Media:
                json.StartObject();
                json.StartObject("inlineData"u8);
                json.Member("mimeType"u8, block.Name);
                json.Member("data"u8, block.Text);
                json.EndObject();
                json.EndObject();
                break;
        }
    }

    /// <summary>groundingMetadata with the pages the answer names, and a comma behind it.</summary>
    public static void WriteGrounding(List<Citation> citations, IBufferWriter<byte> output)
    {
        output.Write("\"groundingMetadata\":"u8);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.StartArray("groundingChunks"u8);
        foreach (var citation in citations)
        {
            json.StartObject();
            json.StartObject(citation.Kind == CitationKind.Url ? "web"u8 : "retrievedContext"u8);
            json.Member("uri"u8, citation.Url.IsEmpty ? citation.Source : citation.Url);
            json.Member("title"u8, citation.Title);
            if (citation.Kind != CitationKind.Url && !citation.CitedText.IsEmpty)
            {
                json.Member("text"u8, citation.CitedText);
            }

            json.EndObject();
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        output.Write(","u8);
    }

    private static void WriteReasoning(ref JsonEmitter json, AnswerBlock block, AnswerContext context, IBufferWriter<byte> output)
    {
        json.StartObject();
        json.Name("text"u8);
        json.StartString();
        block.WriteText(output);
        json.EndString();
        json.Member("thought"u8, true);
        var isRedacted = block.Signature.IsEmpty;
        WriteSignature(ref json, isRedacted ? block.Redacted : block.Signature, isRedacted ? StateKind.Redacted : StateKind.Signature, context, output);
        json.EndObject();
    }

    private static void WriteCall(ref JsonEmitter json, AnswerBlock block, AnswerContext context, IBufferWriter<byte> output)
    {
        json.StartObject();
        json.StartObject("functionCall"u8);
        json.Member("id"u8, block.Id);
        json.Member("name"u8, block.Name);
        json.Member("args"u8, CallArguments.AsObject(block.Text, "answer", context.Losses));
        json.EndObject();
        WriteSignature(ref json, block.Signature, StateKind.Signature, context, output);
        json.EndObject();
    }

    private static void WriteSignature(ref JsonEmitter json, JsonText data, StateKind kind, AnswerContext context, IBufferWriter<byte> output)
    {
        if (!data.IsEmpty)
        {
            json.Name("thoughtSignature"u8);
            json.StartString();
            GenerateContentSignature.Write(kind, data.Span, context.Origin, output);
            json.EndString();
        }
    }
}
