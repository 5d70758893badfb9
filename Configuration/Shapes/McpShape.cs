namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of "mcp": tool servers the gateway may call.</summary>
internal static class McpShape
{
    /// <summary>Nanoseconds, or a duration that may be negative ("-1s": never).</summary>
    private static readonly Shape Interval = Shape.Either(Shape.Whole(), Shape.NotEmpty);

    private static readonly Shape Server = Shape.Section(
        new("client_id", Shape.Text, "Identifier."),
        new Field("name", Shape.NotEmpty, "Name of the server.").Required(),
        new("is_code_mode_client", Shape.Flag, "Tools are called from code."),
        new Field("connection_type", Shape.OneOf("stdio", "http", "sse", "websocket", "inprocess"), "How the server is reached.").Required(),
        new("connection_string", Shape.Secret, "Address of the server."),
        new("http_config", Shape.Anything, "Address of the server (old place)."),
        new("auth_type", Shape.OneOf("none", "headers", "oauth", "per_user_oauth", "per_user_headers"), "How the gateway signs in."),
        new("oauth_config_id", Shape.Text, "OAuth settings."),
        new("headers", Shape.MapOf(Shape.Secret), "Headers added to every call."),
        new("per_user_header_keys", Shape.Texts, "Headers each user brings."),
        new("stdio_config", Shape.Section(
            new Field("command", Shape.NotEmpty, "Program.").Required(),
            new("args", Shape.Texts, "Its arguments."),
            new("envs", Shape.Texts, "Environment variables handed on.")), "Program to start."),
        new("tools_to_execute", Shape.Texts, "Tools that may be called: [\"*\"] for all."),
        new("tools_to_auto_execute", Shape.Texts, "Tools that are called without asking."),
        new("tool_sync_interval", Interval, "Time between two looks at the tools."),
        new("tool_execution_timeout", Shape.Either(Shape.Whole(0), Shape.Duration), "How long a tool may run (seconds)."),
        new("allowed_extra_headers", Shape.Texts, "Headers a caller may add."),
        new("is_ping_available", Shape.Flag, "The server answers pings.", "true"),
        new("tool_pricing", Shape.MapOf(Shape.Real(0)), "Dollars per call of a tool."),
        new("allow_on_all_virtual_keys", Shape.Flag, "Every virtual key may use it.", "false"),
        new("disabled", Shape.Flag, "Do not connect.", "false"),
        new("tls_config", Shape.Section(
            new("insecure_skip_verify", Shape.Flag, "Accept any certificate.", "false"),
            new("ca_cert_pem", Shape.Text, "Certificate authority, PEM.")), "TLS on the way to the server."))
        .Named("mcp_client");

    public static readonly Shape Value = Shape.Section(
        new("client_configs", Shape.ListOf(Server), "Tool servers."),
        new("tool_manager_config", Shape.Section(
            new("tool_execution_timeout", Shape.Either(Shape.Whole(1), Shape.Duration), "How long a tool may run (seconds).", "30"),
            new("max_agent_depth", Shape.Whole(1), "How many tool rounds an agent may take.", "10"),
            new("code_mode_binding_level", Shape.OneOf("server", "tool"), "How tools are bound in code mode."),
            new("disable_auto_tool_inject", Shape.Flag, "Do not add tools to requests.", "false")), "How tools are run."),
        new("tool_sync_interval", Interval, "Time between two looks at the tools."),
        new("tool_groups", Shape.ListOf(Shape.MapOf(Shape.Anything)), "Named sets of tools."))
        .Named("mcp");
}
