using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class JsonSpliceTests
{
    [Fact]
    public void Apply_AllThreeChanges_LeavesOtherBytesAlone()
    {
        var body = """{ "model" : "openai/gpt", "fallbacks":["a/b"] , "x":1.0, "messages":[{"content":"\ud83d"}] }"""u8.ToArray();
        Assert.Null(RequestPeek.Read(body, PeekRules.ChatCompletions, out var peek));
        var splice = new JsonSplice(body);
        splice.InsertMember(peek.AfterBrace, "\"stream_options\":{\"include_usage\":true}"u8.ToArray());
        splice.RemoveMember(peek.FallbacksMember);
        splice.Replace(peek.ModelValue, JsonSplice.Quote("gpt \"é\""));
        using var result = splice.Apply();
        Assert.Equal(
            """{"stream_options":{"include_usage":true}, "model" : "gpt \"é\"",  "x":1.0, "messages":[{"content":"\ud83d"}] }""",
            Encoding.UTF8.GetString(result.Span));
    }

    [Theory]
    [InlineData("""{"a":1,"b":2,"c":3}""", "a", """{"b":2,"c":3}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", "b", """{"a":1,"c":3}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", "c", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", "bc", """{"a":1}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", "ac", """{"b":2}""")]
    [InlineData("""{"a":1,"b":2,"c":3}""", "abc", """{}""")]
    [InlineData("""{"a":1 , "c":3 }""", "c", """{"a":1  }""")]
    public void RemoveMember_AnyOfThem_CommaGoesWithIt(string text, string names, string expected)
    {
        using var result = Splice(text, names, null);
        Assert.Equal(expected, Encoding.UTF8.GetString(result.Span));
    }

    [Theory]
    [InlineData("{}", "", """{"n":0}""")]
    [InlineData("{ }", "", """{"n":0 }""")]
    [InlineData("""{"a":1}""", "", """{"n":0,"a":1}""")]
    [InlineData("""{"a":1}""", "a", """{"n":0}""")]
    [InlineData("""{"a":1,"b":2}""", "a", """{"n":0,"b":2}""")]
    [InlineData("""{"a":1,"b":2}""", "ba", """{"n":0}""")]
    public void InsertMember_WithRemovals_CommasAreRight(string text, string removed, string expected)
    {
        using var result = Splice(text, removed, "\"n\":0");
        Assert.Equal(expected, Encoding.UTF8.GetString(result.Span));
    }

    /// <summary>Every subset of removals, with and without an insertion, leaves the JSON that a parser would.</summary>
    [Fact]
    public void Apply_EverySubset_LeavesTheOtherMembers()
    {
        const string Names = "abcde";
        for (var set = 0; set < 64; set++)
        {
            var removed = string.Concat(Names.Where((_, i) => (set & (1 << i)) != 0));
            var inserted = (set & 32) != 0;
            using var result = Splice("""{"a":1, "b" :[1,2] ,"c":"x,}","d":{} , "e":null }""", removed, inserted ? "\"n\":0" : null);
            using var document = JsonDocument.Parse(result.Memory);
            var expected = (inserted ? "n" : "") + string.Concat(Names.Except(removed));
            Assert.Equal(expected, string.Concat(document.RootElement.EnumerateObject().Select(member => member.Name)));
        }
    }

    [Fact]
    public void Apply_NoEdits_IsTheBody()
    {
        using var result = new JsonSplice("""{"a":1}"""u8.ToArray()).Apply();
        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(result.Span));
    }

    private static PooledBuffer Splice(string text, string removed, string? inserted)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var splice = new JsonSplice(body);
        foreach (var name in removed)
        {
            splice.RemoveMember(Member(body, name));
        }

        if (inserted is not null)
        {
            splice.InsertMember(1, Encoding.UTF8.GetBytes(inserted));
        }

        return splice.Apply();
    }

    private static ByteRange Member(byte[] body, char name)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            var found = json.GetString() == name.ToString();
            json.Skip();
            if (found)
            {
                return ByteRange.Between(start, (int)json.BytesConsumed);
            }
        }

        throw new ArgumentException($"no member {name}");
    }
}
