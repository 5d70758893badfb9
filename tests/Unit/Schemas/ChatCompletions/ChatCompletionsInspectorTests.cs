using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

public class ChatCompletionsInspectorTests
{
    [Fact]
    public void Inspect_Stream_LearnsUsageStopAndEnd()
    {
        var facts = new StreamFacts();
        Inspect(facts, ChatWire.Chunk("""{"role":"assistant","content":""}"""));
        Assert.False(facts.HasContent);
        Inspect(facts, ChatWire.Chunk("""{"content":"the \"error\": and \"usage\":{"}"""));
        Assert.True(facts.HasContent);
        Inspect(facts, ChatWire.Chunk("{}", "\"length\""));
        Assert.False(facts.IsUnaskedUsage);
        Inspect(facts, """{"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}""");
        Assert.True(facts.IsUnaskedUsage);
        Assert.False(facts.IsTerminated);
        Inspect(facts, "[DONE]");

        Assert.False(facts.IsUnaskedUsage);
        Assert.True(facts.IsTerminated);
        Assert.Null(facts.Error);
        Assert.Equal((7L, 3L, StopKind.Length), (facts.Usage.Input!.Value, facts.Usage.Output!.Value, facts.Stop));
    }

    /// <summary>xAI's total alone tells that reasoning is not within completion_tokens; OpenAI's is.</summary>
    [Theory]
    [InlineData(303, 291)]
    [InlineData(13, 1)]
    public void Inspect_ReasoningBesideCompletion_IsOutputToo(int total, int output)
    {
        var facts = new StreamFacts();
        Inspect(facts, """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":TOTAL,"completion_tokens_details":{"reasoning_tokens":290}}}"""
            .Replace("TOTAL", $"{total}", StringComparison.Ordinal));

        Assert.Equal((output, 290), (facts.Usage.Output, facts.Usage.Reasoning));
    }

    /// <summary>Servers written in Python put blanks behind colons; the first content and the last count as well.</summary>
    [Theory]
    [InlineData("{\"content\":\"word\"}", 4)]
    [InlineData("{\"content\": \"word\"}", 4)]
    [InlineData("{\"content\": null, \"reasoning_content\": \"why\"}", 3)]
    [InlineData("{\"tool_calls\": [{\"index\": 0, \"function\": {\"arguments\": \"{}\"}}]}", 2)]
    public void Inspect_ContentFrames_CountTheirText(string delta, int bytes)
    {
        var facts = new StreamFacts();
        Inspect(facts, ChatWire.Chunk("""{"role":"assistant","content":"first"}"""));
        Inspect(facts, ChatWire.Chunk(delta));
        Inspect(facts, ChatWire.Chunk(delta));
        Inspect(facts, ChatWire.Chunk("""{"content":"end"}""", "\"stop\""));

        Assert.Equal(5 + (2 * bytes) + 3, facts.TextBytes);
    }

    [Fact]
    public void Inspect_ErrorFrame_SetsTheError()
    {
        var facts = new StreamFacts();
        Inspect(facts, """{"error":{"message":"boom","type":"rate_limit_error"}}""");

        Assert.Equal((429, "boom"), (facts.Error!.Status, facts.Error.Message));
    }

    [Fact]
    public void Inspect_ContentFrames_DoNotAllocate()
    {
        var facts = new StreamFacts();
        var frame = Encoding.UTF8.GetBytes(ChatWire.Chunk("""{"content":"word"}""", more: ",\"usage\":null"));
        var usage = Encoding.UTF8.GetBytes(ChatWire.Chunk("""{"content":"word"}""", more: ",\"usage\":{\"prompt_tokens\":7}"));
        Feed(5);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Feed(int times)
        {
            for (var i = 0; i < times; i++)
            {
                ChatWire.Dialect.Inspect(new StreamFrame { Data = frame }, facts);
                ChatWire.Dialect.Inspect(new StreamFrame { Data = usage }, facts);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("<html>")]
    [InlineData("""{"id":"x","choices":[""")]
    [InlineData("""{"id":"x","choices":[]}""")]
    [InlineData("""{"error":{"message":"no"}}""")]
    public void InspectAnswer_NoAnswer_SetsTheError(string body)
    {
        var facts = new StreamFacts();
        ChatWire.Dialect.InspectAnswer(Encoding.UTF8.GetBytes(body), facts);
        var lines = ChatWire.ReadAnswer(body).Lines;

        Assert.NotNull(facts.Error);
        Assert.StartsWith("error ", Assert.Single(lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"detail":"Invalid API Key"}""", "Invalid API Key", null)]
    [InlineData(404, """{"error":{"code":"404","message": "Resource not found"}}""", "Resource not found", "404")]
    [InlineData(429, """{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"kimi is rate-limited \"upstream\"","provider_name":"Groq"}}}""", "Provider returned error: kimi is rate-limited \"upstream\"", "429")]
    [InlineData(400, """{"error":"plain words"}""", "plain words", null)]
    [InlineData(422, """{"object":"error","message":"bad \u00e9","code":1210}""", "bad é", "1210")]
    [InlineData(502, "<html>bad gateway</html>", "The upstream answered 502.", null)]
    public void ReadError_VendorsShapes_FindsTheMessage(int status, string body, string message, string? code)
    {
        var error = ChatWire.Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, message, code), (error.Status, error.Message, error.Code));
    }

    private static void Inspect(StreamFacts facts, string data) =>
        ChatWire.Dialect.Inspect(new StreamFrame { Data = Encoding.UTF8.GetBytes(data) }, facts);
}
