using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Configuration;

/// <summary>
/// SHA-256 of a virtual key. The values are long and random (the gateway makes them so), hence no salt and no slow hash: a lookup
/// must work without knowing whose key it is.
/// </summary>
internal sealed class KeyHash
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly byte[] _bytes;

    private KeyHash(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static KeyHash Of(string value)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Compute(value, hash);
        return new KeyHash(hash);
    }

    /// <summary>From the form it is stored in; null where that is no hash.</summary>
    public static KeyHash? FromHex(string hex) =>
        hex.Length == 2 * SHA256.HashSizeInBytes && hex.AsSpan().IndexOfAnyExcept(Digits) < 0 ? new(Convert.FromHexString(hex)) : null;

    /// <summary>Hashes a presented value without an allocation.</summary>
    public static void Compute(string value, Span<byte> hash)
    {
        Span<byte> small = stackalloc byte[512];
        var bytes = Encoding.UTF8.GetMaxByteCount(value.Length) <= small.Length ? small : new byte[Encoding.UTF8.GetByteCount(value)];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(value, bytes)], hash);
    }

    public string ToHex() => Convert.ToHexStringLower(_bytes);
}
