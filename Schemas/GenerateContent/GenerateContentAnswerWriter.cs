using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Writes a whole answer as one response object (ai.google.dev/api/generate-content#generatecontentresponse).</summary>
internal sealed class GenerateContentAnswerWriter(AnswerContext context, IBufferWriter<byte> output)
{
    public void Write(ChatAnswer answer)
    {
        output.Write("{\"candidates\":["u8);
        for (var choice = 0; choice < Math.Max(answer.Stops.Count, 1); choice++)
        {
            output.Write(choice == 0 ? default : ","u8);
            WriteCandidate(answer, choice);
        }

        output.Write("],\"usageMetadata\":"u8);
        var json = new JsonEmitter(output);
        GenerateContentUsage.Write(ref json, answer.Usage);
        output.Write(GenerateContentParts.Tail(answer.Id.Span, answer.Model.Span, context));
        AnswerLosses.Note(answer, context.Losses);
    }

    private void WriteCandidate(ChatAnswer answer, int choice)
    {
        output.Write("{\"content\":{\"parts\":["u8);
        var citations = new List<Citation>();
        var needsComma = false;
        foreach (var block in answer.Blocks)
        {
            if (block.Choice != choice)
            {
                continue;
            }

            if (block.Kind is BlockKind.ServerTool or BlockKind.ServerToolResult)
            {
                context.Losses.Add("answer.server_tool", LossReason.Unsupported);
                continue;
            }

            output.Write(needsComma ? ","u8 : default);
            GenerateContentParts.Write(block, context, output);
            needsComma = true;
            citations.AddRange(block.Citations);
        }

        output.Write("],\"role\":\"model\"},\"finishReason\":\""u8);
        output.Write(GenerateContentStops.Write(choice < answer.Stops.Count ? answer.Stops[choice] : default));
        output.Write("\","u8);
        if (citations.Count > 0)
        {
            GenerateContentParts.WriteGrounding(citations, output);
        }

        output.Write("\"index\":"u8);
        new JsonEmitter(output).Number(choice);
        output.Write("}"u8);
    }
}
