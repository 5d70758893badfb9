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

    /// <summary>Runs of backslashes at every place within sixteen bytes, with everything that may and may not follow them.</summary>
    [Fact]
    public void SkipValue_Backslashes_JudgesAsUtf8JsonReader()
    {
        string[] tails = ["", "\"", "n", "/", "u00e9", "u00g9", "u00", "x", "\u0001", "é", "2", "B", "o", "v", "n\\", "b\\f\\\"", "\\\\\\t", "r\\u0041\\"];
        foreach (var tail in tails)
        {
            for (var place = 0; place < 48; place++)
            {
                for (var run = 0; run < 20; run++)
                {
                    var json = Encoding.UTF8.GetBytes($"\"{new string('a', place)}{new string('\\', run)}{tail}\"{(place % 2 == 0 ? "" : ", and more than sixteen bytes")}");

                    Assert.True(IsJudgedAlike(json), Encoding.UTF8.GetString(json));
                }
            }
        }
    }

    [Fact]
    public void SkipValue_StringsOfEscapes_JudgesAsUtf8JsonReader() =>
        Prop.ForAll(
                Arb.From(Gen.Elements("\\", "\"", "\\\\", "\\n", "\\\"", "\\u00e9", "\\u12", "\\x", "x", "code of more than sixteen", "é", "\u0001", "\t").ListOf()),
                pieces => IsJudgedAlike(Encoding.UTF8.GetBytes("\"" + string.Concat(pieces) + "\"")))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

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
