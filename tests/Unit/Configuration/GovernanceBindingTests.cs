using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Configuration;

/// <summary>"governance" becomes records: keys are hashed, lists mean what the file's version says, every duration is read.</summary>
public sealed class GovernanceBindingTests
{
    [Fact]
    public void Bind_VirtualKey_HasEveryMember()
    {
        var governance = Load.Valid(
            """
            {"governance":{
              "customers":[{"id":"c1","name":"Acme","budget_id":"b1"}],
              "teams":[{"id":"t1","name":"Web","customer_id":"c1","calendar_aligned":true,"budgets":[{"id":"tb","max_limit":0.5,"reset_duration":"1Q"}]}],
              "budgets":[{"id":"b1","max_limit":12.5,"reset_duration":"1M"},{"id":"b2","max_limit":1,"reset_duration":"1d","virtual_key_id":"vk"}],
              "rate_limits":[{"id":"r1","token_max_limit":1000,"token_reset_duration":"1h","request_max_limit":5,"request_reset_duration":"5m"}],
              "virtual_keys":[{"id":"vk","name":"Key","value":"env.THE_KEY","team_id":"t1","is_active":false,"expires_at":"2030-01-02T03:04:05Z",
                "delete_after_expire":true,"disable_content_logging":false,"rate_limit_id":"r1","calendar_aligned":true,
                "budgets":[{"id":"own","max_limit":3,"reset_duration":"1w"}],
                "provider_configs":[{"provider":"openai","weight":0.5,"allowed_models":["gpt-4o"],"blacklisted_models":["o1"],"key_ids":["k1"],
                  "budget_id":"b1","rate_limit_id":"r1","budgets":[{"id":"pb","max_limit":1,"reset_duration":"1Y"}]},
                  {"provider":"anthropic","weight":null,"allowed_models":["*"],"key_ids":["*"],"rate_limit":{"request_max_limit":2,"request_reset_duration":"1m"}}]}]}}
            """,
            ("THE_KEY", "sk-bf-0123456789abcdef")).Governance;

        var key = Assert.Single(governance.VirtualKeys);
        Assert.Equal(KeyHash.Of("sk-bf-0123456789abcdef").ToHex(), key.Hash!.ToHex());
        Assert.Equal("sk-bf-...cdef", key.Preview);
        Assert.Equal((false, true, false, "t1", null), (key.IsActive, key.DeleteAfterExpire, key.DisableContentLogging, key.TeamId, key.CustomerId));
        Assert.Equal(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero), key.ExpiresAt);
        Assert.Equal(("r1", "own", true), (key.Limits.RateLimitId, key.Limits.Budgets[0].Id, key.Limits.CalendarAligned));
        Assert.Equal(new ResetPeriod(1, 'w'), key.Limits.Budgets[0].Reset);
        var (openai, anthropic) = (key.Providers[0], key.Providers[1]);
        Assert.Equal(["gpt-4o"], openai.AllowedModels);
        Assert.Equal(["o1"], openai.BlacklistedModels);
        Assert.Equal(["k1"], openai.KeyIds);
        Assert.Equal((0.5, "b1", "r1", "pb"), (openai.Weight, openai.Limits.BudgetId, openai.Limits.RateLimitId, openai.Limits.Budgets[0].Id));
        Assert.Null(anthropic.Weight);
        Assert.Equal(["*"], anthropic.AllowedModels);
        Assert.Equal(["*"], anthropic.KeyIds);
        Assert.Equal((2, new ResetPeriod(1, 'm')), (anthropic.Limits.RateLimit!.MaxRequests, anthropic.Limits.RateLimit.RequestReset));
        Assert.Equal((12.5m, new ResetPeriod(1, 'M')), (governance.Budgets[0].MaxLimit, governance.Budgets[0].Reset));
        Assert.Equal("vk", governance.Budgets[1].VirtualKeyId);
        Assert.Equal((1000, 5), (governance.RateLimits[0].MaxTokens, governance.RateLimits[0].MaxRequests));
        Assert.Equal(("c1", true), (governance.Teams[0].CustomerId, governance.Teams[0].Limits.CalendarAligned));
        Assert.Equal("b1", governance.Customers[0].Limits.BudgetId);
        Assert.Null(governance.Admin);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Bind_EmptyLists_AllowAllInVersionOneAndNothingInTwo(int version, bool allowsAll)
    {
        var keys = Load.Valid(
            $$$"""
            {"version":{{{version}}},"governance":{"virtual_keys":[
              {"id":"a","name":"A","value":"x"},
              {"id":"b","name":"B","value":"y","provider_configs":[{"provider":"openai","allowed_models":[],"key_ids":[]},{"provider":"anthropic"}]}]}}
            """).Governance.VirtualKeys;

        Assert.Equal(allowsAll, keys[0].AllowAllProviders);
        Assert.Equal(allowsAll ? ["*"] : [], keys[1].Providers[0].AllowedModels);
        Assert.Equal(allowsAll ? ["*"] : [], keys[1].Providers[0].KeyIds);
        Assert.Equal(allowsAll ? ["*"] : [], keys[1].Providers[1].AllowedModels);
        Assert.Equal(allowsAll ? ["*"] : [], keys[1].Providers[1].KeyIds);
    }

