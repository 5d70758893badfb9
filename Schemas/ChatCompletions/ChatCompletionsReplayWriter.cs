using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>Reasoning of earlier turns in an assistant's message: reasoning_details, or reasoning_content where the vendor wants it back as text.</summary>
internal sealed class ChatCompletionsReplayWriter(TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>Reasoning goes back only to who issued it.</summary>
    public void Write(List<Part> thoughts, bool hasCalls, ref JsonEmitter json)
    {
        if (thoughts.Count == 0 && !target.WantsReasoningBack)
        {
            return;
        }

        var plain = thoughts.FindAll(p => PlainReasoning.IsFor(p, target));
        if (target.WantsReasoningBack && (hasCalls || plain.Count > 0))
        {
            WritePlain(plain, ref json);
        }

        thoughts = thoughts.FindAll(p => !plain.Contains(p));
        var kept = new List<ReasoningPart>();
        foreach (var part in thoughts)
        {
            if (part is ReasoningPart { State: { } state } own && state.IsFor(target, DialectNames.Chat))
            {
                kept.Add(own);
            }
            else
            {
                losses.Add(part.Path, LossReason.OtherIssuer);
            }
        }

        if (kept.Count == 0)
        {
            return;
        }

        json.StartArray("reasoning_details"u8);
        for (var i = 0; i < kept.Count; i++)
        {
            WriteThought(kept[i], i, ref json);
        }

        json.EndArray();
    }

    /// <summary>Also where there is none: calls of another model's history have no reasoning, and the member must be there.</summary>
    private void WritePlain(List<Part> thoughts, ref JsonEmitter json)
    {
        json.Name("reasoning_content"u8);
        json.StartString();
        foreach (var thought in thoughts)
        {
            output.Write(((ReasoningPart)thought).Text.Span);
        }

        json.EndString();
    }

    private void WriteThought(ReasoningPart part, int index, ref JsonEmitter json)
    {
        var state = part.State!;
        json.StartObject();
        if (state.Kind == StateKind.Redacted)
        {
            json.Member("type"u8, "reasoning.encrypted"u8);
            json.Member("data"u8, state.Data);
        }
        else
        {
            json.Member("type"u8, part.IsSummary ? "reasoning.summary"u8 : "reasoning.text"u8);
            json.Member(part.IsSummary ? "summary"u8 : "text"u8, part.Text);
            json.Member("signature"u8, state.Data);
        }

        json.MemberIfKnown("id"u8, state.ItemId);
        json.Member("format"u8, ChatCompletionsReplayReader.FormatOf(target.Family));
        json.Member("index"u8, index);
        json.EndObject();
    }
}
