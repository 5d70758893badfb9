using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Which member of the union a Part has (ai.google.dev/api/caching#Part).</summary>
internal enum GenerateContentPartKind
{
    /// <summary>Nothing this reader knows: a part with only a signature, or a new kind.</summary>
    None,
    Text,
    FunctionCall,
    InlineData,

    /// <summary>executableCode or toolCall: a built-in tool was called.</summary>
    ServerCall,

    /// <summary>codeExecutionResult or toolResponse.</summary>
    ServerResult,
}

/// <summary>
/// One part of an answer's content (ai.google.dev/api/caching#Part), read without decoding. Spans point into the chunk.
/// </summary>
internal ref struct GenerateContentPart
{
    public GenerateContentPartKind Kind;

    /// <summary>The text's escaped body, or the raw object of any other kind.</summary>
    public ReadOnlySpan<byte> Value;
    public ReadOnlySpan<byte> Signature;
    public bool IsThought;
    public bool IsCode;

    public static GenerateContentPart Read(ReadOnlySpan<byte> raw)
    {
        var part = default(GenerateContentPart);
        var members = new JsonMembers(raw);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("text"u8))
            {
                part.Kind = GenerateContentPartKind.Text;
                part.Value = members.Text;
            }
            else if (members.Name.SequenceEqual("thought"u8))
            {
                part.IsThought = members.Kind == JsonTokenType.True;
            }
            else if (members.Name.SequenceEqual("thoughtSignature"u8))
            {
                part.Signature = members.Text;
            }
            else if (KindOf(members.Name, out var isCode) is var kind and not GenerateContentPartKind.None)
            {
                part.Kind = kind;
                part.IsCode = isCode;
                part.Value = members.Raw;
            }
        }

        return part;
    }

    private static GenerateContentPartKind KindOf(ReadOnlySpan<byte> member, out bool isCode)
    {
        isCode = member.SequenceEqual("executableCode"u8) || member.SequenceEqual("codeExecutionResult"u8);
        if (member.SequenceEqual("functionCall"u8))
        {
            return GenerateContentPartKind.FunctionCall;
        }

        if (member.SequenceEqual("inlineData"u8))
        {
            return GenerateContentPartKind.InlineData;
        }

        if (member.SequenceEqual("executableCode"u8) || member.SequenceEqual("toolCall"u8))
        {
            return GenerateContentPartKind.ServerCall;
        }

        return member.SequenceEqual("codeExecutionResult"u8) || member.SequenceEqual("toolResponse"u8)
            ? GenerateContentPartKind.ServerResult
            : GenerateContentPartKind.None;
    }
}
