using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission;

/// <summary>
/// Every virtual key of one configuration by its hash. A caller can choose a value but not its hash, so the place in the table tells
/// nothing; what stands there is compared in constant time. Immutable.
/// </summary>
internal sealed class KeyBook
{
    private readonly VirtualKey?[] _table;

    public KeyBook(IReadOnlyList<VirtualKey> keys)
    {
        // At most half full, so that every search ends soon.
        _table = new VirtualKey?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * keys.Count))];
        All = keys;
        foreach (var key in keys)
        {
            if (key.Config.Hash is { } hash)
            {
                Add(key, hash.Bytes);
            }
        }
    }

    public IReadOnlyList<VirtualKey> All { get; }

    /// <summary>The key of a presented value, or null.</summary>
    public VirtualKey? Find(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        KeyHash.Compute(value, hash);
        for (var at = PlaceOf(hash); _table[at] is { } key; at = (at + 1) & (_table.Length - 1))
        {
            if (CryptographicOperations.FixedTimeEquals(key.Config.Hash!.Bytes, hash))
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The key with an id, or null.</summary>
    public VirtualKey? FindId(string id)
    {
        foreach (var key in All)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    private void Add(VirtualKey key, ReadOnlySpan<byte> hash)
    {
        var at = PlaceOf(hash);
        while (_table[at] is not null)
        {
            at = (at + 1) & (_table.Length - 1);
        }

        _table[at] = key;
    }

    private int PlaceOf(ReadOnlySpan<byte> hash) => (int)(BinaryPrimitives.ReadUInt32LittleEndian(hash) & (uint)(_table.Length - 1));
}
