namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>/v1/conversations, their items, and responses that go on in one.</summary>
public class ConversationTests : StatefulTest
{
    [Fact]
    public async Task Conversation_FromCreateToDelete_IsWhatItsOwnerSays()
    {
        var created = await PostAsync("/v1/conversations", """{"metadata":{"topic":"demo"}}""");
        var id = Text(created, "id");
        Assert.Equal("conversation", Text(created, "object"));
        Assert.Equal(created.GetRawText(), (await GetAsync("/v1/conversations/" + id)).GetRawText());

        await PostAsync("/v1/conversations/" + id, """{"metadata":{"topic":"other"}}""");
        Assert.Equal("other", Text(await GetAsync("/openai/v1/conversations/" + id), "metadata", "topic"));

        Assert.Equal($$"""{"id":"{{id}}","object":"conversation.deleted","deleted":true}""", (await DeleteAsync("/v1/conversations/" + id)).GetRawText());
        Assert.Equal("conversation_not_found", Text(await GetAsync("/v1/conversations/" + id, 404), "error", "code"));
    }

    [Fact]
    public async Task Create_WithoutBody_MakesAnEmptyOne() => Assert.Equal("{}", Text(await PostAsync("/v1/conversations", ""), "metadata"));

    [Fact]
    public async Task Items_CreateListGetDelete()
    {
        var id = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"a"}]}"""), "id");
        var added = await PostAsync($"/v1/conversations/{id}/items", """{"items":[{"type":"message","role":"user","content":[{"type":"input_text","text":"b"}]},{"role":"user","content":"c"}]}""");
        Assert.Equal(2, added.GetProperty("data").GetArrayLength());

        var list = await GetAsync($"/v1/conversations/{id}/items?order=asc&limit=2");
        Assert.Equal(["a", "b"], list.GetProperty("data").EnumerateArray().Select(item => Text(item, "content", 0, "text")));
        Assert.Equal("true", Text(list, "has_more"), ignoreCase: true);
        Assert.Equal("c", Text(await GetAsync($"/v1/conversations/{id}/items?order=asc&after={Text(list, "last_id")}"), "data", 0, "content", 0, "text"));

        var item = Text(list, "data", 0, "id");
        Assert.Equal("a", Text(await GetAsync($"/v1/conversations/{id}/items/{item}"), "content", 0, "text"));
        Assert.Equal(id, Text(await DeleteAsync($"/v1/conversations/{id}/items/{item}"), "id"));
        await GetAsync($"/v1/conversations/{id}/items/{item}", 404);
        Assert.Equal(2, (await GetAsync($"/v1/conversations/{id}/items")).GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"items":[1]}""")]
    [InlineData("""{"items":"a"}""")]
    [InlineData("""{"metadata":3}""")]
    [InlineData("""[""")]
    public async Task Create_OfWhatIsNone_IsRefused(string body) => await PostAsync("/v1/conversations", body, 400);

    [Fact]
    public async Task Response_InAConversation_BuildsOnItAndAddsToIt()
    {
        var id = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"I am Ada"}]}"""), "id");
        NextMessage("hello Ada");
        var first = await AskAsync($$"""{"model":"anthropic/m","input":"greet me","conversation":"{{id}}"}""");
        Assert.Equal(id, Text(first, "conversation", "id"));
        NextMessage("you are Ada");

        await AskAsync($$"""{"model":"anthropic/m","input":"who am I","conversation":{"id":"{{id}}"} }""");

        var sent = Upstream.Requests.Last().Text;
        var places = new[] { "I am Ada", "greet me", "hello Ada", "who am I" }.Select(text => sent.IndexOf(text, StringComparison.Ordinal)).ToArray();
        Assert.All(places, place => Assert.True(place > 0, sent));
        Assert.Equal(places.Order(), places);
        var items = await GetAsync($"/v1/conversations/{id}/items?order=asc");
        Assert.Equal(
            ["I am Ada", "greet me", "hello Ada", "who am I", "you are Ada"],
            items.GetProperty("data").EnumerateArray().Select(item => Text(item, "content", 0, "text")));
    }

    [Fact]
    public async Task Response_InAConversation_OverTheSameApiIsReplayed()
    {
        var id = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"I am Ada"}]}"""), "id");
        NextResponse("resp_up1", "x");

        await AskAsync($$"""{"model":"openai/m","input":"hi","conversation":"{{id}}"}""");

        Assert.False(LastAsked().TryGetProperty("conversation", out _));
        Assert.Equal(2, LastAsked().GetProperty("input").GetArrayLength());
    }

    [Fact]
    public async Task Response_InAnUnknownConversation_IsRefused()
    {
        var error = await AskAsync("""{"model":"anthropic/m","input":"hi","conversation":"conv_none"}""", 404);

        Assert.Equal("conversation_not_found", Text(error, "error", "code"));
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Response_WithConversationAndPrevious_IsRefused() =>
        await AskAsync("""{"model":"anthropic/m","input":"hi","conversation":"c","previous_response_id":"r"}""", 400);

    [Fact]
    public async Task Delete_TakesItsItemsAlong()
    {
        var id = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"a"}]}"""), "id");

        await DeleteAsync("/v1/conversations/" + id);

        Assert.Empty((await Store.ListAsync(new Storage.RecordQuery { Kind = "conversation_item" })).Value);
    }
}
