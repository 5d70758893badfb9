using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// usageMetadata (ai.google.dev/api/generate-content#UsageMetadata) to the hub and back. promptTokenCount includes the cached
/// part but not what built-in tools fed in; candidatesTokenCount excludes thoughts. Chunks may leave figures out that
/// earlier ones gave, so they are kept.
/// </summary>
internal struct GenerateContentUsage
{
    /// <summary>More is nonsense, and sums of it must not overflow.</summary>
    private const long MaxTokens = 1_000_000_000_000_000;

    private long? _prompt;
    private long? _tools;
    private long? _cached;
    private long? _candidates;
    private long? _thoughts;
    private long? _audio;
    private long? _audioOut;
    private long? _imageOut;
    private long? _searches;
    private ServiceTier _tier;

    public readonly Usage Usage => new()
    {
        Input = Sum(_prompt, _tools),
        CacheRead = _cached,
        Output = Sum(_candidates, _thoughts),
        Reasoning = _thoughts,
        InputAudio = _audio,
        OutputAudio = _audioOut,
        OutputImage = _imageOut,
        WebSearches = _searches,
        Tier = _tier,
    };

    /// <summary>Takes how many searches a chunk tells of: later ones repeat what earlier ones told.</summary>
    public void Searched(int count) => _searches = count > (_searches ?? 0) ? count : _searches;

    /// <summary>Takes the figures of one usageMetadata object.</summary>
    public void Read(ReadOnlySpan<byte> metadata)
    {
        var members = new JsonMembers(metadata);
        while (members.MoveNext())
        {
            if (members.Kind == JsonTokenType.Number)
            {
                Take(members.Name, Math.Clamp(members.Integer, 0, MaxTokens));
            }
            else if (members.Is("promptTokensDetails"u8))
            {
                _audio = OfModality(members.Raw, "AUDIO"u8) ?? _audio;
            }
            else if (members.Is("candidatesTokensDetails"u8))
            {
                _audioOut = OfModality(members.Raw, "AUDIO"u8) ?? _audioOut;
                _imageOut = OfModality(members.Raw, "IMAGE"u8) ?? _imageOut;
            }
            else if (members.Is("trafficType"u8) || members.Is("serviceTier"u8))
            {
                var tier = ServiceTiers.Read(members.Text);
                _tier = tier == ServiceTier.Standard ? _tier : tier;
            }
        }
    }

    public static void Write(ref JsonEmitter json, in Usage usage)
    {
        var thoughts = usage.Reasoning ?? 0;
        json.StartObject();
        json.Member("promptTokenCount"u8, usage.Input ?? 0);
        json.Member("candidatesTokenCount"u8, Math.Max(0, (usage.Output ?? 0) - thoughts));
        json.Member("totalTokenCount"u8, usage.Total ?? 0);
        if (usage.CacheRead is > 0)
        {
            json.Member("cachedContentTokenCount"u8, usage.CacheRead.Value);
        }

        if (thoughts > 0)
        {
            json.Member("thoughtsTokenCount"u8, thoughts);
        }

        json.EndObject();
    }

    private void Take(ReadOnlySpan<byte> name, long number)
    {
        if (name.SequenceEqual("promptTokenCount"u8))
        {
            _prompt = number;
        }
        else if (name.SequenceEqual("candidatesTokenCount"u8))
        {
            _candidates = number;
        }
        else if (name.SequenceEqual("thoughtsTokenCount"u8))
        {
            _thoughts = number;
        }
        else if (name.SequenceEqual("cachedContentTokenCount"u8))
        {
            _cached = number;
        }
        else if (name.SequenceEqual("toolUsePromptTokenCount"u8))
        {
            _tools = number;
        }
    }

    /// <summary>[{"modality":"AUDIO","tokenCount":n},…]: what is priced apart from text.</summary>
    private static long? OfModality(ReadOnlySpan<byte> details, ReadOnlySpan<byte> modality)
    {
        var items = new JsonElements(details);
        while (items.MoveNext())
        {
            var isIt = false;
            long? count = null;
            var members = new JsonMembers(items.Raw);
            while (members.MoveNext())
            {
                isIt |= members.Is("modality"u8) && members.Text.SequenceEqual(modality);
                count = members.Is("tokenCount"u8) ? Math.Clamp(members.Integer, 0, MaxTokens) : count;
            }

            if (isIt)
            {
                return count;
            }
        }

        return null;
    }

    private static long? Sum(long? a, long? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);
}
