using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>/api/governance: who may use it, what it makes, changes and removes, and that all of it holds at once and after a restart.</summary>
public sealed class GovernanceApiTests : FunctionalTest, IDisposable
{
    private const string Answer = """{"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-governance");

    [Theory]
    [InlineData("virtual-keys")]
    [InlineData("teams")]
    [InlineData("customers")]
    [InlineData("budgets")]
    [InlineData("rate-limits")]
    [InlineData("model-configs")]
    public async Task Api_WithoutAuthConfig_IsNotThere(string path)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        gateway.Client.DefaultRequestHeaders.Authorization = Basic("admin", "");

        Assert.Equal(404, (int)(await gateway.Client.GetAsync("/api/governance/" + path)).StatusCode);
    }

    [Theory]
    [InlineData("admin", "wrong")]
    [InlineData("wrong", "correct horse")]
    [InlineData("", "")]
    public async Task Api_WrongPassword_IsRefused(string user, string password)
    {
        await using var gateway = await StartAsync();
        gateway.Client.DefaultRequestHeaders.Authorization = Basic(user, password);

        var refused = await gateway.Client.GetAsync("/api/governance/virtual-keys");
        gateway.Client.DefaultRequestHeaders.Authorization = null;
        var anonymous = await gateway.PostAsync("/api/governance/virtual-keys", """{"name":"x"}""");

        Assert.Equal((401, 401), ((int)refused.StatusCode, (int)anonymous.StatusCode));
        Assert.StartsWith("Basic", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VirtualKey_Made_OpensAtOnceAndShowsItsValueOnce()
    {
        await using var gateway = await StartAsync();
        Upstream.NextJson(200, Answer);

        var made = await PostAsync(gateway, "virtual-keys", """{"name":"Web","provider_configs":[{"provider":"openai","allowed_models":["*"],"key_ids":["*"],"weight":1}]}""");
        var key = made.GetProperty("virtual_key");
        var value = key.GetProperty("value").GetString()!;
        var shown = await GetAsync(gateway, "virtual-keys/" + key.GetProperty("id").GetString());
        var listed = await GetAsync(gateway, "virtual-keys");

        Assert.Equal("Virtual key created successfully", made.GetProperty("message").GetString());
        Assert.StartsWith("sk-bf-", value, StringComparison.Ordinal);
        Assert.Equal(200, await CallAsync(gateway, value));
        Assert.Equal($"{value[..6]}...{value[^4..]}", shown.GetProperty("virtual_key").GetProperty("value").GetString());
        Assert.Equal((3, 3), (listed.GetProperty("count").GetInt32(), listed.GetProperty("total_count").GetInt32()));
        Assert.DoesNotContain(value, listed.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("hash", listed.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetFiles(_directory.FullName), file => Holds(file, value));
    }

    [Fact]
    public async Task VirtualKey_ChangedAndRemoved_HoldsAtOnce()
    {
        await using var gateway = await StartAsync();
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();
        var key = (await PostAsync(gateway, "virtual-keys", """{"name":"Web","allow_all_providers":true}""")).GetProperty("virtual_key");
        var (id, value) = (key.GetProperty("id").GetString(), key.GetProperty("value").GetString()!);

        Assert.Equal(200, await CallAsync(gateway, value));
        var updated = await SendAsync(gateway, HttpMethod.Put, "virtual-keys/" + id, """{"is_active":false}""");
        Assert.Equal("Web", updated.GetProperty("virtual_key").GetProperty("name").GetString());
        Assert.Equal(403, await CallAsync(gateway, value));
        await SendAsync(gateway, HttpMethod.Put, "virtual-keys/" + id, """{"is_active":true,"rate_limit":{"request_max_limit":0,"request_reset_duration":"1h"}}""");
        Assert.Equal(429, await CallAsync(gateway, value));
        await SendAsync(gateway, HttpMethod.Delete, "virtual-keys/" + id, null);
        Assert.Equal(403, await CallAsync(gateway, value));
        await SendAsync(gateway, HttpMethod.Get, "virtual-keys/" + id, null, 404);
    }

    [Fact]
    public async Task Entries_AfterARestart_AreThere()
    {
        string value;
        await using (var gateway = await StartAsync())
        {
            var customer = (await PostAsync(gateway, "customers", """{"name":"Acme","budget":{"max_limit":5,"reset_duration":"1M"}}""")).GetProperty("customer");
            var team = (await PostAsync(gateway, "teams", $$"""{"name":"Web","customer_id":"{{customer.GetProperty("id").GetString()}}"}""")).GetProperty("team");
            value = (await PostAsync(gateway, "virtual-keys", $$"""{"name":"K","allow_all_providers":true,"team_id":"{{team.GetProperty("id").GetString()}}"}"""))
                .GetProperty("virtual_key").GetProperty("value").GetString()!;
        }

        await using var again = await StartAsync();
        Upstream.NextJson(200, Answer);
        using var response = await again.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body, ("x-bf-vk", value));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["5"], response.Headers.GetValues("x-bf-remaining-budget"));
    }

    [Fact]
    public async Task ModelConfig_MadeChangedAndRemoved_HoldsAtOnceForEverybody()
    {
        await using var gateway = await StartAsync();
        Upstream.Always = http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Answer)).AsTask();
        async Task<int> AskAsync() => (int)(await gateway.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body)).StatusCode;

        var made = await PostAsync(gateway, "model-configs", """{"model_name":"m","provider":"openai","rate_limit":{"request_max_limit":1,"request_reset_duration":"1h"}}""");
        var id = made.GetProperty("model_config").GetProperty("id").GetString();
        Assert.Equal((200, 429), (await AskAsync(), await AskAsync()));
        Assert.Equal(1, (await GetAsync(gateway, "model-configs/" + id)).GetProperty("model_config").GetProperty("rate_limit").GetProperty("request_current_usage").GetInt32());

        await SendAsync(gateway, HttpMethod.Put, "model-configs/" + id, """{"rate_limit":{"request_max_limit":2,"request_reset_duration":"1h"}}""");
        Assert.Equal((200, 429), (await AskAsync(), await AskAsync()));
        await SendAsync(gateway, HttpMethod.Delete, "model-configs/" + id, null);
        Assert.Equal(200, await AskAsync());
    }

    [Fact]
    public async Task Budget_Used_ShowsItsUsageAndKeepsItOverARestart()
    {
        string value;
        await using (var gateway = await StartAsync())
        {
            var limit = (await PostAsync(gateway, "rate-limits", """{"request_max_limit":2,"request_reset_duration":"1h"}""")).GetProperty("rate_limit");
            var id = limit.GetProperty("id").GetString();
            value = (await PostAsync(gateway, "virtual-keys", $$"""{"name":"K","allow_all_providers":true,"rate_limit_id":"{{id}}"}"""))
                .GetProperty("virtual_key").GetProperty("value").GetString()!;
            Upstream.NextJson(200, Answer);
            Assert.Equal(200, await CallAsync(gateway, value));
            var shown = (await GetAsync(gateway, "rate-limits/" + id)).GetProperty("rate_limit");
            Assert.Equal(1, shown.GetProperty("request_current_usage").GetInt32());
        }

        await using var again = await StartAsync();
        Upstream.NextJson(200, Answer);
        Assert.Equal(200, await CallAsync(again, value));
        Assert.Equal(429, await CallAsync(again, value));
    }

    [Fact]
    public async Task Quota_OfAKey_IsShownToItsOwnerAlone()
    {
        await using var gateway = await StartAsync();
        gateway.Client.DefaultRequestHeaders.Authorization = null;
        await SendAsync(gateway, HttpMethod.Get, "virtual-keys/quota", null, 401);
        gateway.Client.DefaultRequestHeaders.Add("x-bf-vk", "sk-bf-limited");
        Upstream.NextJson(200, Answer);
        Assert.Equal(200, await CallAsync(gateway, "sk-bf-limited"));

        var quota = await GetAsync(gateway, "virtual-keys/quota");

        Assert.Equal("L", quota.GetProperty("virtual_key_name").GetString());
        Assert.True(quota.GetProperty("is_active").GetBoolean());
        Assert.Equal(1, quota.GetProperty("rate_limit").GetProperty("request_current_usage").GetInt32());
        Assert.Equal(["b", "named"], quota.GetProperty("budgets").EnumerateArray().Select(budget => budget.GetProperty("id").GetString()));
        Assert.DoesNotContain("sk-bf-limited", quota.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VirtualKey_ThatGoesWhenExpired_IsGoneFromTheStore()
    {
        await using (var gateway = await StartAsync())
        {
            await PostAsync(gateway, "virtual-keys", """{"name":"old","expires_at":"2020-01-01T00:00:00Z","delete_after_expire":true}""");
            await PostAsync(gateway, "virtual-keys", """{"name":"young","expires_at":"2999-01-01T00:00:00Z","delete_after_expire":true}""");
        }

        await using var again = await StartAsync();
        var names = (await GetAsync(again, "virtual-keys")).GetProperty("virtual_keys").EnumerateArray().Select(key => key.GetProperty("name").GetString());
        Assert.Equal(["D", "L", "young"], names);
    }

    [Theory]
    [InlineData("virtual-keys", """{"name":7}""", 400)]
    [InlineData("virtual-keys", """{}""", 400)]
    [InlineData("virtual-keys", """{"name":"x","team_id":"nobody"}""", 400)]
    [InlineData("virtual-keys", """{"name":"x","unknown":true}""", 400)]
    [InlineData("virtual-keys", """{"name":"x","value":"sk-bf-declared"}""", 409)]
    [InlineData("budgets", """{"max_limit":-1,"reset_duration":"1d"}""", 400)]
    [InlineData("budgets", """{"max_limit":1,"reset_duration":"often"}""", 400)]
    [InlineData("rate-limits", """{"token_max_limit":5}""", 400)]
    [InlineData("teams", "[]", 400)]
    [InlineData("teams", "{", 400)]
    public async Task Post_WrongEntry_IsRefused(string path, string body, int status)
    {
        await using var gateway = await StartAsync();

        await SendAsync(gateway, HttpMethod.Post, path, body, status);

        Assert.Equal(path switch { "virtual-keys" => 2, "budgets" => 1, _ => 0 }, (await GetAsync(gateway, path)).GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Entries_DeclaredOrNamedByOthers_StayAsTheyAre()
    {
        await using var gateway = await StartAsync();
        var team = (await PostAsync(gateway, "teams", """{"name":"Web"}""")).GetProperty("team").GetProperty("id").GetString();
        await PostAsync(gateway, "virtual-keys", $$"""{"name":"K","team_id":"{{team}}"}""");

        await SendAsync(gateway, HttpMethod.Delete, "teams/" + team, null, 409);
        await SendAsync(gateway, HttpMethod.Delete, "virtual-keys/declared", null, 409);
        await SendAsync(gateway, HttpMethod.Put, "virtual-keys/declared", """{"name":"mine"}""", 409);
        await SendAsync(gateway, HttpMethod.Post, "virtual-keys/some-id", """{"name":"mine"}""", 405);
    }

    [Fact]
    public async Task Post_WithoutAStore_SaysSo()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithAdmin);
        gateway.Client.DefaultRequestHeaders.Authorization = Basic("admin", "correct horse");

        await SendAsync(gateway, HttpMethod.Post, "teams", """{"name":"x"}""", 503);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<RunningGateway> StartAsync()
    {
        var store = SqliteStore.Open(Path.Combine(_directory.FullName, "store.db"), TimeProvider.System).Value!;
        var gateway = await RunningGateway.StartAsync(Upstream, WithAdmin, replace: services => services.AddSingleton(new Stores(store, null)));
        gateway.Client.DefaultRequestHeaders.Authorization = Basic("admin", "correct horse");
        return gateway;
    }

    private static GatewayConfig WithAdmin(GatewayConfig config)
    {
        var declared = Unit.Configuration.Load.Valid(
            """
            {"governance":{"auth_config":{"is_enabled":true,"admin_username":"admin","admin_password":"correct horse"},
              "budgets":[{"id":"named","max_limit":3,"reset_duration":"1d"}],
              "virtual_keys":[{"id":"declared","name":"D","value":"sk-bf-declared","allow_all_providers":true},
                {"id":"limited","name":"L","value":"sk-bf-limited","allow_all_providers":true,"budget_id":"named",
                 "rate_limit":{"request_max_limit":9,"request_reset_duration":"1h"},"budgets":[{"id":"b","max_limit":2,"reset_duration":"1d"}]}]}}
            """);
        return config with { Governance = declared.Governance };
    }

    private static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static async Task<int> CallAsync(RunningGateway gateway, string value)
    {
        using var response = await gateway.PostAsync(Scene.Of("chat").Path, Scene.Of("chat").Body, ("x-bf-vk", value));
        await response.Content.ReadAsByteArrayAsync();
        return (int)response.StatusCode;
    }

    private static Task<JsonElement> GetAsync(RunningGateway gateway, string path) => SendAsync(gateway, HttpMethod.Get, path, null);

    private static Task<JsonElement> PostAsync(RunningGateway gateway, string path, string body) => SendAsync(gateway, HttpMethod.Post, path, body);

    private static async Task<JsonElement> SendAsync(RunningGateway gateway, HttpMethod method, string path, string? body, int status = 200)
    {
        using var request = new HttpRequestMessage(method, "/api/governance/" + path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await gateway.Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    private static bool Holds(string file, string text)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    }
}
