using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class JsonTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("é😀<>&'+/", "é😀<>&'+/")]
    [InlineData("\"\\\n\r\t\b\f\u0001", """\"\\\n\r\t\b\f\u0001""")]
    [InlineData("", "")]
    public void From_Text_EscapesOnlyWhatMustBe(string text, string expected)
    {
        var json = JsonText.From(text);
        Assert.Equal(expected, json.ToString());
        Assert.Equal(text, json.Decode());
    }

    [Fact]
    public void FromUtf8_BrokenBytes_AreReplaced() => Assert.Equal("a\uFFFDb", JsonText.FromUtf8([(byte)'a', 0xFF, (byte)'b']).ToString());

    [Fact]
    public void From_LoneSurrogate_IsReplaced() => Assert.Equal("a\uFFFDb", JsonText.From("a\ud83db").ToString());

    [Theory]
    [InlineData("""a\/b\"\\\n""", "a/b\"\\\n")]
    [InlineData("""\u00e9\ud83d\ude00""", "é😀")]
    [InlineData("""\ud83d""", "\uFFFD")]
    [InlineData("""\ud83dx""", "\uFFFDx")]
    [InlineData("""\ud83d\ud83d\ude00""", "\uFFFD😀")]
    [InlineData("""\ude00\n""", "\uFFFD\n")]
    [InlineData("""\u12""", "\uFFFD12")]
    [InlineData("""\u12g4z""", "\uFFFD12g4z")]
    [InlineData("""\u+123""", "\uFFFD+123")]
    [InlineData("\\", "\uFFFD")]
    [InlineData("""x\q""", "xq")]
    public void Decode_AnyEscape_IsReadLeniently(string escaped, string expected) => Assert.Equal(expected, Raw(escaped).Decode());

    [Fact]
    public void Unescape_AnyText_IsWhatTheFrameworkReads()
    {
        Prop.ForAll(Arb.From(Texts()), text => JsonText.From(text).Decode() == text
                && JsonSerializer.Deserialize<string>($"\"{JsonText.From(text)}\"") == text
                && Raw(JsonEncodedText.Encode(text).ToString()).Decode() == text)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void Add_AnyPieces_CompleteExactlyWhereTheJsonDoes()
    {
        var values = Gen.Elements("{}", "[]", "{\"a\":\"}\\\"\\\\\"}", "[1,{\"b\":[\"]\"]}]", "\"x\\\"y\"", " {\"é\":1}");
        Prop.ForAll(Arb.From(values), Arb.From(Gen.Choose(0, 1)), (json, style) =>
        {
            var wire = Encoding.UTF8.GetBytes(style == 0 ? JsonText.From(json).ToString() : JsonEncodedText.Encode(json).ToString());
            var balance = default(JsonBalance);
            for (var i = 0; i < wire.Length; i++)
            {
                if (balance.IsComplete)
                {
                    return false;
                }

                balance.Add(wire.AsSpan(i, 1));
            }

            return balance.IsComplete;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("null")]
    [InlineData("{}{")]
    [InlineData("}")]
    [InlineData("}{")]
    public void IsComplete_NoWholeValue_IsFalse(string json)
    {
        var balance = default(JsonBalance);
        balance.Add(Encoding.UTF8.GetBytes(json));
        Assert.False(balance.IsComplete);
    }

    private static Gen<string> Texts() =>
        Gen.Elements("a", "\"", "\\", "\n", "é", "😀", "\u0000", "\u001f", "/", "u1234", "\u2028", "\u007f").ListOf().Select(string.Concat);

    private static JsonText Raw(string escaped) => new(Encoding.UTF8.GetBytes(escaped));
}
