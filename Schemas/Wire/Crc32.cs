using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// CRC-32 as gzip has it (RFC 1952 section 8: polynomial 0xEDB88320, reflected): by carry-less multiplication where the
/// processor has it, else eight bytes at a time with eight tables ("slicing-by-8"). The framework's own is in the package
/// System.IO.Hashing, which is not part of the shared framework.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;
    private const int FoldStep = 16;

    private static readonly uint[] Tables = CreateTables();

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> stands for followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        if (Pclmulqdq.IsSupported && bytes.Length >= FoldStep * 2)
        {
            var whole = bytes.Length & -FoldStep;
            crc = Fold(crc, bytes[..whole]);
            bytes = bytes[whole..];
        }

        return AppendByTables(crc, bytes);
    }

    /// <summary>The same on any processor.</summary>
    internal static uint AppendByTables(uint crc, ReadOnlySpan<byte> bytes)
    {
        // Unchecked look-ups: every index is a table's start plus one byte, and a message's whole price is in this loop.
        ref var tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        crc = ~crc;
        while (bytes.Length >= Slices)
        {
            var eight = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = Look(ref tables, 7, eight)
                ^ Look(ref tables, 6, eight >> 8)
                ^ Look(ref tables, 5, eight >> 16)
                ^ Look(ref tables, 4, eight >> 24)
                ^ Look(ref tables, 3, eight >> 32)
                ^ Look(ref tables, 2, eight >> 40)
                ^ Look(ref tables, 1, eight >> 48)
                ^ Look(ref tables, 0, eight >> 56);
            bytes = bytes[Slices..];
        }

        foreach (var value in bytes)
        {
            crc = Look(ref tables, 0, crc ^ value) ^ (crc >> 8);
        }

        return ~crc;
    }

    /// <summary>
    /// Carry-less multiplication, sixteen bytes a step: Gopal and others, "Fast CRC Computation for Generic Polynomials
    /// Using PCLMULQDQ Instruction" (Intel, 2009), whose constants for this polynomial, bit-reflected, these are.
    /// </summary>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        var by128 = Vector128.Create(0x1751997D0UL, 0x0CCAA009EUL);
        var state = Load(bytes) ^ Vector128.CreateScalar((ulong)~crc);
        for (bytes = bytes[FoldStep..]; bytes.Length >= FoldStep; bytes = bytes[FoldStep..])
        {
            state = Pclmulqdq.CarrylessMultiply(state, by128, 0x00) ^ Pclmulqdq.CarrylessMultiply(state, by128, 0x11) ^ Load(bytes);
        }

        // 128 bits to 64, 64 to 32 by Barrett's reduction.
        var low32 = Vector128.Create(0xFFFFFFFFUL);
        state = Sse2.ShiftRightLogical128BitLane(state, 8) ^ Pclmulqdq.CarrylessMultiply(state, by128, 0x10);
        state = Sse2.ShiftRightLogical128BitLane(state, 4) ^ Pclmulqdq.CarrylessMultiply(state & low32, Vector128.CreateScalar(0x163CD6124UL), 0x00);
        var barrett = Vector128.Create(0x1DB710641UL, 0x1F7011641UL);
        var quotient = Pclmulqdq.CarrylessMultiply(state & low32, barrett, 0x10) & low32;
        return ~(state ^ Pclmulqdq.CarrylessMultiply(quotient, barrett, 0x00)).AsUInt32()[1];
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> bytes) => Vector128.Create(bytes[..FoldStep]).AsUInt64();

    private static uint Look(ref uint tables, int table, ulong index) => Unsafe.Add(ref tables, (table * 256) + (byte)index);

    /// <summary>Table k holds what a byte does to the checksum when k more zero bytes follow it.</summary>
    private static uint[] CreateTables()
    {
        var tables = new uint[Slices * 256];
        for (var i = 0u; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }

            tables[i] = crc;
        }

        for (var i = 256; i < tables.Length; i++)
        {
            var shorter = tables[i - 256];
            tables[i] = tables[(byte)shorter] ^ (shorter >> 8);
        }

        return tables;
    }
}
