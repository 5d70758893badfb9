using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// CRC-32 as gzip has it (RFC 1952 section 8: polynomial 0xEDB88320, reflected), eight bytes at a time with eight tables
/// ("slicing-by-8"). The framework's own is in the package System.IO.Hashing, which is not part of the shared framework.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 8;

    private static readonly uint[] Tables = CreateTables();

    public static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> stands for followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
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
