using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>Input that only names stored items, and counting what a request builds on.</summary>
public class ItemReferenceTests : StatefulTest
{
    [Fact]
    public async Task Reference_ToAnEarlierAnswer_IsResolvedForAnotherDialect()
    {
        NextMessage("the moon");
        var first = await AskAsync("""{"model":"anthropic/m","input":"what circles the earth?"}""");
        NextMessage("far away");

        var second = await AskAsync($$"""
            {"model":"anthropic/m","input":[{"role":"user","content":"what circles the earth?"},{"type":"item_reference","id":"{{Text(first, "output", 0, "id")}}"},
            {"role":"user","content":"how far is it?"}]}
            """);

        var messages = LastAsked().GetProperty("messages");
        Assert.Equal(["user", "assistant", "user"], messages.EnumerateArray().Select(message => Text(message, "role")));
        Assert.Contains("the moon", messages[1].GetRawText());

        // What is kept is the item, not its name: the next turn finds it there.
        var items = await GetAsync($"/v1/responses/{Text(second, "id")}/input_items?order=asc");
        Assert.Contains("the moon", items.GetProperty("data")[1].GetRawText());
    }

    [Fact]
    public async Task Reference_ToAnInputItem_IsResolved()
    {
        NextMessage("one");
        var first = await AskAsync("""{"model":"anthropic/m","input":"remember: blue"}""");
        var items = await GetAsync($"/v1/responses/{Text(first, "id")}/input_items");
        NextMessage("two");

        await AskAsync($$"""{"model":"anthropic/m","input":[{"type":"item_reference","id":"{{Text(items, "data", 0, "id")}}"}]}""");

        Assert.Contains("remember: blue", LastAsked().GetProperty("messages")[0].GetRawText());
    }

    [Fact]
    public async Task Reference_AtItsIssuer_StaysAName()
    {
        NextResponse("resp_1", "hi");
        var first = await AskAsync("""{"model":"openai/m","input":"hello"}""");
        NextResponse("resp_2", "again");

        await AskAsync($$"""
            {"model":"openai/m","previous_response_id":"resp_1","input":[{"type":"item_reference","id":"{{Text(first, "output", 0, "id")}}"}]}
            """);

        Assert.Equal("item_reference", Text(LastAsked(), "input", 0, "type"));
    }

    [Fact]
    public async Task Reference_ToWhatAnotherProviderIssued_IsResolvedWithinTheChain()
    {
        NextResponse("resp_1", "green");
        var first = await AskAsync("""{"model":"openai/m","input":"which colour?"}""");
        NextMessage("ok");

        await AskAsync($$"""
            {"model":"anthropic/m","previous_response_id":"resp_1","input":[{"type":"item_reference","id":"{{Text(first, "output", 0, "id")}}"},{"role":"user","content":"go on"}]}
            """);

        Assert.Equal(2, LastAsked().GetProperty("messages").GetRawText().Split("green").Length - 1);
    }

    [Theory]
    [InlineData("anthropic/m", "messages")]
    [InlineData("keepsnothing/m", "input")]
    public async Task Reference_ToWhatAnotherProviderIssued_IsResolvedOutsideTheChain(string model, string member)
    {
        await RestartWithAsync(WithoutStore);
        NextResponse("resp_1", "green");
        var id = Text(await AskAsync("""{"model":"keepsnothing/m","input":"which colour?"}"""), "output", 0, "id");
        if (member == "messages")
        {
            NextMessage("ok");
        }
        else
        {
            NextResponse("resp_2", "ok");
        }

        await AskAsync($$"""{"model":"{{model}}","input":[{"type":"item_reference","id":"{{id}}"},{"role":"user","content":"go on"}]}""");

        Assert.Contains("green", LastAsked().GetProperty(member)[0].GetRawText());
    }

