using System.IO.Compression;
using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class Crc32Tests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Compute_KnownTexts_KnownSums(string text, uint expected) => Assert.Equal(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    /// <summary>gzip ends with the CRC of what it holds: the framework's own answer for every length around the eight-byte step.</summary>
    [Fact]
    public void Compute_EveryLength_SameAsGzip()
    {
        var bytes = new byte[300];
        new Random(7).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
            {
                gzip.Write(bytes, 0, length);
            }

            var expected = length == 0 ? 0 : BitConverter.ToUInt32(packed.ToArray().AsSpan()[^8..^4]);
            Assert.Equal(expected, Crc32.Compute(bytes.AsSpan(0, length)));
            Assert.Equal(expected, Crc32.AppendByTables(0, bytes.AsSpan(0, length)));
            Assert.Equal(expected, Crc32.Append(Crc32.Compute(bytes.AsSpan(0, length / 3)), bytes.AsSpan(length / 3, length - (length / 3))));
        }
    }
}
