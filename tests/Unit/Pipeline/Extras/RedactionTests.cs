using System.Buffers;
using System.Text;
using BifrostLite.Pipeline.Extras;

namespace BifrostLite.Tests.Unit.Pipeline.Extras;

/// <summary>A body that is shown again holds no credential, and nothing that would tear a server-sent event apart.</summary>
public sealed class RedactionTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("""{"Authorization":"x","n":1,"b":"c"}""", """{"Authorization":"***","n":1,"b":"c"}""")]
    [InlineData("""{"tools":[{"type":"mcp","authorization_token":"x","server_url":"u"}]}""", """{"tools":[{"type":"mcp","authorization_token":"***","server_url":"u"}]}""")]
    [InlineData("""{"headers":{"x-tenant":"a","deep":{"b":"c"}},"after":"d"}""", """{"headers":{"x-tenant":"***","deep":{"b":"***"}},"after":"d"}""")]
    [InlineData("{\r\n \"a\":\n1\r}", "{   \"a\": 1 }")]
    [InlineData("""{"a":""", "null")]
    [InlineData("", "null")]
    public void Copy_AnyBody_BlanksWhatMayBeACredential(string body, string expected)
    {
        var output = new ArrayBufferWriter<byte>();

        Redaction.Copy(Encoding.UTF8.GetBytes(body), output);

        Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
