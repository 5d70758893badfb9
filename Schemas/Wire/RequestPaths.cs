using System.Runtime.CompilerServices;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Where in a request something stands, as errors and losses name it: "messages[2].content[0]". Every part of every request has such a
/// name and few are ever shown, so those made before are kept: conversations are alike in their first few hundred places.
/// </summary>
internal static class RequestPaths
{
    /// <summary>A power of two; a long conversation has four places a turn.</summary>
    private const int Places = 2048;

    /// <summary>Items further behind are not worth a place.</summary>
    private const int MostItems = 512;

    private static readonly Known?[] Kept = new Known?[Places];

    /// <summary>list[index].</summary>
    public static string Item(string list, int index) => index < MostItems ? Find(list, "", index) : $"{list}[{index}]";

    /// <summary>owner.name; the name alone at the top.</summary>
    public static string Member(string owner, string name) => owner.Length == 0 ? name : Find(owner, name, -1);

    /// <summary>By the owner itself, not its letters: what stands in a place that is kept has an owner that is kept.</summary>
    private static string Find(string owner, string name, int index)
    {
        ref var place = ref Kept[((RuntimeHelpers.GetHashCode(owner) * 31) + (name.Length * 131) + index) & (Places - 1)];
        if (Volatile.Read(ref place) is { } known && ReferenceEquals(known.Owner, owner) && known.Index == index && known.Name == name)
        {
            return known.Path;
        }

        var path = index >= 0 ? $"{owner}[{index}]" : $"{owner}.{name}";
        Volatile.Write(ref place, new Known(owner, name, index, path));
        return path;
    }

    private sealed record Known(string Owner, string Name, int Index, string Path);
}
