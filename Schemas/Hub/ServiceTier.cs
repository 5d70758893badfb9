namespace BifrostLite.Schemas.Hub;

/// <summary>The speed class that served an answer, as far as it changes its price; vendors spell it in many ways.</summary>
internal enum ServiceTier : byte
{
    Standard,
    Priority,
    Flex,
    Batch,
    Fast,
}

/// <summary>Reads the vendors' words.</summary>
internal static class ServiceTiers
{
    /// <summary>
    /// The tier of an answer's word: OpenAI and Groq service_tier, Anthropic usage.service_tier and usage.speed, Bedrock
    /// serviceTier.type, Gemini serviceTier and trafficType. Words without a price of their own ("default", "on_demand",
    /// "scale") are standard.
    /// </summary>
    public static ServiceTier Read(ReadOnlySpan<byte> word)
    {
        if (word.StartsWith("ON_DEMAND_"u8))
        {
            word = word["ON_DEMAND_".Length..];
        }

        return word.Length is < 4 or > 8 ? ServiceTier.Standard
            : word.SequenceEqual("priority"u8) || word.SequenceEqual("PRIORITY"u8) ? ServiceTier.Priority
            : word.SequenceEqual("flex"u8) || word.SequenceEqual("FLEX"u8) ? ServiceTier.Flex
            : word.SequenceEqual("batch"u8) ? ServiceTier.Batch
            : word.SequenceEqual("fast"u8) ? ServiceTier.Fast
            : ServiceTier.Standard;
    }
}
