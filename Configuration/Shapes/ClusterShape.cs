namespace BifrostLite.Configuration.Shapes;

/// <summary>Shapes of the sections for many instances and many connections: cluster_config and websocket.</summary>
internal static class ClusterShape
{
    private static readonly Shape Port = Shape.Whole(1, 65_535);

    public static readonly Shape Cluster = Shape.Section(
        new Field("enabled", Shape.Flag, "Whether instances work together.").Required(),
        new("type", Shape.OneOf("mesh", "broker"), "How they find each other.", "\"mesh\""),
        new("region", Shape.Text, "Region of this instance."),
        new("peers", Shape.Texts, "Other instances."),
        new("gossip", Shape.Section(
            new Field("port", Port, "Port.").Required(),
            new Field("config", Shape.Section(
                new Field("timeout_seconds", Shape.Whole(1), "Longest wait.").Required(),
                new Field("success_threshold", Shape.Whole(1), "Answers until an instance counts as up.").Required(),
                new Field("failure_threshold", Shape.Whole(1), "Failures until it counts as down.").Required()), "How others are watched.").Required()),
            "Talk between instances."),
        new("grpc", Shape.Section(
            new("port", Port, "Port.", "10102"),
            new("dial_timeout_seconds", Shape.Whole(1), "Longest wait.", "5")), "Calls between instances."),
        new("discovery", Shape.MapOf(Shape.Anything) with
        {
            Fields =
            [
                new("enabled", Shape.Flag, "Whether instances are looked for."),
                new Field("type", Shape.OneOf("kubernetes", "dns", "udp", "consul", "etcd", "mdns"), "Where they are looked for.").Required(),
            ],
        }, "Looking for instances."),
        new("broker", Shape.Section(
            new Field("address", Shape.NotEmpty, "Host and port.").Required(),
            new("tls", Shape.Flag, "TLS on the way."),
            new("auth_token", Shape.Secret, "Token."),
            new("listen_port", Port, "Port.")), "A broker between instances."))
        .Named("cluster_config");

    public static readonly Shape WebSocket = Shape.Section(
        new("max_connections_per_user", Shape.Whole(1), "Most connections of one user.", "100"),
        new("transcript_buffer_size", Shape.Whole(1), "Turns kept for a session.", "100"),
        new("pool", Shape.Section(
            new("max_idle_per_key", Shape.Whole(1), "Idle connections kept per key.", "50"),
            new("max_total_connections", Shape.Whole(1), "Most connections.", "1000"),
            new("idle_timeout_seconds", Shape.Whole(1), "Seconds an idle connection is kept.", "600"),
            new("max_connection_lifetime_seconds", Shape.Whole(1), "Longest life of a connection.", "7200")), "Connections to providers."))
        .Named("websocket");
}
