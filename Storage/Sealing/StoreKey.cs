using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Storage.Sealing;

/// <summary>
/// encryption_key made into an AES-256-GCM key (NIST SP 800-38D) with an id. What it seals is bound to its place: a body moved to another
/// record cannot be opened. Layout: 4 bytes mark, 8 key id, 12 nonce, 16 tag, the rest as long as the plain bytes.
/// </summary>
internal sealed class StoreKey
{
    private const int IdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeadBytes = 4 + IdBytes + NonceBytes + TagBytes;

    private readonly byte[] _key;
    private readonly byte[] _id;

    /// <param name="secret">Any text; as strong as it is long and random (openssl rand -base64 32).</param>
    public StoreKey(string secret)
    {
        var material = Encoding.UTF8.GetBytes(secret);
        _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, 32, info: "bifrost-lite store key"u8.ToArray());
        _id = HKDF.DeriveKey(HashAlgorithmName.SHA256, material, IdBytes, info: "bifrost-lite store key id"u8.ToArray());
    }

    /// <summary>Tells keys apart without telling them.</summary>
    public string Id => Convert.ToHexStringLower(_id);

    /// <summary>No JSON and no text begins with this byte.</summary>
    private static ReadOnlySpan<byte> Mark => [0xB1, (byte)'l', (byte)'s', 1];

    public static bool IsSealed(ReadOnlySpan<byte> body) => body.Length >= HeadBytes && body.StartsWith(Mark);

    /// <summary>Id of the key that sealed this body.</summary>
    public static string IdOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(body.Slice(Mark.Length, IdBytes));

    public byte[] Seal(ReadOnlySpan<byte> plain, string place)
    {
        var body = new byte[HeadBytes + plain.Length];
        Mark.CopyTo(body);
        _id.CopyTo(body, Mark.Length);
        var nonce = body.AsSpan(Mark.Length + IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(nonce, plain, body.AsSpan(HeadBytes), body.AsSpan(HeadBytes - TagBytes, TagBytes), Encoding.UTF8.GetBytes(place));
        return body;
    }

    /// <summary>The plain bytes; null where another key sealed them, or they were changed or moved.</summary>
    public byte[]? TryOpen(ReadOnlySpan<byte> body, string place)
    {
        if (!body.Slice(Mark.Length, IdBytes).SequenceEqual(_id))
        {
            return null;
        }

        var plain = new byte[body.Length - HeadBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(
                body.Slice(Mark.Length + IdBytes, NonceBytes), body[HeadBytes..], body.Slice(HeadBytes - TagBytes, TagBytes), plain,
                Encoding.UTF8.GetBytes(place));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return plain;
    }
}
