using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Images and sound in chat answers (platform.openai.com/docs/guides/audio): message.audio{id, data, expires_at, transcript}. Its format is
/// the one that was asked for and stands nowhere in the answer, so the first bytes tell it.
/// </summary>
internal static class ChatCompletionsMedia
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

    /// <summary>images (openrouter.ai/docs/features/multimodal/image-generation) and audio of a whole answer.</summary>
    public static void WriteMedia(List<AnswerBlock> blocks, ref JsonEmitter json)
    {
        if (!blocks.Exists(static b => b.Kind == BlockKind.Media))
        {
            return;
        }

        WriteImages(blocks.FindAll(static b => b.Kind == BlockKind.Media && !b.Name.Span.StartsWith("audio"u8)), ref json);
        if (blocks.Find(static b => b.Kind == BlockKind.Media && b.Name.Span.StartsWith("audio"u8)) is { } sound)
        {
            json.StartObject("audio"u8);
            json.Member("id"u8, sound.Id.IsEmpty ? "audio_0"u8 : sound.Id.Span);
            json.Member("data"u8, sound.Text);

            // The type demands both: nobody keeps the sound under its id, and words of it stand in the content.
            json.Member("expires_at"u8, 0);
            json.Member("transcript"u8, ""u8);
            json.EndObject();
        }
    }

    private static void WriteImages(List<AnswerBlock> images, ref JsonEmitter json)
    {
        if (images.Count == 0)
        {
            return;
        }

        json.StartArray("images"u8);
        foreach (var image in images)
        {
            json.StartObject();
            json.Member("type"u8, "image_url"u8);
            json.StartObject("image_url"u8);
            json.Name("url"u8);
            json.StartString();
            json.Append("data:"u8);
            json.Append(image.Name.Span);
            json.Append(";base64,"u8);
            json.Append(image.Text.Span);
            json.EndString();
            json.EndObject();
            json.EndObject();
        }

        json.EndArray();
    }
}
