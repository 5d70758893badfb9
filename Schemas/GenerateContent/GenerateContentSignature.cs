using System.Buffers;
using System.Buffers.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Opaque reasoning state in thoughtSignature. Gemini's own stands plain; another issuer's carries its tag, in base64
/// because the member is bytes, which SDKs decode.
/// </summary>
internal static class GenerateContentSignature
{
    public const string NativeFamily = "gemini";

    /// <summary>Base64 of "bfl1:" but for the last character, which depends on what follows.</summary>
    private static ReadOnlySpan<byte> TagInBase64 => "YmZsMT"u8;

    public static void Write(StateKind kind, ReadOnlySpan<byte> data, in Origin origin, IBufferWriter<byte> output)
    {
        if (origin.Family == NativeFamily)
        {
            output.Write(data);
            return;
        }

        var tagged = new ArrayBufferWriter<byte>(data.Length + 64);
        ReasoningState.WriteTag(kind, origin, default, tagged);
        tagged.Write(data);
        var span = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(tagged.WrittenCount));
        Base64.EncodeToUtf8(tagged.WrittenSpan, span, out _, out var written);
        output.Advance(written);
    }

    /// <summary>Null for the placeholders that stand where there is no signature (ai.google.dev/gemini-api/docs/thought-signatures).</summary>
    public static ReasoningState? Open(JsonText carried)
    {
        if (carried.IsEmpty || carried.Is("skip_thought_signature_validator"u8) || carried.Is("context_engineering_is_the_way_to_go"u8))
        {
            return null;
        }

        var native = new Origin("", NativeFamily, GenerateContentDialect.DialectName);
        if (carried.Span.StartsWith(TagInBase64))
        {
            var plain = new byte[Base64.GetMaxDecodedFromUtf8Length(carried.Span.Length)];
            if (Base64.DecodeFromUtf8(carried.Span, plain, out _, out var written) == OperationStatus.Done)
            {
                return ReasoningState.Open(new JsonText(plain.AsMemory(0, written)), StateKind.Signature, native);
            }
        }

        return ReasoningState.Open(carried, StateKind.Signature, native);
    }
}
