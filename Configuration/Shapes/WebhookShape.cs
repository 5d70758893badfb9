namespace BifrostLite.Configuration.Shapes;

/// <summary>Shapes of "webhooks", and of this gateway's older client.async_webhooks.</summary>
internal static class WebhookShape
{
    public static readonly Shape Value = Shape.Section(
        new("id", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        new("name", Shape.NotEmpty, "What jobs call it in x-bf-async-webhook.") { IsRequired = true },
        new("url", Shape.Url, "Where to post: https, or http of this machine; any http address with allow_private_network.") { IsRequired = true },
        new("secret", Shape.Secret, "Signs the posts (webhook-signature of standardwebhooks.com): whsec_ and base64; absent: not signed.", "\"\""),
        new("events", Shape.ListOf(Shape.OneOf("async_job.completed", "async_job.failed")), "Endings that are told.") { IsRequired = true },
        new("headers", Shape.MapOf(Shape.Secret), "Further headers of each post; those of the delivery itself stay."),
        new("include_response", Shape.Flag, "The job's answer is part of the post.", "false"),
        new("allow_private_network", Shape.Flag, "Plain http is allowed.", "false"),
        new("disabled", Shape.Flag, "Jobs may name it, but nothing is posted.", "false"),
        new("max_retries", Shape.Whole(1, 100), "Further posts after a failed one.", "4"),
        new("retry_backoff_initial_seconds", Shape.Whole(1, 86_400), "Wait before the first of them; each further one doubles it.", "30"),
        new("retry_backoff_max_seconds", Shape.Whole(1, 86_400), "Longest wait.", "1800"),
        new("attempt_timeout_seconds", Shape.Whole(1, 600), "Longest time of one post.", "10"),
        new("max_response_payload_kbs", Shape.Whole(1, 1_048_576), "Largest answer that is part of the post, in KiB.", "256"),
        new("max_concurrent_deliveries", Shape.Whole(1), "Posts to this address at a time; here four to all of them.", "10", Effect.NotNeeded))
        .Named("webhook");

    /// <summary>Every ending is told, with Bifrost's defaults.</summary>
    public static readonly Shape Short = Shape.Section(
        new("name", Shape.NotEmpty, "What jobs call it.") { IsRequired = true },
        new("url", Shape.SafeUrl, "Where to post.") { IsRequired = true },
        new("secret", Shape.Secret, "Signs the posts (webhook-signature of standardwebhooks.com).") { IsRequired = true });
}
