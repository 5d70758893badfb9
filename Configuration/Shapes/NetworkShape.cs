namespace BifrostLite.Configuration.Shapes;

/// <summary>Shapes of how a provider is reached: network_config, proxy_config, concurrency_and_buffer_size.</summary>
internal static class NetworkShape
{
    /// <summary>Milliseconds as a number, or a duration ("500ms"): Bifrost reads both.</summary>
    private static readonly Shape Backoff = Shape.Either(Shape.Whole(1, 3_600_000), Shape.Duration);

    public static readonly Shape Network = Shape.Section(
        new("base_url", Shape.Url, "Address of the provider without the operation's path."),
        new("extra_headers", Shape.MapOf(Shape.Secret), "Headers added to every request."),
        new("default_request_timeout_in_seconds", Shape.Whole(1, 86_400), "Longest wait for the answer's headers.", "30"),
        new("stream_idle_timeout_in_seconds", Shape.Whole(1, 3600), "Longest silence within a streamed answer.", "60"),
        new("connect_timeout_in_seconds", Shape.Whole(1, 600), "Longest wait for a connection (this gateway's own key).", "10"),
        new("first_token_timeout_in_seconds", Shape.Whole(1, 3600),
            "Longest wait for the first token of a stream once its headers are here; absent: no limit of its own (this gateway's own key)."),
        new("stream_hold_back_in_kilobytes", Shape.Whole(0, 16_384),
            "Hold so much of a stream back, so that a fallback can still answer if it breaks; 0: the first event only (this gateway's own key).", "0"),
        new("max_retries", Shape.Whole(0, 100), "Further attempts after a failed one.", "0"),
        new("hedge_delay_in_milliseconds", Shape.Whole(1, 600_000),
            "Ask the next fallback as well when no answer has begun after so long; the faster one answers (this gateway's own key)."),
        new("hedge_delay_percentile", Shape.Real(50, 99.9),
            "The same after the time within which so many percent of the model's last answers began; the fixed delay holds while fewer than 20 are known (this gateway's own key)."),
        new("retry_backoff_initial", Backoff, "Wait before the first retry.", "500"),
        new("retry_backoff_max", Backoff, "Longest wait before a retry.", "5000"),
        new("insecure_skip_verify", Shape.Flag, "Accept any certificate; excludes ca_cert_pem.", "false"),
        new("ca_cert_pem", Shape.Setting, "Certificate authority of the provider, PEM; excludes insecure_skip_verify.", "\"\""),
        new("keep_alive_timeout_in_seconds", Shape.Whole(1, 3600),
            "How long an idle connection is kept; less than the provider keeps it.", "50"),
        new("max_conns_per_host", Shape.Whole(1, 10_000), "Most connections to the provider."),
        new("enforce_http2", Shape.Flag, "Speak HTTP/2 and nothing else.", "false"),
        new("beta_header_overrides", Shape.MapOf(Shape.Flag), "Beginnings of anthropic-beta values, and whether the provider takes them; those that are not named are sent on."),
        new("allow_private_network", Shape.Flag, "Private addresses are allowed here anyway.", "false", Effect.NotNeeded))
        .Named("network_config");

    public static readonly Shape Proxy = Shape.Section(
        new Field("type", Shape.OneOf("none", "http", "socks5", "environment"), "Kind of proxy.").Required(),
        new("url", Shape.Secret, "Address of the proxy.", "\"\""),
        new("username", Shape.Setting, "User name for the proxy.", "\"\""),
        new("password", Shape.Secret, "Password for the proxy.", "\"\""),
        new("ca_cert_pem", Shape.Setting, "Certificate authority of a proxy that looks into TLS, PEM; with network_config's, both are believed.", "\"\""))
        .Named("proxy_config");

    public static readonly Shape Concurrency = Shape.Section(
        new Field("concurrency", Shape.Whole(1, 1_000_000), "Most requests to the provider at once.", "1000"),
        new Field("buffer_size", Shape.Whole(1, 1_000_000), "Requests that may wait; at least as many as run at once.", "5000"))
        .Named("concurrency_and_buffer_size");
}
