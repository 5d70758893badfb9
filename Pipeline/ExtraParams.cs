using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// Bifrost's x-bf-passthrough-extra-params (docs.getbifrost.ai/providers/request-options): the object "extra_params" of a request goes into the
/// provider's body as it is, whatever API the provider speaks. Objects that both have are merged; everything else of extra_params wins.
/// </summary>
internal static class ExtraParams
{
    public const string Member = "extra_params";

    private const string Header = "x-bf-passthrough-extra-params";

    private static ReadOnlySpan<byte> Name => "extra_params"u8;

    public static bool AreAsked(Exchange exchange) =>
        (exchange.Marks & HeaderMarks.Own) != 0 && string.Equals(exchange.Http.Request.Headers[Header], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The body with the caller's extra_params in it; null where there are none, or the body is no JSON object.</summary>
    public static PooledBuffer? Merged(ReadOnlySpan<byte> asked, ReadOnlySpan<byte> body)
    {
        var extra = Find(asked, Name);
        if (extra.IsEmpty || extra[0] != '{' || new JsonMembers(body).IsBroken)
        {
            return null;
        }

        var merged = new PooledBuffer(body.Length + extra.Length);
        Merge(body, extra, Name, merged);
        return merged;
    }

    /// <summary>Every member of both once, in the order of <paramref name="body"/>; the request was found well-formed before.</summary>
    private static void Merge(ReadOnlySpan<byte> body, ReadOnlySpan<byte> extra, ReadOnlySpan<byte> leftOut, PooledBuffer output)
    {
        var isFirst = true;
        output.Write("{"u8);
        for (var members = new JsonMembers(body); members.MoveNext();)
        {
            if (members.Is(leftOut))
            {
                continue;
            }

            var own = Find(extra, members.Name);
            Begin(members.Name, ref isFirst, output);
            if (!own.IsEmpty && own[0] == '{' && members.Kind == JsonTokenType.StartObject)
            {
                Merge(members.Raw, own, default, output);
            }
            else
            {
                output.Write(own.IsEmpty ? members.Raw : own);
            }
        }

        for (var members = new JsonMembers(extra); members.MoveNext();)
        {
            if (Find(body, members.Name).IsEmpty)
            {
                Begin(members.Name, ref isFirst, output);
                output.Write(members.Raw);
            }
        }

        output.Write("}"u8);
    }

    private static void Begin(ReadOnlySpan<byte> name, ref bool isFirst, PooledBuffer output)
    {
        output.Write(isFirst ? "\""u8 : ",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        isFirst = false;
    }

    /// <summary>The last value of this name, as parsers have it.</summary>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> found = default;
        for (var members = new JsonMembers(json); members.MoveNext();)
        {
            found = members.Is(name) ? members.Raw : found;
        }

        return found;
    }
}
