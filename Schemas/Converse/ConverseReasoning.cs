using System.Buffers;
using System.Buffers.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Opaque reasoning state on the Converse wire. Claude's own stands plain; another issuer's carries its tag: as it is in
/// reasoningText.signature, in base64 in redactedContent, because that member is a blob which SDKs decode.
/// </summary>
internal static class ConverseReasoning
{
    public const string NativeFamily = "claude";

    /// <summary>Base64 of "bfl1:", the beginning of every tag; its last character is left out, as it depends on what follows.</summary>
    private static ReadOnlySpan<byte> TagInBase64 => "YmZsMT"u8;

    public static bool IsNative(in Origin origin) => origin.Family == NativeFamily;

    /// <summary>Writes the body of a signature string.</summary>
    public static void WriteSignature(ReadOnlySpan<byte> data, in Origin origin, IBufferWriter<byte> output)
    {
        if (!IsNative(origin))
        {
            ReasoningState.WriteTag(StateKind.Signature, origin, default, output);
        }

        output.Write(data);
    }

    /// <summary>Writes the body of a redactedContent string.</summary>
    public static void WriteRedacted(ReadOnlySpan<byte> data, in Origin origin, IBufferWriter<byte> output)
    {
        if (IsNative(origin))
        {
            output.Write(data);
            return;
        }

        var tagged = new ArrayBufferWriter<byte>(data.Length + 64);
        ReasoningState.WriteTag(StateKind.Redacted, origin, default, tagged);
        tagged.Write(data);
        var span = output.GetSpan(Base64.GetMaxEncodedToUtf8Length(tagged.WrittenCount));
        Base64.EncodeToUtf8(tagged.WrittenSpan, span, out _, out var written);
        output.Advance(written);
    }

    public static ReasoningState OpenSignature(JsonText carried) => ReasoningState.Open(carried, StateKind.Signature, Native);

    public static ReasoningState OpenRedacted(JsonText carried)
    {
        if (carried.Span.StartsWith(TagInBase64))
        {
            var plain = new byte[Base64.GetMaxDecodedFromUtf8Length(carried.Span.Length)];
            if (Base64.DecodeFromUtf8(carried.Span, plain, out _, out var written) == OperationStatus.Done)
            {
                return ReasoningState.Open(new JsonText(plain.AsMemory(0, written)), StateKind.Redacted, Native);
            }
        }

        return ReasoningState.Open(carried, StateKind.Redacted, Native);
    }

    private static Origin Native => new("", NativeFamily, ConverseDialect.DialectName);
}
