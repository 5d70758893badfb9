using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Writes what goes beside the common members: additionalModelRequestFields (the model's own parameters) and the members
/// only Converse has, which a Converse caller gave.
/// </summary>
internal static class ConverseModelFieldsWriter
{
    private const int MaxMetadataEntries = 16;
    private const int MaxMetadataLength = 256;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private static readonly string[] OwnMembers =
        ["guardrailConfig", "promptVariables", "performanceConfig", "additionalModelResponseFieldPaths", "outputConfig"];

    public static void Write(ref JsonEmitter json, ChatRequest request, ConverseThinking thinking, TargetModel target, Losses losses)
    {
        var isOwn = request.Dialect == ConverseDialect.DialectName;
        foreach (var member in request.Extra)
        {
            if (isOwn && OwnMembers.AsSpan().Contains(member.Name))
            {
                json.Name(Encoding.ASCII.GetBytes(member.Name));
                json.Raw(member.Value);
            }
            else if (!isOwn || !IsModelField(member.Name))
            {
                losses.Add(member.Name, LossReason.Unsupported);
            }
        }

        if (request.Reasoning is { Show: false } && thinking is not { IsAdaptive: true } && thinking is not { Budget: null, Effort: null })
        {
            losses.Add("reasoning.display", LossReason.Unsupported);
        }

        var fields = isOwn ? request.Extra.FindAll(static m => IsModelField(m.Name)) : [];
        if (fields.Count == 0 && thinking is { Budget: null, IsAdaptive: false, Effort: null, TopK: null })
        {
            return;
        }

        json.StartObject("additionalModelRequestFields"u8);
        WriteThinking(ref json, thinking, request.Reasoning?.Show, target);
        if (thinking.TopK is { } topK)
        {
            WriteTopK(ref json, topK, target);
        }

        foreach (var field in fields)
        {
            json.Name(Encoding.ASCII.GetBytes(field.Name));
            json.Raw(field.Value);
        }

        json.EndObject();
    }

    /// <summary>requestMetadata takes at most 16 short strings of a few characters (API_runtime_Converse, requestMetadata).</summary>
    public static bool IsRequestMetadata(RawJson metadata)
    {
        var entries = 0;
        var reader = ConverseJson.Reader(metadata.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isLegal = IsLegal(reader.ValueSpan) && ++entries <= MaxMetadataEntries;
            reader.Read();
            if (!isLegal || reader.TokenType != JsonTokenType.String || !IsLegal(reader.ValueSpan))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLegal(ReadOnlySpan<byte> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && " :_@$#=/+,-."u8.IndexOf(c) < 0)
            {
                return false;
            }
        }

        return text.Length <= MaxMetadataLength;
    }

    private static bool IsModelField(string name) =>
        !OwnMembers.AsSpan().Contains(name) && !name.StartsWith("inferenceConfig", StringComparison.Ordinal) && name.AsSpan().IndexOfAnyExcept(NameCharacters) < 0;

    private static void WriteThinking(ref JsonEmitter json, ConverseThinking thinking, bool? show, TargetModel target)
    {
        if (thinking.Budget is not null || thinking.IsAdaptive)
        {
            json.StartObject("thinking"u8);
            json.Member("type"u8, thinking.IsAdaptive ? "adaptive"u8 : "enabled"u8);
            json.MemberIfKnown("budget_tokens"u8, thinking.Budget);

            if (show is { } shown && thinking.IsAdaptive)
            {
                json.Member("display"u8, shown ? "summarized"u8 : "omitted"u8);
            }

            json.EndObject();
            if (thinking.Effort is { } effort)
            {
                json.StartObject("output_config"u8);
                json.Member("effort"u8, effort);
                json.EndObject();
            }
        }
        else if (thinking.Effort is { } word)
        {
            WriteEffort(ref json, word, target);
        }
    }

    private static void WriteEffort(ref JsonEmitter json, string word, TargetModel target)
    {
        if (target.Family != ConverseThinking.Nova)
        {
            json.Member("reasoning_effort"u8, word);
            return;
        }

        json.StartObject("reasoningConfig"u8);
        json.Member("type"u8, "enabled"u8);
        json.Member("maxReasoningEffort"u8, word);
        json.EndObject();
    }

    private static void WriteTopK(ref JsonEmitter json, long topK, TargetModel target)
    {
        if (target.Family != ConverseThinking.Nova)
        {
            json.Member("top_k"u8, topK);
            return;
        }

        json.StartObject("inferenceConfig"u8);
        json.Member("topK"u8, topK);
        json.EndObject();
    }
}
