using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class InputUnwrapperTests
{
    [Theory]
    [InlineData("""{"input":"*** Begin"}""", "*** Begin")]
    [InlineData(""" { "input" : "a\nb\"c\\" } """, """a\nb\"c\\""")]
    [InlineData("""{"why":{"x":["}"]},"n":1,"input":"a","z":null}""", "a")]
    [InlineData("""{"input":"\u00e9\ud83d\ude00é😀"}""", """\u00e9\ud83d\ude00é😀""")]
    [InlineData("""{"input":"\ud83d"}""", """\ud83d""")]
    [InlineData("{\"input\":\"a\nb\tc\u0001\"}", """a\nb\tc\u0001""")]
    [InlineData("""{"input":"\d+\u12g \/"}""", """\\d+\\u12g \/""")]
    [InlineData("""{"input":"cut \u12""", "cut ")]
    [InlineData("""{"input":""}""", "")]
    [InlineData("{}", "")]
    [InlineData("""{"input":5}""", """{\"input\":5}""")]
    [InlineData("""{"patch":"x"}""", """{\"patch\":\"x\"}""")]
    [InlineData("""{"input""", """{\"input""")]
    [InlineData("ls -la", "ls -la")]
    [InlineData("{ foo: 1 }", "{ foo: 1 }")]
    [InlineData("", "")]
    public void Add_EverySplit_GivesTheInput(string arguments, string expected)
    {
        // The plain writer spells é as it stands, the other one as \u00e9: both wires must give the same text.
        var wire = Encoding.UTF8.GetBytes(JsonText.From(arguments).ToString());
        for (var split = 0; split <= wire.Length; split++)
        {
            Assert.Equal(expected, Unwrap(wire[..split], wire[split..]));
        }

        Assert.Equal(expected, Unwrap([.. wire.Select(b => new[] { b })]));
    }

    [Fact]
    public void Add_OuterUnicodeEscapes_AreKeptOrRead()
    {
        var wire = """\u007b\"input\":\"\u00e9 \u005c\u0022 \ud83d\ude00\u0022}"""u8.ToArray();

        Assert.Equal("""\u00e9 \" \ud83d\ude00""", Unwrap(wire));
    }

    [Fact]
    public void Add_SplitPair_ComesInOnePiece()
    {
        var unwrapper = new InputUnwrapper();
        var output = new ArrayBufferWriter<byte>();
        unwrapper.Add("""{\"input\":\"x\\ud83d"""u8, output);
        Assert.Equal("x", Encoding.UTF8.GetString(output.WrittenSpan));
        unwrapper.Add("""\\ude0"""u8, output);
        Assert.Equal("x", Encoding.UTF8.GetString(output.WrittenSpan));
        unwrapper.Add("0"u8, output);
        Assert.Equal("""x\ud83d\ude00""", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Add_AnyText_SurvivesTheRoundTrip()
    {
        var text = Gen.Elements("a", "\"", "\\", "\n", "é", "😀", "{", "}", "input", "\u0001", "\\u12", "/").ListOf().Select(string.Concat);
        var sizes = Gen.Choose(1, 5);
        Prop.ForAll(Arb.From(text), Arb.From(sizes), (given, size) =>
        {
            var wire = Encoding.UTF8.GetBytes(JsonEncodedText.Encode(JsonSerializer.Serialize(new Dictionary<string, string> { ["input"] = given })).ToString());
            var output = Unwrap([.. wire.Chunk(size)]);
            return JsonSerializer.Deserialize<string>($"\"{output}\"") == given;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static string Unwrap(params byte[][] pieces)
    {
        var unwrapper = new InputUnwrapper();
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in pieces)
        {
            unwrapper.Add(piece, output);
        }

        unwrapper.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
