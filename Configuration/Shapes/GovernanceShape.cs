namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of "governance": who may call what, at which rate and price.</summary>
internal static class GovernanceShape
{
    public static readonly Shape Auth = Shape.Section(
        new("is_enabled", Shape.Flag, "Ask for a user name and password on the management API.", "false"),
        new("admin_username", Shape.Setting, "User name."),
        new("admin_password", Shape.Secret, "Password."),
        new("disable_auth_on_inference", Shape.Flag, "Old switch; see client.enforce_auth_on_inference."))
        .Named("auth_config");

    private static readonly Field Aligned = new("calendar_aligned", Shape.Flag, "Windows begin with the day, week, month or year (UTC).", "false");

    private static readonly Field Id = new Field("id", Shape.NotEmpty, "Identifier.").Required();

    private static readonly Field Title = new Field("name", Shape.Text, "Name for people.").Required();

    private static readonly Field BudgetId = new("budget_id", Shape.Text, "Budget that holds here.");

    private static readonly Field RateLimitId = new("rate_limit_id", Shape.Text, "Rate limit that holds here.");

    public static readonly Shape BudgetLine = Shape.Section(
        Id,
        new Field("max_limit", Shape.Real(0), "Dollars that may be spent in one window.").Required(),
        new Field("reset_duration", Shape.Period, "Length of the window.").Required(),
        Aligned).Named("budget_line");

