using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>What the gateway learns of GenerateContent answers that pass verbatim.</summary>
internal static class GenerateContentInspector
{
    public static void Chunk(ReadOnlySpan<byte> chunk, StreamFacts facts)
    {
        var members = new JsonMembers(chunk);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("candidates"u8))
            {
                ReadCandidates(members.Raw, facts);
            }
            else if (members.Name.SequenceEqual("usageMetadata"u8))
            {
                var usage = default(GenerateContentUsage);
                usage.Read(members.Raw);
                facts.Usage.Merge(usage.Usage);
            }
            else if (members.Name.SequenceEqual("promptFeedback"u8) && members.Raw.IndexOf("\"blockReason\""u8) >= 0)
            {
                facts.Stop = StopKind.ContentFilter;
            }
            else if (members.Name.SequenceEqual("error"u8))
            {
                facts.Error = GenerateContentErrors.TryRead(chunk, 0) ?? GatewayError.Upstream("the provider reported an error");
            }
        }
    }

    public static void Answer(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        if (body.TrimStart(" \r\n\t"u8).StartsWith("["u8) && GenerateContentAnswerReader.IsJson(body))
        {
            // A stream without alt=sse is one array of chunks.
            var items = new JsonElements(body);
            while (items.MoveNext())
            {
                Chunk(items.Raw, facts);
            }
        }
        else
        {
            Chunk(body, facts);
        }

        facts.IsTerminated = true;
        if (facts.Error is null && facts.Stop == StopKind.Unknown && !facts.HasContent && facts.Usage.IsEmpty)
        {
            facts.Error = GatewayError.Upstream("the provider's answer is not a GenerateContent answer");
        }
    }

    private static void ReadCandidates(ReadOnlySpan<byte> candidates, StreamFacts facts)
    {
        var items = new JsonElements(candidates);
        while (items.MoveNext())
        {
            var members = new JsonMembers(items.Raw);
            while (members.MoveNext())
            {
                if (members.Name.SequenceEqual("finishReason"u8))
                {
                    facts.Stop = GenerateContentStops.Read(GenerateContentStops.Word(members), hasTools: false).Kind;
                }

                if (members.Name.SequenceEqual("groundingMetadata"u8))
                {
                    var searches = GenerateContentGrounding.CountSearches(members.Raw);
                    facts.Usage.WebSearches = searches > (facts.Usage.WebSearches ?? 0) ? searches : facts.Usage.WebSearches;
                }

                facts.HasContent |= members.Name.SequenceEqual("content"u8);
            }
        }
    }
}
