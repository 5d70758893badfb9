using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class PooledBufferTests
{
    [Fact]
    public void Write_InManySteps_KeepsEverything()
    {
        using var buffer = new PooledBuffer();
        var expected = new List<byte>();
        for (var i = 0; i < 300; i++)
        {
            byte[] part = [.. Enumerable.Repeat((byte)i, i)];
            buffer.Write(part);
            expected.AddRange(part);
        }

        Assert.Equal(expected, buffer.Memory.ToArray());
        buffer.Truncate(10);
        Assert.Equal(expected[..10], buffer.Span.ToArray());
        buffer.Clear();
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public void Write_AsMuchAsAnnounced_RentsOnce()
    {
        using var buffer = new PooledBuffer(1000);
        var capacity = buffer.Capacity;
        buffer.Write(new byte[1000]);
        Assert.Equal(capacity, buffer.Capacity);
    }

    /// <summary>Each thread and core that gave back a hundred megabytes would keep them.</summary>
    [Fact]
    public void Return_OfMoreThanIsKept_IsNoneOfThePools()
    {
        var big = ByteArrays.Rent(ByteArrays.MostKept + 1);
        ByteArrays.Return(big);
        Assert.NotSame(big, ByteArrays.Rent(ByteArrays.MostKept + 1));

        var small = ByteArrays.Rent(ByteArrays.MostKept);
        ByteArrays.Return(small);
        var again = ByteArrays.Rent(ByteArrays.MostKept);
        Assert.Same(small, again);
        ByteArrays.Return(again);
    }

    [Fact]
    public void Dispose_Twice_LeavesAnEmptyBufferThatWorks()
    {
        var buffer = new PooledBuffer(10);
        buffer.Write("abc"u8);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Equal(0, buffer.Length);
        buffer.Write("d"u8);
        Assert.Equal("d"u8.ToArray(), buffer.Memory.ToArray());
        buffer.Dispose();
    }
}
