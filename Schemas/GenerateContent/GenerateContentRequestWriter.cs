using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Writes a request as the body of generateContent and streamGenerateContent (ai.google.dev/api/generate-content); the model
/// and whether to stream go into the path.
/// </summary>
internal sealed class GenerateContentRequestWriter(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>Gemini takes ids of any kind, and does not mind blank text; turns must alternate all the same.</summary>
    private static readonly RepairRules Rules = new()
    {
        MergesTurns = true,
        DropsBlankText = true,
        StartsWithUser = true,
        TakesSystemTurns = false,
    };

    public void Write()
    {
        var turns = RequestRepair.Turns(request, Rules with { TakesPrefill = target.TakesPrefill }, losses);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Name("contents"u8);
        new GenerateContentContentWriter(target, output, losses).WriteTurns(ref json, turns);
        WriteSystem(ref json);
        new GenerateContentToolWriter(request, target, losses).Write(ref json);
        new GenerateContentConfigWriter(request, target, losses).Write(ref json);
        json.EndObject();
        ReportLosses();
    }

    private void WriteSystem(ref JsonEmitter json)
    {
        if (!request.System.Exists(static p => p is TextPart text && !RequestRepair.IsBlank(text.Text)))
        {
            return;
        }

        json.Name("systemInstruction"u8);
        json.StartObject();
        json.Name("parts"u8);
        json.StartArray();
        foreach (var part in request.System)
        {
            if (part is not TextPart text)
            {
                losses.Add(part.Path, LossReason.Unsupported);
            }
            else if (!RequestRepair.IsBlank(text.Text))
            {
                json.StartObject();
                json.Member("text"u8, text.Text);
                json.EndObject();
                Lose($"{part.Path}.cache_control", part.Cache is not null);
            }
        }

        json.EndArray();
        json.EndObject();
    }

    private void ReportLosses()
    {
        Lose("parallel_tool_calls", request.ParallelToolCalls == false);
        Lose("user", !request.User.IsEmpty);
        Lose("metadata", request.Metadata.IsObject);
        Lose("verbosity", request.Verbosity is not null and not "medium");
        Lose("prompt_cache_key", !request.PromptCacheKey.IsEmpty);
        Lose("cache_control", request.Cache is not null);
        Lose("service_tier", request.ServiceTier is not (null or "auto" or "default" or "standard" or "standard_only"));
        foreach (var member in request.Extra)
        {
            Lose(member.Name, true);
        }
    }

    private void Lose(string path, bool isLost)
    {
        if (isLost)
        {
            losses.Add(path, LossReason.Unsupported);
        }
    }
}