    public static readonly Shape Budget = Shape.Section(
        [
            .. BudgetLine.Fields,
            new("virtual_key_id", Shape.Text, "Virtual key it belongs to."),
            new("provider_config_id", Shape.Whole(), "Provider entry of a virtual key it belongs to."),
            new("model_config_id", Shape.Text, "Model configuration it belongs to."),
            new("customer_id", Shape.Text, "Customer it belongs to."),
            new("team_id", Shape.Text, "Team it belongs to."),
            new("current_usage", Shape.Real(0), "Bifrost's bookkeeping.", "0", Effect.Bookkeeping),
            new("last_reset", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        ]).Named("budget");

    public static readonly Shape RateLimit = Shape.Section(
        Id,
        new("token_max_limit", Shape.Whole(0), "Tokens in one window."),
        new("token_reset_duration", Shape.Period, "Length of the token window."),
        new("request_max_limit", Shape.Whole(0), "Requests in one window."),
        new("request_reset_duration", Shape.Period, "Length of the request window."),
        new("metric", Shape.OneOf("requests", "tokens"), "Which of the two it limits, as its other members say anyway.", null, Effect.Bookkeeping),
        Aligned,
        new("token_current_usage", Shape.Whole(0), "Bifrost's bookkeeping.", "0", Effect.Bookkeeping),
        new("token_last_reset", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        new("request_current_usage", Shape.Whole(0), "Bifrost's bookkeeping.", "0", Effect.Bookkeeping),
        new("request_last_reset", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping))
        .Named("rate_limit");

    private static readonly Shape RateLimitLine = Shape.Section([Id with { IsRequired = false }, .. RateLimit.Fields.Skip(1)]).Named("rate_limit_line");

    public static readonly Shape ProviderGrant = Shape.Section(
        new Field("provider", Shape.NotEmpty, "Provider that may be called.").Required(),
        new("weight", Shape.Either(Shape.Real(0), Shape.Null), "Share of the requests that name no provider; absent or null: none of them."),
        new("allowed_models", Shape.Texts, "Models that may be called: [\"*\"] for all; absent or [] for none (version 1: for all)."),
        new("blacklisted_models", Shape.Texts, "Models that must not be called."),
        new("key_ids", Shape.Texts, "Ids or names of the provider's keys that may be used: [\"*\"] for all; absent or [] for none (version 1: for all)."),
        BudgetId, RateLimitId,
        new("budgets", Shape.ListOf(BudgetLine), "Budgets of its own."),
        new("rate_limit", RateLimitLine, "Rate limit of its own (written here instead of under rate_limits)."),
        new("id", Shape.Whole(), "Number by which a budget names this entry."),
        new("virtual_key_id", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping)).Named("virtual_key_provider_config");

    public static readonly Shape VirtualKey = Shape.Section(
        Id,
        new("name", Shape.Text, "Name for people; absent: the id."),
        new("description", Shape.Literal, "For people."),
        new("value", Shape.Secret, "The key itself, or env.NAME; absent: the key opens nothing."),
        new("value_hash", Shape.Text, "SHA-256 of the key in hexadecimal, instead of the key itself (this gateway's own key)."),
        new("value_preview", Shape.Text, "How the key is shown.", null, Effect.Bookkeeping),
        new("is_active", Shape.Flag, "Whether the key is accepted.", "true"),
        new("expires_at", Shape.Text, "Moment (RFC 3339) after which the key is refused."),
        new("delete_after_expire", Shape.Flag, "Once expired, the key counts as if it were not there.", "false"),
        new("allow_all_providers", Shape.Flag, "Every provider and model is allowed.", "false"),
        new("disable_content_logging", Shape.Flag, "Keep no content of this key's requests."),
        Aligned,
        new("team_id", Shape.Text, "Team it belongs to; excludes customer_id."),
        new("customer_id", Shape.Text, "Customer it belongs to; excludes team_id."),
        new("access_profile_id", Shape.Whole(1), "Access profile it follows.", null, Effect.NotYet),
        BudgetId, RateLimitId,
        new("budgets", Shape.ListOf(BudgetLine), "Budgets of its own."),
        new("rate_limit", RateLimitLine, "Rate limit of its own (written here instead of under rate_limits)."),
        new("provider_configs", Shape.ListOf(ProviderGrant), "Providers and models that may be called; absent or empty: none (version 1: all)."),
        new("mcp_configs", Shape.ListOf(Shape.Section(
            new("mcp_client_name", Shape.Text, "MCP server whose tools may be called."),
            new("mcp_client_id", Shape.Whole(), "MCP server by number."),
            new("tools_to_execute", Shape.Texts, "Tools that may be called: [\"*\"] for all."),
            new("id", Shape.Whole(), "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
            new("virtual_key_id", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping)).Named("virtual_key_mcp_config")),
            "MCP tools that may be called.", null, Effect.NotYet))
        .Named("virtual_key");

    /// <summary>What is made at run time has a name.</summary>
    public static readonly Shape NamedVirtualKey =
        VirtualKey with { Fields = [.. VirtualKey.Fields.Select(static field => field.Name == "name" ? field.Required() : field)] };

    public static readonly Shape Customer = Shape.Section(Id, Title, BudgetId, RateLimitId, Aligned,
        new("budgets", Shape.ListOf(BudgetLine), "Budgets of its own."),
        new("rate_limit", RateLimitLine, "Rate limit of its own (written here instead of under rate_limits).")).Named("customer");

    public static readonly Shape Team = Shape.Section(
    [
        .. Customer.Fields,
        new("customer_id", Shape.Text, "Customer it belongs to."),
        new("source_id", Shape.Text, "Its id in a directory."),
        new("business_unit_id", Shape.Text, "Business unit it belongs to."),
        new("profile", Shape.Anything, "Free data."), new("config", Shape.Anything, "Free data."), new("claims", Shape.Anything, "Free data."),
        new("virtual_key_count", Shape.Whole(0), "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
    ]).Named("team");

    public static readonly Shape RoutingRule = Shape.Section(
        Id, Title,
        new("description", Shape.Literal, "For people."),
        new("enabled", Shape.Flag, "Whether the rule holds.", "true"),
        new("cel_expression", Shape.Literal, "Condition in CEL; \"true\" for every request."),
        new("query", Shape.Anything, "The condition as Bifrost's editor keeps it.", null, Effect.Bookkeeping),
        new("chain_rule", Shape.Flag, "Look at the rules again after this one.", "false"),
        new Field("targets", Shape.ListOf(Shape.Section(
            new("provider", Shape.NotEmpty, "Provider to call; absent: the request's."),
            new("model", Shape.NotEmpty, "Model to ask for; absent: the request's."),
            new("provider_key_name", Shape.NotEmpty, "Key to use."),
            new("key_id", Shape.NotEmpty, "Key to use, by id."),
            new Field("weight", new Shape(ShapeKind.Real) { Minimum = 0, IsMinimumExclusive = true, Maximum = 1 }, "Share of the requests; all add up to 1.").Required())
            .Named("routing_target"), 1), "Where the request goes.").Required(),
        new("fallbacks", Shape.Texts, "Providers tried in this order when the target fails."),
        new("scope", Shape.OneOf("global", "team", "customer", "virtual_key"), "Whose requests the rule looks at.", "\"global\""),
        new("scope_id", Shape.Either(Shape.Text, Shape.Null), "Team, customer or virtual key of the scope."),
        new("priority", Shape.Whole(), "Lower numbers first.", "0"))
        .Named("routing_rule");

    public static readonly Shape ModelConfig = Shape.Section(
        Id,
        new Field("model_name", Shape.NotEmpty, "Model, or \"*\".").Required(),
        new("provider", Shape.Text, "Provider; absent: all."),
        new("scope", Shape.OneOf("global", "virtual_key"), "Whose requests are counted.", "\"global\""),
        new("scope_id", Shape.Text, "Virtual key of the scope."),
        Aligned, BudgetId, RateLimitId,
        new("budget_ids", Shape.Texts, "Budgets that hold here."),
        new("rate_limit_ids", Shape.Texts, "Rate limits that hold here."),
        new("budgets", Shape.ListOf(BudgetLine), "Budgets of its own."),
        new("rate_limit", RateLimitLine, "Rate limit of its own (written here instead of under rate_limits).")).Named("model_config");

    /// <summary>Other members are Bifrost's own copy of the provider's settings.</summary>
    public static readonly Shape ProviderLimits = Shape.MapOf(Shape.Anything) with
    {
        Fields = [new Field("name", Shape.NotEmpty, "Provider.").Required(), Aligned, BudgetId, RateLimitId],
    };

    private static readonly Shape PricingOverride = Shape.Section(
        Id, Title,
        new Field("scope_kind", Shape.OneOf("global", "provider", "provider_key", "virtual_key", "virtual_key_provider", "virtual_key_provider_key",
            "user", "user_provider", "user_provider_key"), "Where the price holds.").Required(),
        new("virtual_key_id", Shape.Text, "Virtual key of the scope."),
        new("provider_id", Shape.Text, "Provider of the scope."),
        new("provider_key_id", Shape.Text, "Provider key of the scope, by id."),
        new("provider_key_name", Shape.Text, "Provider key of the scope."),
        new("user_id", Shape.Text, "User of the scope."),
        new Field("match_type", Shape.OneOf("exact", "wildcard"), "How the pattern is read.").Required(),
        new Field("pattern", Shape.NotEmpty, "Model, or a prefix and \"*\".").Required(),
        new Field("request_types", Shape.ListOf(Shape.Literal, 1), "Request types the price holds for.").Required(),
        new("pricing_patch", Shape.Either(Shape.Literal, Shape.MapOf(Shape.Anything)), "Prices, as JSON in a text."),
        new("config_hash", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping)).Named("pricing_override");

    private static readonly Shape Owner = Shape.MapOf(Shape.Anything) with { Fields = [Id, Title, BudgetId, RateLimitId] };

    public static readonly Shape Value = Shape.Section(
        new("auth_config", Auth, "User and password of the management API, which is off without them."),
        new("virtual_keys", Shape.ListOf(VirtualKey), "Keys given to callers."),
        new("budgets", Shape.ListOf(Budget), "Dollars that may be spent."),
        new("rate_limits", Shape.ListOf(RateLimit), "Requests and tokens in a window."),
        new("customers", Shape.ListOf(Customer), "Customers."),
        new("teams", Shape.ListOf(Team), "Teams."),
        new("routing_rules", Shape.ListOf(RoutingRule), "Conditions under which a request goes elsewhere."),
        new("pricing_overrides", Shape.ListOf(PricingOverride), "Prices that differ from the price sheet."),
        new("model_configs", Shape.ListOf(ModelConfig), "Budgets and limits by model, whoever asks for it."),
        new("providers", Shape.ListOf(ProviderLimits), "Budgets and limits by provider, whoever asks."),
        new("business_units", Shape.ListOf(Owner), "Business units.", null, Effect.NotYet),
        new("projects", Shape.ListOf(Owner), "Projects.", null, Effect.NotYet),
        new("roles", Shape.ListOf(Shape.MapOf(Shape.Anything) with { Fields = [Title] }), "Roles.", null, Effect.NotYet),
        new("complexity_analyzer_config", Shape.MapOf(Shape.Anything), "Routing by how hard a request looks.", null, Effect.NotYet))
        .Named("governance");
}
