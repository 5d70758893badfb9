using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Finds where an answer or a frame of one has its usage object: at the top (chat), or in "response" (Responses' last event).</summary>
internal static class UsagePlace
{
    /// <summary>The object with its braces, where it is not empty and tells no cost yet; else an empty range.</summary>
    public static ByteRange Find(ReadOnlySpan<byte> json)
    {
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Kind != JsonTokenType.StartObject || !json.Overlaps(members.Raw, out var at))
            {
                continue;
            }

            if (members.Is("usage"u8))
            {
                return TellsCost(members.Raw) ? default : new ByteRange(at, members.Raw.Length);
            }

            if (members.Is("response"u8))
            {
                var within = Find(members.Raw);
                return within.IsEmpty ? within : new ByteRange(at + within.Start, within.Length);
            }
        }

        return default;
    }

    /// <summary>
    /// The same in an answer that was written here. There it stands at or near the end, so it is looked for from behind: the bytes of a member's
    /// name are no text (quotes in texts are escaped), and where nothing but members follow up to the end, it is a member of the answer itself.
    /// </summary>
    public static ByteRange FindFromBehind(ReadOnlySpan<byte> json)
    {
        var name = json.LastIndexOf("\"usage\":{"u8);
        if (name <= 0 || json[name - 1] is not ((byte)',' or (byte)'{'))
        {
            return Find(json);
        }

        var start = name + "\"usage\":"u8.Length;
        var end = JsonScan.SkipValue(json, start, 1);
        return end != JsonScan.Broken && EndsAfterMembers(json, end) ? WithoutCost(json, new ByteRange(start, end - start)) : Find(json);
    }

    /// <summary>The same for an object whose place is known.</summary>
    public static ByteRange WithoutCost(ReadOnlySpan<byte> json, ByteRange usage) => TellsCost(usage.Of(json)) ? default : usage;

    private static bool EndsAfterMembers(ReadOnlySpan<byte> json, int at)
    {
        while (true)
        {
            var name = JsonScan.Next(json, at, isFirst: false, (byte)'}');
            if (name < 0)
            {
                return name == JsonScan.End && JsonScan.SkipBlanks(json, JsonScan.SkipBlanks(json, at) + 1) == json.Length;
            }

            var value = JsonScan.SkipName(json, name, out _);
            at = value == JsonScan.Broken ? value : JsonScan.SkipValue(json, value, 1);
            if (at == JsonScan.Broken)
            {
                return false;
            }
        }
    }

    private static bool TellsCost(ReadOnlySpan<byte> usage)
    {
        // Most have members and none of that name: two searches are cheaper than a walk.
        if (usage.Contains((byte)'"') && usage.IndexOf("\"cost\""u8) < 0)
        {
            return false;
        }

        var members = new JsonMembers(usage);
        var isEmpty = true;
        while (members.MoveNext())
        {
            isEmpty = false;
            if (members.Is("cost"u8))
            {
                return true;
            }
        }

        return isEmpty;
    }
}
