using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Chat's modalities and audio (platform.openai.com/docs/api-reference/chat/create#chat-create-modalities, images as OpenRouter
/// asks for them) as responseModalities and speechConfig (ai.google.dev/api/generate-content#GenerationConfig).
/// </summary>
internal static class GenerateContentModalities
{
    /// <summary>Members of other wires that are written here.</summary>
    public static bool Says(ExtraMember member) => member.Name is "modalities" or "audio";

    public static void Write(List<ExtraMember> members, ref JsonEmitter json, Losses losses)
    {
        var modalities = members.Find(static m => m.Name == "modalities").Value;
        if (modalities.IsAbsent)
        {
            losses.AddIf(members.Exists(static m => m.Name == "audio"), "audio", LossReason.Unsupported);
            return;
        }

        var hasSound = modalities.Span.IndexOf("\"audio\""u8) >= 0;
        var hasImages = modalities.Span.IndexOf("\"image\""u8) >= 0;
        if (hasSound || hasImages)
        {
            // Models that speak do nothing else (ai.google.dev/gemini-api/docs/speech-generation).
            json.Member("responseModalities"u8, new RawJson(hasSound ? "[\"AUDIO\"]"u8.ToArray() : "[\"TEXT\",\"IMAGE\"]"u8.ToArray()));
        }

        var audio = members.Find(static m => m.Name == "audio").Value;
        if (!audio.IsAbsent)
        {
            WriteVoice(audio.Span, ref json, losses);
        }
    }

    private static void WriteVoice(ReadOnlySpan<byte> audio, ref JsonEmitter json, Losses losses)
    {
        var members = new JsonMembers(audio);
        while (members.MoveNext())
        {
            if (members.Is("voice"u8) && !members.Text.IsEmpty)
            {
                byte[] speech = [.. "{\"voiceConfig\":{\"prebuiltVoiceConfig\":{\"voiceName\":"u8, .. members.Raw, .. "}}}"u8];
                json.Member("speechConfig"u8, new RawJson(speech));
            }
            else
            {
                // Sound comes as 16-bit PCM of 24 kHz, whatever was asked for.
                var isGiven = members.Is("format"u8) && members.Text.SequenceEqual("pcm16"u8);
                losses.AddIf(!isGiven, "audio", Encoding.UTF8.GetString(members.Name), LossReason.Unsupported);
            }
        }
    }
}
