using System.Text;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Allocation;

/// <summary>
/// What the translation of one small request and its whole answer leaves to the collector: the budgets are what was measured and a
/// tenth, so that a careless list or string is seen. The answer's text stays where it was read.
/// </summary>
public sealed class TranslationAllocationTests
{
    private const int Rounds = 200;

    private static readonly string Words = string.Concat(Enumerable.Repeat("Please compare the two designs below and say which of them you would keep, and why. ", 9));

    private static readonly string Said = string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog while the five boxing wizards look on. ", 7));

    [Theory]
    [InlineData("chat", "messages", "anthropic", 4500)]
    [InlineData("messages", "chat", "groq", 4250)]
    [InlineData("messages", "responses", "openai", 4200)]
    [InlineData("responses", "messages", "anthropic", 4600)]
    [InlineData("chat", "converse", "bedrock", 5100)]
    [InlineData("chat", "genai", "gemini", 5300)]
    public void Translate_SmallRequestAndAnswer_StaysInItsBudget(string inbound, string outbound, string provider, int budget)
    {
        var caller = Dialects.Get(inbound);
        var upstream = Dialects.Get(outbound);
        var target = ModelFacts.Of(Catalog.Find(provider)!, provider, "some-model");
        var body = Encoding.UTF8.GetBytes(Request(inbound));
        var answer = Encoding.UTF8.GetBytes(Answer(outbound));
        using var buffer = new PooledBuffer(64 * 1024);

        Translate();
        Translate();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            Translate();
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
        Assert.True(each <= budget, $"{each} bytes from {inbound} to {outbound}, {budget} are allowed");
        Assert.Contains("quick brown fox", Encoding.UTF8.GetString(buffer.Span), StringComparison.Ordinal);

        void Translate()
        {
            var losses = new Losses();
            buffer.Clear();
            Assert.Null(caller.ReadRequest(new RequestSource(body, "", null), out var request));
            upstream.WriteRequest(ToolWrapping.For(request, target, losses).Request, target, buffer, losses);
            var context = Context(request, body, outbound, losses);
            using var sink = caller.CreateAnswerSink(context);
            var builder = sink is null ? new AnswerBuilder(answer) : null;
            var guard = new StreamGuard((IResponseSink?)sink ?? builder!, caller.Rules, losses);
            upstream.ReadAnswer(answer, guard);
            guard.Complete();
            Write(caller, context, sink, builder, buffer);
        }
    }

    private static void Write(Dialect caller, AnswerContext context, IAnswerSink? sink, AnswerBuilder? builder, PooledBuffer buffer)
    {
        if (sink is not null)
        {
            sink.Write(buffer);
        }
        else
        {
            caller.WriteAnswer(builder!.Answer, context, buffer);
        }
    }

    private static AnswerContext Context(ChatRequest request, byte[] body, string outbound, Losses losses) => new()
    {
        Model = "some-model",
        Origin = new Origin("provider", "family", outbound),
        Request = request,
        RequestBody = body,
        ExchangeId = "x1",
        Created = 1,
        Losses = losses,
    };

    private static string Request(string dialect)
    {
        const string Tail = "\"temperature\":0.7,\"model\":\"provider/some-model\"}";
        return dialect switch
        {
            "chat" => $$"""{"messages":[{"role":"system","content":"You are a careful reviewer."},{"role":"user","content":"{{Words}}"}],"max_tokens":1024,{{Tail}}""",
            "messages" => $$"""{"system":"You are a careful reviewer.","messages":[{"role":"user","content":"{{Words}}"}],"max_tokens":1024,{{Tail}}""",
            _ => $$"""{"instructions":"You are a careful reviewer.","input":"{{Words}}","max_output_tokens":1024,{{Tail}}""",
        };
    }

    private static string Answer(string dialect) => (dialect switch
    {
        "chat" => """{"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"SAID","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":190,"completion_tokens":110,"total_tokens":300}}""",
        "messages" => """{"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"SAID"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":190,"output_tokens":110}}""",
        "responses" => """{"id":"r1","object":"response","created_at":1,"status":"completed","error":null,"model":"m","output":[{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"SAID","annotations":[]}]}],"usage":{"input_tokens":190,"output_tokens":110,"total_tokens":300}}""",
        "converse" => """{"metrics":{"latencyMs":5},"output":{"message":{"role":"assistant","content":[{"text":"SAID"}]}},"stopReason":"end_turn","usage":{"inputTokens":190,"outputTokens":110,"totalTokens":300}}""",
        _ => """{"candidates":[{"content":{"role":"model","parts":[{"text":"SAID"}]},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":190,"candidatesTokenCount":110,"totalTokenCount":300},"modelVersion":"m","responseId":"g1"}""",
    }).Replace("SAID", Said, StringComparison.Ordinal);
}
