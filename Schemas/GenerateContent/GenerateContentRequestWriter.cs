using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Writes a request as the body of generateContent and streamGenerateContent (ai.google.dev/api/generate-content); the model
/// and whether to stream go into the path.
/// </summary>
internal sealed class GenerateContentRequestWriter(ChatRequest given, TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>Gemini takes ids of any kind, and does not mind blank text; turns must alternate all the same.</summary>
    private static readonly RepairRules Rules = new()
    {
        MergesTurns = true,
        DropsBlankText = true,
        StartsWithUser = true,
        TakesSystemTurns = false,
    };

    private readonly ChatRequest _request = RequestTrim.Keep(given, p => !RequestTrim.IsForeign(p, target, GenerateContentDialect.DialectName), losses);

    public void Write()
    {
        var turns = RequestRepair.Turns(_request, Rules with { TakesPrefill = target.TakesPrefill }, losses);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Name("contents"u8);
        new GenerateContentContentWriter(target, output, losses).WriteTurns(ref json, turns);
        WriteSystem(ref json);
        new GenerateContentToolWriter(_request, target, losses).Write(ref json);
        new GenerateContentConfigWriter(_request, target, losses).Write(ref json);
        json.EndObject();
        ReportLosses();
    }

    private void WriteSystem(ref JsonEmitter json)
    {
        var texts = RequestTrim.Instructions(_request, losses);
        if (texts.Count == 0)
        {
            return;
        }

        json.StartObject("systemInstruction"u8);
        json.StartArray("parts"u8);
        foreach (var text in texts)
        {
            json.StartObject();
            json.Member("text"u8, text.Text);
            json.EndObject();
            losses.AddIf(text.Cache is not null, text.Path, "cache_control", LossReason.Unsupported);
        }

        json.EndArray();
        json.EndObject();
    }

    private void ReportLosses()
    {
        RequestMembersOf.Lose(_request, GenerateContentDialect.Cannot, losses);
        losses.AddIf(_request.ServiceTier is not (null or "auto" or "default" or "standard" or "standard_only"), "service_tier", LossReason.Unsupported);
        foreach (var member in _request.Extra)
        {
            losses.AddIf(!GenerateContentModalities.Says(member), member.Name, LossReason.Unsupported);
        }
    }
}
