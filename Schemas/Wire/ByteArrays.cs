using System.Buffers;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Memory for bodies and frames: from the shared pool, unless it is too big to be kept. What the pool holds of a size it holds for as
/// long as hardly anything is collected, once for each thread and core that gave one back: a few answers of a hundred megabytes would be
/// gigabytes for days (docs/decisions.md).
/// </summary>
internal static class ByteArrays
{
    /// <summary>Far above a coding agent's 200 KB; from here on the pages' first touch costs more than the allocation.</summary>
    public const int MostKept = 4 << 20;

    /// <summary>At least so many bytes, not cleared.</summary>
    public static byte[] Rent(int atLeast) => atLeast <= MostKept ? ArrayPool<byte>.Shared.Rent(atLeast) : GC.AllocateUninitializedArray<byte>(atLeast);

    public static void Return(byte[] array)
    {
        if (array.Length <= MostKept)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