    [Fact]
    public void Bind_LimitsOfModelsAndProviders_HaveEveryMember()
    {
        var limits = Load.Valid(
            """
            {"governance":{
              "budgets":[{"id":"b1","max_limit":5,"reset_duration":"1d"},{"id":"b2","max_limit":6,"reset_duration":"1d","model_config_id":"mc"}],
              "rate_limits":[{"id":"r1","metric":"requests","request_max_limit":5,"request_reset_duration":"1m"},{"id":"r2","metric":"tokens","token_max_limit":9,"token_reset_duration":"1d"}],
              "virtual_keys":[{"id":"vk","name":"Key","value":"x","allow_all_providers":true}],
              "model_configs":[{"id":"mc","model_name":"gpt-4o","provider":"openai","scope":"virtual_key","scope_id":"vk","budget_ids":["b1"],"rate_limit_ids":["r1","r2"]}],
              "providers":[{"name":"openai","budget_id":"b1","rate_limit_id":"r1","send_back_raw_response":false}]}}
            """).Governance;

        var (provider, model) = (limits.ModelLimits[0], limits.ModelLimits[1]);
        Assert.Equal(("openai", "*", null, true), (provider.Provider, provider.Model, provider.VirtualKeyId, provider.IsProviders));
        Assert.Equal(("b1", "r1"), (provider.Limits.BudgetId, provider.Limits.RateLimitId));
        Assert.Equal(("mc", "openai", "gpt-4o", "vk", false), (model.Id, model.Provider, model.Model, model.VirtualKeyId, model.IsProviders));
        Assert.Equal(["b1"], model.Limits.BudgetIds);
        Assert.Equal(["r1", "r2"], model.Limits.RateLimitIds);
        Assert.Equal("mc", limits.Budgets[1].ModelConfigId);
    }

    [Theory]
    [InlineData("""{"id":"mc","model_name":"*","scope":"virtual_key"}""", "scope_id")]
    [InlineData("""{"id":"mc","model_name":"*","scope":"virtual_key","scope_id":"nobody"}""", "nobody")]
    [InlineData("""{"id":"mc","model_name":"*","rate_limit_ids":["none"]}""", "none")]
    public void Bind_LimitsOfModels_ThatLeadNowhere_AreProblems(string model, string expected) =>
        Assert.Contains(expected, Assert.Single(Load.Problems("{\"governance\":{\"model_configs\":[" + model + "]}}")));

    [Fact]
    public void Bind_EntriesOfAKeyThatMayUseAll_NeedNoLists()
    {
        var grant = Load.Valid(
            """{"governance":{"virtual_keys":[{"id":"a","name":"A","value":"x","allow_all_providers":true,"provider_configs":[{"provider":"openai"},{"provider":"x","allowed_models":[]}]}]}}""")
            .Governance.VirtualKeys[0].Providers;

        Assert.Equal(["*"], grant[0].AllowedModels);
        Assert.Equal(["*"], grant[0].KeyIds);
        Assert.Empty(grant[1].AllowedModels);
    }

    [Theory]
    [InlineData("""{"is_enabled":true,"admin_username":"admin","admin_password":"secret"}""", true)]
    [InlineData("""{"is_enabled":false,"admin_username":"admin","admin_password":"secret"}""", false)]
    [InlineData("""{"is_enabled":true,"admin_username":"admin"}""", false)]
    [InlineData("""{"is_enabled":true,"admin_password":"secret"}""", false)]
    public void Bind_Admin_OnlyWithNameAndPassword(string auth, bool isOn)
    {
        Assert.Equal(isOn, Load.Valid("{\"governance\":{\"auth_config\":" + auth + "}}").Governance.Admin is not null);
        Assert.Equal(isOn, Load.Valid("{\"auth_config\":" + auth + "}").Governance.Admin is not null);
    }

    [Fact]
    public void Bind_HeaderFilter_HasBothLists()
    {
        var client = Load.Valid("""{"client":{"header_filter_config":{"allowlist":["a"],"denylist":["b"]},"required_headers":["c"]}}""").Client;

        Assert.Equal(["a"], client.HeaderFilter.Allowed);
        Assert.Equal(["b"], client.HeaderFilter.Denied);
        Assert.Equal(["c"], client.RequiredHeaders);
    }

    [Theory]
    [InlineData("complexity_tier == 'COMPLEX'", "true", 1)]
    [InlineData("complexity_tier == 'COMPLEX'", "false", 0)]
    [InlineData("model == 'a'", "true", 0)]
    public void Parse_RuleThatAsksForTheTier_IsToldThatItNeverHolds(string condition, string enabled, int notices)
    {
        var config = Load.Valid(
            "{\"providers\": {\"demo\": {}}, \"governance\": {\"routing_rules\": [{\"id\": \"r\", \"name\": \"r\", \"enabled\": " + enabled
            + ", \"cel_expression\": \"" + condition + "\", \"targets\": [{\"weight\": 1}]}]}}");

        Assert.Equal(notices, config.Notices.Count(notice => notice.Contains("complexity_tier", StringComparison.Ordinal)));
    }
}
