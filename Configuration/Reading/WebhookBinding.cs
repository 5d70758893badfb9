using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>Checks and binds "webhooks" (https://docs.getbifrost.ai/features/webhooks) and client.async_webhooks.</summary>
internal static class WebhookBinding
{
    public static IReadOnlyList<WebhookConfig> Bind(Node root) =>
    [
        .. root.ItemsOf("webhooks").Select(node => Bind(new Section(node, WebhookShape.Value))),
        .. (root["client"]?.ItemsOf("async_webhooks") ?? []).Select(static node =>
            new WebhookConfig(node.TextOf("name")!, new Uri(node.TextOf("url")!), new Secret(node.TextOf("secret")!))),
    ];

    public static void Check(Node root, ReadingContext reading)
    {
        var names = new HashSet<string>();
        Check(root.ItemsOf("webhooks"), "$.webhooks");
        Check(root["client"]?.ItemsOf("async_webhooks") ?? [], "$.client.async_webhooks");

        void Check(IReadOnlyList<Node> webhooks, string list)
        {
            for (var i = 0; i < webhooks.Count; i++)
            {
                CheckOne(webhooks[i], JsonPath.Item(list, i), names, reading);
            }
        }
    }

    private static void CheckOne(Node webhook, string path, HashSet<string> names, ReadingContext reading)
    {
        if (webhook.TextOf("name") is { } name && !names.Add(name))
        {
            reading.Report(webhook["name"]!.Offset, JsonPath.Child(path, "name"), $"another webhook is already called \"{name}\"");
        }

        if (webhook.TextOf("url") is { } url && !webhook.IsTrue("allow_private_network") && TextForms.Complaint(TextForm.SafeUrl, url) is { } complaint)
        {
            reading.Report(webhook["url"]!.Offset, JsonPath.Child(path, "url"), complaint + "; \"allow_private_network\": true allows others");
        }

        if (webhook.Kind == NodeKind.Section && webhook["secret"] is null && webhook["events"] is not null)
        {
            reading.Notice($"{path} (line {reading.Line(webhook.Offset)}) has no \"secret\": its posts are not signed");
        }
    }

    private static WebhookConfig Bind(Section webhook) => new(webhook.Text("name"), new Uri(webhook.Text("url")), webhook.Secret("secret"))
    {
        Events = webhook.Texts("events") ?? [],
        Headers = webhook.TextMap("headers"),
        IsDisabled = webhook.Flag("disabled"),
        IncludesResponse = webhook.Flag("include_response"),
        MostResponseBytes = webhook.Whole("max_response_payload_kbs") * 1024,
        MaxRetries = webhook.Whole("max_retries"),
        BackoffInitial = TimeSpan.FromSeconds(webhook.Whole("retry_backoff_initial_seconds")),
        BackoffMax = TimeSpan.FromSeconds(webhook.Whole("retry_backoff_max_seconds")),
        AttemptTimeout = TimeSpan.FromSeconds(webhook.Whole("attempt_timeout_seconds")),
    };
}
