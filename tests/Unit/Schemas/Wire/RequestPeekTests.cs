using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class RequestPeekTests
{
    [Fact]
    public void Read_ChatRequest_FindsFactsAndPlaces()
    {
        var body = """
            {"model":"openai/gpt-4.1", "stream" : true,"messages":[{"role":"user","content":"model"}],
             "max_tokens":100,"max_completion_tokens":50,"stream_options":{"x":[1],"include_usage":false},"fallbacks":["a/b","c\u0064"]}
            """u8.ToArray();
        Assert.Null(RequestPeek.Read(body, PeekRules.ChatCompletions, out var peek));
        Assert.Equal("openai/gpt-4.1", peek.Model);
        Assert.Equal("\"openai/gpt-4.1\"", At(body, peek.ModelValue));
        Assert.True(peek.Stream);
        Assert.Equal("true", At(body, peek.StreamValue));
        Assert.Equal(50, peek.MaxTokens);
        Assert.False(peek.IncludeUsage);
        Assert.Equal("false", At(body, peek.IncludeUsageValue));
        Assert.Equal("""{"x":[1],"include_usage":false}""", At(body, peek.StreamOptionsValue));
        Assert.Equal(["a/b", "cd"], peek.Fallbacks);
        Assert.Equal("""
            "fallbacks":["a/b","c\u0064"]
            """, At(body, peek.FallbacksMember));
        Assert.Equal(1, peek.AfterBrace);
        Assert.Equal("messages", peek.Conversation);
        Assert.Empty(peek.Superseded);
    }

    [Fact]
    public void Read_NothingButTheLeast_RestIsUnknown()
    {
        Assert.Null(RequestPeek.Read("""{"model":"m","messages":[],"stream":null,"stream_options":null}"""u8, PeekRules.ChatCompletions, out var peek));
        Assert.Null(peek.Stream);
        Assert.Null(peek.MaxTokens);
        Assert.Null(peek.IncludeUsage);
        Assert.True(peek.StreamOptionsValue.IsEmpty);
        Assert.False(peek.StreamOptionsMember.IsEmpty);
        Assert.Empty(peek.Fallbacks);
    }

    [Fact]
    public void Read_EscapedNamesAndLoneSurrogates_AreLegal()
    {
        var body = """{"\ud83dabcd":1,"\u006dodel":"gpt\u002d5","mess\u0061ges":[{"role":"user","content":"\ud83d"}]}"""u8.ToArray();
        Assert.Null(RequestPeek.Read(body, PeekRules.ChatCompletions, out var peek));
        Assert.Equal("gpt-5", peek.Model);
        Assert.Equal("\"gpt\\u002d5\"", At(body, peek.ModelValue));
    }

    [Fact]
    public void Read_MembersTwice_LastCountsAndEarlierAreSuperseded()
    {
        var body = """{"model":"cheap","messages":[{}],"stream":true,"model":"dear","stream":false}"""u8.ToArray();
        Assert.Null(RequestPeek.Read(body, PeekRules.ChatCompletions, out var peek));
        Assert.Equal("dear", peek.Model);
        Assert.False(peek.Stream);
        Assert.Equal(["\"model\":\"cheap\"", "\"stream\":true"], peek.Superseded.Select(range => At(body, range)));
    }

    [Fact]
    public void Read_LimitInsideObject_IsFound()
    {
        Assert.Null(RequestPeek.Read("""{"messages":[{}],"inferenceConfig":{"topP":[{}],"maxTokens":77},"model":5}"""u8, PeekRules.Converse, out var converse));
        Assert.Equal(77, converse.MaxTokens);
        Assert.Null(RequestPeek.Read("""{"contents":[{}],"generationConfig":{"maxOutputTokens":78}}"""u8, PeekRules.GenerateContent, out var genai));
        Assert.Equal(78, genai.MaxTokens);
    }

    [Theory]
    [InlineData("""{"model":"m","input":"hi"}""")]
    [InlineData("""{"model":"m","input":[{}]}""")]
    [InlineData("""{"model":"m","prompt":{"id":"p"}}""")]
    [InlineData("""{"model":"m","input":null,"previous_response_id":"resp_1"}""")]
    public void Read_ResponsesInput_MayBeTextListOrElsewhere(string body) =>
        Assert.Null(RequestPeek.Read(Encoding.UTF8.GetBytes(body), PeekRules.Responses, out _));

    [Fact]
    public void Read_CursorAndInvoke_TakeWhatTheirCallersSend()
    {
        Assert.Null(RequestPeek.Read("""{"model":"m","input":[{}]}"""u8, PeekRules.Cursor, out var cursor));
        Assert.Equal("input", cursor.Conversation);
        Assert.Null(RequestPeek.Read("""{"model":"m","messages":[{}]}"""u8, PeekRules.Cursor, out cursor));
        Assert.Equal("messages", cursor.Conversation);
        Assert.Null(RequestPeek.Read("""{"inputText":"hi"}"""u8, PeekRules.Invoke, out _));
        Assert.Null(RequestPeek.Read("""{"model":"m","input":["a",[1,2],3]}"""u8, PeekRules.Embeddings, out _));
    }

    [Theory]
    [InlineData("", "request body is empty; a JSON object was expected", null)]
    [InlineData(" \n", "request body is empty; a JSON object was expected", null)]
    [InlineData("[1]", "request body must be a JSON object, got an array", null)]
    [InlineData("\"x\"", "request body must be a JSON object, got a string", null)]
    [InlineData("{\"model\":\"m\",\"messages\":[{}]} {}", "request body is not valid JSON: '{' is invalid after a single JSON value. Expected end of data at line 1, byte 31", null)]
    [InlineData("{\"model\":\"m\",\n\"messages\":[{},]}", "request body is not valid JSON: The JSON array contains a trailing comma at the end which is not supported in this mode at line 2, byte 16", null)]
    [InlineData("{\"messages\":[{}]}", "model is required", "model")]
    [InlineData("{\"model\":\"\",\"messages\":[{}]}", "model must not be empty", "model")]
    [InlineData("{\"model\":5,\"messages\":[{}]}", "model must be a string, got a number", "model")]
    [InlineData("{\"model\":\"m\"}", "messages is required", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":null}", "messages is required", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":5}", "messages must be an array of objects, got a number", "messages")]
    [InlineData("{\"model\":\"m\",\"messages\":[{},\"x\"]}", "messages[1] must be an object, got a string", "messages[1]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream\":\"yes\"}", "stream must be a boolean, got a string", "stream")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"max_tokens\":\"9\"}", "max_tokens must be a number, got a string", "max_tokens")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"fallbacks\":\"x\"}", "fallbacks must be an array, got a string", "fallbacks")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"fallbacks\":[\"x\",{}]}", "fallbacks[1] must be a string, got an object", "fallbacks[1]")]
    [InlineData("{\"model\":\"m\",\"messages\":[{}],\"stream_options\":{\"include_usage\":1}}", "stream_options.include_usage must be a boolean, got a number", "stream_options.include_usage")]
    public void Read_BadBody_NamesFieldAndPlace(string body, string message, string? param)
    {
        var error = RequestPeek.Read(Encoding.UTF8.GetBytes(body), PeekRules.ChatCompletions, out _);
        Assert.NotNull(error);
        Assert.Equal(message, error.Message);
        Assert.Equal(param, error.Param);
        Assert.Equal(400, error.Status);
        Assert.Equal(ErrorKind.InvalidRequest, error.Kind);
    }

    [Fact]
    public void Read_ResponsesInputWrong_SaysBothLegalTypes() =>
        Assert.Equal("input must be a string or an array of objects, got a boolean", RequestPeek.Read("""{"model":"m","input":true}"""u8, PeekRules.Responses, out _)?.Message);

    [Fact]
    public void Read_BedrockCountTokens_InputIsAnObject()
    {
        Assert.Null(RequestPeek.Read("""{"input":{"converse":{"messages":[]}}}"""u8, PeekRules.BedrockCountTokens, out _));
        Assert.Equal("input must be an object, got an array", RequestPeek.Read("""{"input":[]}"""u8, PeekRules.BedrockCountTokens, out _)?.Message);
    }

    [Fact]
    public void Read_CursorWithoutConversation_NamesBoth() =>
        Assert.Equal("input or messages is required", RequestPeek.Read("""{"model":"m"}"""u8, PeekRules.Cursor, out _)?.Message);

    [Fact]
    public void Read_InvalidUtf8_IsRefused() =>
        Assert.Equal("request body is not valid UTF-8", RequestPeek.Read([.. "{\"model\":\""u8, 0xC3, .. "\"}"u8], PeekRules.ChatCompletions, out _)?.Message);

    [Fact]
    public void Read_TenThousandLevels_IsAnErrorOfItsOwn()
    {
        var body = Encoding.UTF8.GetBytes("{\"model\":\"m\",\"metadata\":" + new string('[', 10_000) + new string(']', 10_000) + "}");
        var error = RequestPeek.Read(body, PeekRules.ChatCompletions, out _);
        Assert.StartsWith("request body is not valid JSON: The maximum configured depth of 256 has been exceeded", error?.Message, StringComparison.Ordinal);
    }

    /// <summary>Every truncation of a good body is refused, and none of them throws.</summary>
    [Fact]
    public void Read_TruncatedAnywhere_IsRefused()
    {
        var body = """{"model":"m","stream":true,"stream_options":{"include_usage":true},"fallbacks":["a"],"max_tokens":1,"messages":[{"a":"\u00e9"}]}"""u8.ToArray();
        for (var length = 0; length < body.Length; length++)
        {
            Assert.NotNull(RequestPeek.Read(body.AsSpan(0, length), PeekRules.ChatCompletions, out _));
        }

        Assert.Null(RequestPeek.Read(body, PeekRules.ChatCompletions, out _));
    }

    /// <summary>Damaged bodies: nothing throws, and what passes is JSON that a parser takes as well.</summary>
    [Fact]
    public void Read_RandomDamage_NeverThrowsAndPassesOnlyJson()
    {
        var good = """{"model":"m","stream":true,"stream_options":{"include_usage":true},"fallbacks":["a\ud83d"],"max_tokens":1,"\u006dessages":[{"a":"é"}]}"""u8.ToArray();
        var random = new Random(11);
        var passed = 0;
        for (var round = 0; round < 20_000; round++)
        {
            byte[] body = [.. good];
            for (var hits = random.Next(3); hits >= 0; hits--)
            {
                body[random.Next(body.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "{}[],:\"\\ue0 n"u8[random.Next(13)];
            }

            if (RequestPeek.Read(body, PeekRules.ChatCompletions, out _) is null)
            {
                passed++;
                JsonDocument.Parse(body).Dispose();
            }
        }

        Assert.InRange(passed, 1, 19_999);
    }

    private static string At(byte[] body, ByteRange range) => Encoding.UTF8.GetString(range.Of(body.AsSpan()));
}
