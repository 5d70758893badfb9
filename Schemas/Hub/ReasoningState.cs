using System.Buffers;
using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>How a piece of opaque state belongs to its reasoning.</summary>
internal enum StateKind : byte
{
    /// <summary>Proof for text that is shown (signature, encrypted_content beside a summary, thought signature).</summary>
    Signature = (byte)'s',

    /// <summary>Reasoning that is hidden altogether.</summary>
    Redacted = (byte)'r',
}

/// <summary>
/// Opaque reasoning state with its issuer. Where a dialect carries another issuer's state, it carries it under a tag:
/// "bfl1:kind:family:provider:dialect:item:data". Data is never altered; untagged state is the carrying dialect's own.
/// </summary>
internal sealed record ReasoningState(StateKind Kind, JsonText Data, Origin Origin)
{
    private const int Fields = 6;

    private static ReadOnlySpan<byte> Prefix => "bfl1:"u8;

    /// <summary>The item id the state belongs to, where the issuing dialect has one (Responses "rs_...").</summary>
    public JsonText ItemId { get; init; }

    /// <summary>Reads carried state. <paramref name="native"/> is the issuer assumed where there is no tag.</summary>
    public static ReasoningState Open(JsonText carried, StateKind kind, Origin native)
    {
        var text = carried.Span;
        if (!text.StartsWith(Prefix))
        {
            return new ReasoningState(kind, carried, native);
        }

        Span<Range> parts = stackalloc Range[Fields];
        var rest = carried.Escaped[Prefix.Length..];
        for (var i = 0; i < Fields - 1; i++)
        {
            var colon = rest.Span.IndexOf((byte)':');
            if (colon < 0)
            {
                return new ReasoningState(kind, carried, native);
            }

            var start = carried.Escaped.Length - rest.Length;
            parts[i] = start..(start + colon);
            rest = rest[(colon + 1)..];
        }

        if (text[parts[0]] is not [(byte)StateKind.Signature or (byte)StateKind.Redacted])
        {
            return new ReasoningState(kind, carried, native);
        }

        var origin = new Origin(Ascii(text[parts[2]]), Ascii(text[parts[1]]), Ascii(text[parts[3]]));
        var issued = (StateKind)text[parts[0]][0];
        return new ReasoningState(issued, new JsonText(rest), origin) { ItemId = new JsonText(carried.Escaped[parts[4]]) };
    }

    /// <summary>
    /// Writes the tag that <see cref="Open"/> reads; the data follows it. An item id with a colon, which no known dialect has,
    /// would spoil the tag and is left out.
    /// </summary>
    public static void WriteTag(StateKind kind, Origin origin, ReadOnlySpan<byte> itemId, IBufferWriter<byte> output)
    {
        output.Write(Prefix);
        output.Write([(byte)kind]);
        output.Write(":"u8);
        output.Write(Encoding.ASCII.GetBytes($"{origin.Family}:{origin.Provider}:{origin.Dialect}:"));
        output.Write(itemId.Contains((byte)':') ? default : itemId);
        output.Write(":"u8);
    }

    private static string Ascii(ReadOnlySpan<byte> text) => Encoding.ASCII.GetString(text);

    /// <summary>
    /// Whether <paramref name="target"/> issued this and will take it back. Claude's signatures are valid on every platform
    /// that serves the family (platform.claude.com/docs/en/build-with-claude/extended-thinking); others only at their provider.
    /// </summary>
    public bool IsFor(TargetModel target, string dialect) =>
        Origin.Family == target.Family
        && (Origin.Provider.Length == 0 || Origin.Provider == target.Provider || target.StateIsPortable)
        && (Origin.Dialect == dialect || target.StateIsPortable);
}
