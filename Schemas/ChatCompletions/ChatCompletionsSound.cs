namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Sound in chat answers (platform.openai.com/docs/guides/audio): message.audio{id, data, expires_at, transcript}. Its format is
/// the one that was asked for and stands nowhere in the answer, so the first bytes tell it.
/// </summary>
internal static class ChatCompletionsSound
{
    /// <summary>The media type of base64 sound by its magic number; "pcm16" has none, and is 24 kHz, mono, little-endian.</summary>
    public static ReadOnlySpan<byte> MediaType(ReadOnlySpan<byte> base64)
    {
        if (base64.StartsWith("UklG"u8))
        {
            return "audio/wav"u8;
        }

        if (base64.StartsWith("SUQz"u8) || base64.StartsWith("//"u8))
        {
            return "audio/mpeg"u8;
        }

        return base64.StartsWith("ZkxhQ"u8) ? "audio/flac"u8 : base64.StartsWith("T2dnU"u8) ? "audio/ogg"u8 : "audio/L16;codec=pcm;rate=24000"u8;
    }
}
