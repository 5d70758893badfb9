using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class RequestPathsTests
{
    /// <summary>More places than are kept, twice: those that were pushed out are made anew, and none is taken for another.</summary>
    [Fact]
    public void Item_OfManyPlaces_IsEachItsOwn()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 2000; i++)
            {
                var item = RequestPaths.Item("messages", i);
                var content = RequestPaths.Member(item, "content");
                Assert.Equal($"messages[{i}]", item);
                Assert.Equal($"messages[{i}].content", content);
                Assert.Equal($"messages[{i}].content[3]", RequestPaths.Item(content, 3));
                Assert.Equal($"messages[{i}].toolUse", RequestPaths.Member(item, "toolUse"));
            }
        }
    }

    [Fact]
    public void Item_SeenBefore_IsTheSameString() => Assert.Same(RequestPaths.Item("input", 1), RequestPaths.Item("input", 1));

    [Fact]
    public void Member_AtTheTop_IsItsName() => Assert.Equal("model", RequestPaths.Member("", "model"));
}