    [Fact]
    public async Task Reference_ToWhatADeletedResponseHeld_IsRefused()
    {
        await RestartWithAsync(WithoutStore);
        NextResponse("resp_1", "green");
        var first = await AskAsync("""{"model":"keepsnothing/m","input":"which colour?"}""");
        await DeleteAsync($"/v1/responses/{Text(first, "id")}");

        await AskAsync($$"""{"model":"anthropic/m","input":[{"type":"item_reference","id":"{{Text(first, "output", 0, "id")}}"}]}""", 404);

        Assert.Null((await Store.GetAsync("item_place", Text(first, "output", 0, "id"))).Value);
    }

    [Fact]
    public async Task Reference_ToAnItemOfAConversation_IsResolvedWithoutNamingIt()
    {
        var conversation = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"remember: blue"}]}"""), "id");
        var items = await GetAsync($"/v1/conversations/{conversation}/items");
        var reference = $$"""{"model":"anthropic/m","input":[{"type":"item_reference","id":"{{Text(items, "data", 0, "id")}}"}]}""";
        NextMessage("ok");

        await AskAsync(reference);
        Assert.Contains("remember: blue", LastAsked().GetProperty("messages")[0].GetRawText());

        await DeleteAsync($"/v1/conversations/{conversation}");
        await AskAsync(reference, 404);
    }

    [Theory]
    [InlineData("msg_bf0123456789_0")]
    [InlineData("msg_nonsense")]
    public async Task Reference_ToNothing_IsRefused(string id)
    {
        var error = await AskAsync($$"""{"model":"anthropic/m","input":[{"type":"item_reference","id":"{{id}}"}]}""", 404);

        Assert.Equal("item_not_found", Text(error, "error", "code"));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Count_WithPreviousResponse_CountsItsTurnsToo()
    {
        NextMessage("the moon");
        var first = await AskAsync("""{"model":"anthropic/m","input":"what circles the earth?"}""");
        Upstream.NextJson(200, """{"input_tokens":42}""");

        var count = await PostAsync("/v1/responses/input_tokens", $$"""{"model":"anthropic/m","previous_response_id":"{{Text(first, "id")}}","input":"how far?"}""");

        Assert.Equal("42", Text(count, "input_tokens"));
        Assert.Contains("the moon", LastAsked().GetProperty("messages").GetRawText());
        Assert.Contains("what circles", LastAsked().GetProperty("messages").GetRawText());
    }

    [Fact]
    public async Task Count_OfAConversationByEstimate_CountsItsItems()
    {
        var conversation = Text(await PostAsync("/v1/conversations", $$"""{"items":[{"role":"user","content":"{{new string('a', 4000)}}"}]}"""), "id");

        var alone = await PostAsync("/v1/responses/input_tokens", """{"model":"chatonly/m","input":"how far?"}""");
        var together = await PostAsync("/v1/responses/input_tokens", $$"""{"model":"chatonly/m","conversation":"{{conversation}}","input":"how far?"}""");

        Assert.InRange(together.GetProperty("input_tokens").GetInt32() - alone.GetProperty("input_tokens").GetInt32(), 400, 4000);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Count_OfAnUnknownPreviousResponse_IsRefused() => Assert.Equal(
        "previous_response_not_found",
        Text(await PostAsync("/v1/responses/input_tokens", """{"model":"chatonly/m","previous_response_id":"resp_none","input":"x"}""", 400), "error", "code"));

    /// <summary>With a provider of this API that keeps no responses.</summary>
    private static GatewayConfig WithoutStore(GatewayConfig config) => config with
    {
        Providers = new Dictionary<string, ProviderConfig>(config.Providers)
        {
            ["keepsnothing"] = config.Providers["chatonly"] with
            {
                Name = "keepsnothing",
                Custom = new CustomProviderConfig { BaseProviderType = "openai", AllowedRequests = new HashSet<string> { "responses", "responses_stream" } },
            },
        },
    };

    private async Task RestartWithAsync(Func<GatewayConfig, GatewayConfig> adjust)
    {
        await Gateway.DisposeAsync();
        Gateway = await StartAsync(adjust);
    }
}
