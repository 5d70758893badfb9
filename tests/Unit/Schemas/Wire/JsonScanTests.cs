using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class JsonScanTests
{
    [Theory]
    [InlineData("""{"a":[1,2,{"b":"c"}],"d":null}""")]
    [InlineData("""{ "a" : [ 1 , -0.5e+10 , true ] , "d" : "x" }""")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"a long string with \\\"quotes\\\" and \\u00e9 \\ud83d behind the sixteenth byte\"")]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("1E5")]
    [InlineData("false")]
    public void SkipValue_Json_EndsBehindIt(string json) =>
        Assert.Equal(Encoding.UTF8.GetByteCount(json), JsonScan.SkipValue(Encoding.UTF8.GetBytes(json + ",\"next\""), 0, 0));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{"a"}""")]
    [InlineData("""{a:1}""")]
    [InlineData("""{"a":}""")]
    [InlineData("""{"a":1]""")]
    [InlineData("""["a" "b"]""")]
    [InlineData("[01]")]
    [InlineData("[-]")]
    [InlineData("[1.]")]
    [InlineData("[.5]")]
    [InlineData("[1e]")]
    [InlineData("[+1]")]
    [InlineData("[nul]")]
    [InlineData("[NaN]")]
    [InlineData("\"open")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"sixteen bytes and then a\u0001control\"")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\u12\"")]
    public void SkipValue_NoJson_IsBroken(string json) => Assert.Equal(JsonScan.Broken, JsonScan.SkipValue(Encoding.UTF8.GetBytes(json), 0, 0));

    [Fact]
    public void SkipValue_Depth_HasTheLimitOfParsedBodies()
    {
        Assert.Equal(2 * JsonBody.MaxDepth, JsonScan.SkipValue(Nested(JsonBody.MaxDepth), 0, 0));
        Assert.Equal(JsonScan.Broken, JsonScan.SkipValue(Nested(JsonBody.MaxDepth + 1), 0, 0));
        Assert.Equal(JsonScan.Broken, JsonScan.SkipValue(Nested(JsonBody.MaxDepth), 0, 1));
    }

    [Fact]
    public void SkipValue_Anything_JudgesAsUtf8JsonReader() =>
        Prop.ForAll(Arb.From(Pieces().ListOf()), pieces => IsJudgedAlike(Encoding.UTF8.GetBytes("[" + string.Concat(pieces) + "]")))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    /// <summary>Fragments that make JSON often enough, and near misses of it the rest of the time.</summary>
    private static Gen<string> Pieces() => Gen.Elements(
        "1", "0", "-", ".5", "e+1", "true", "null", "nul", "\"", "\"a\"", "\"\\n\"", "\"\\u12", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\"k\":", "\"k\":1",
        "{\"k\":\"v\"}", ",\"a string of more than sixteen bytes\"", "\u0001", "é");

    private static bool IsJudgedAlike(byte[] json) => JsonScan.SkipValue(json, 0, 0) == EndByReader(json);

    private static int EndByReader(byte[] json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return JsonScan.Broken;
        }
    }

    private static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
}
