using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class JsonBodyTests
{
    [Fact]
    public void TryParse_Anything_SaysWhatJsonDocumentSays() =>
        Prop.ForAll(Arb.From(Pieces().ListOf()), pieces => IsReadAlike(Encoding.UTF8.GetBytes("[" + string.Concat(pieces) + "]")))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData("""{"a":1,"b":{"a":2,"c":[1,{"a":3}]},"a":4}""", "a", "4")]
    [InlineData("""{"a":1,"\u0061":2}""", "a", "2")]
    [InlineData("""{"\u0061b":5}""", "ab", "5")]
    [InlineData("""{"ab":5}""", "a", null)]
    [InlineData("""{"b":{"a":1}}""", "a", null)]
    [InlineData("""{}""", "a", null)]
    [InlineData("""{"":1,"ba":2,"ab":3}""", "", "1")]
    [InlineData("""{"ab":5,"ac":6}""", "ac", "6")]
    [InlineData("""{"ab":5,"ac":6}""", "ad", null)]
    public void TryGetProperty_OfTheSameName_TheLastCounts(string json, string name, string? raw)
    {
        using var body = Parse(json);
        Assert.Equal(raw is not null, body.Root.TryGetProperty(name, out var value));
        Assert.Equal(raw is not null, body.Root.TryGetProperty(Encoding.UTF8.GetBytes(name), out var same));
        Assert.Equal(raw ?? "", Encoding.UTF8.GetString(value.Raw));
        Assert.Equal(raw ?? "", Encoding.UTF8.GetString(same.Raw));
    }

    /// <summary>More values than the first table has room for.</summary>
    [Fact]
    public void TryParse_ManySmallValues_KeepsThemAll()
    {
        using var body = Parse($"[{string.Join(',', Enumerable.Range(0, 5000).Select(static n => n % 10))}]");
        Assert.Equal(5000, body.Root.GetArrayLength());
        Assert.True(body.Root[4999].TryGetInt32(out var last));
        Assert.Equal(9, last);
    }

    [Theory]
    [InlineData("{\"a\":1}x", "line 1, byte 8")]
    [InlineData("{\"a\":\n  nope}", "line 2, byte 4")]
    [InlineData("", "line 1, byte 1")]
    [InlineData("{\"\\ud800\":1}", "surrogate")]
    public void TryParse_NoJson_SaysWhere(string json, string where)
    {
        Assert.False(JsonBody.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(where, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_PartOfAnArray_PointsIntoIt()
    {
        var bytes = Encoding.UTF8.GetBytes("""xx{"a":"text"}xx""");
        Assert.True(JsonBody.TryParse(bytes.AsMemory(2, bytes.Length - 4), out var body, out _));
        using (body)
        {
            var text = body.TextOf(body.Root, "a"u8);
            Assert.Equal("text", text.ToString());
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(text.Escaped, out var segment));
            Assert.Same(bytes, segment.Array);
        }
    }

    private static JsonBody Parse(string json)
    {
        Assert.True(JsonBody.TryParse(Encoding.UTF8.GetBytes(json), out var body, out var error), error);
        return body;
    }

    private static Gen<string> Pieces() => Gen.Elements(
        "1", "0", "-", "e+1", "true", "null", "\"", "\"a\"", "\"\\n\"", "{", "}", "[", "]", ",", ",", ":", " ", "\n", "\"k\":", "\"k\":1", ",\"k\":[]",
        "{\"k\":\"v\"}", ",{\"k\":1,\"\\u006b\":{},\"l\":[[],{}]}", ",[1,2,{\"x\":false}]", ",\"a string of more than sixteen bytes\"", "é");

    private static bool IsReadAlike(byte[] json)
    {
        var isRead = JsonBody.TryParse(json, out var body, out _);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonBody.MaxDepth });
            return isRead && Tell(body.Root) == Tell(document.RootElement);
        }
        catch (JsonException)
        {
            return !isRead;
        }
    }

    private static string Tell(JsonValue value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Concat(Members(value).Select(m => $"{m.Name}={Tell(m.Value)};")) + "}",
        JsonValueKind.Array => $"{value.GetArrayLength()}[" + string.Concat(Items(value).Select(i => Tell(i) + ";")) + "]",
        JsonValueKind.String => $"'{value.GetString()}'",
        _ => value.GetRawText(),
    };

    private static string Tell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Concat(value.EnumerateObject().Select(m => $"{m.Name}={Tell(m.Value)};")) + "}",
        JsonValueKind.Array => $"{value.GetArrayLength()}[" + string.Concat(value.EnumerateArray().Select(i => Tell(i) + ";")) + "]",
        JsonValueKind.String => $"'{value.GetString()}'",
        _ => value.GetRawText(),
    };

    private static List<JsonMember> Members(JsonValue value)
    {
        var members = new List<JsonMember>();
        foreach (var member in value.EnumerateObject())
        {
            members.Add(member);
        }

        return members;
    }

    private static List<JsonValue> Items(JsonValue value)
    {
        var items = new List<JsonValue>();
        foreach (var item in value.EnumerateArray())
        {
            items.Add(item);
        }

        return items;
    }
}
