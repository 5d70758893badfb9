using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Members' names as strings. The same few dozen names come with every request, so the last one seen with the same look is
/// kept and compared instead of made anew; what strangers send can fill the places, not grow them.
/// </summary>
internal static class JsonNames
{
    private const int Places = 256;
    private const int LongestKept = 40;

    private static readonly string?[] Kept = new string?[Places];

    /// <param name="name">The bytes between the quotes.</param>
    /// <param name="isEscaped">There are escapes among them.</param>
    public static string Of(ReadOnlySpan<byte> name, bool isEscaped)
    {
        if (isEscaped)
        {
            return JsonEscapes.Decode(name);
        }

        if (name.Length is 0 or > LongestKept)
        {
            return Encoding.UTF8.GetString(name);
        }

        ref var place = ref Kept[((name[0] * 31) + (name[^1] * 7) + (name[name.Length / 2] * 131) + name.Length) & (Places - 1)];
        var kept = Volatile.Read(ref place);
        if (kept is not null && kept.Length == name.Length && Ascii.Equals(name, kept))
        {
            return kept;
        }

        kept = Encoding.UTF8.GetString(name);
        Volatile.Write(ref place, kept);
        return kept;
    }
}
