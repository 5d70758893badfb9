namespace BifrostLite.Configuration;

/// <summary>The "client" section: how the gateway treats its callers.</summary>
internal sealed record ClientConfig
{
    public int MaxRequestBodySizeMb { get; init; } = 100;

    /// <summary>Gateway's own: days a stored response is kept. OpenAI keeps them for 30.</summary>
    public int ResponseRetentionDays { get; init; } = 30;

    public IReadOnlyList<string> AllowedOrigins { get; init; } = ["*"];

    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    public bool EnforceAuthOnInference { get; init; }

    /// <summary>A full queue refuses at once instead of growing.</summary>
    public bool DropExcessRequests { get; init; }

    /// <summary>Gateway's own: longest time of a request as a whole, waits, retries and fallbacks included.</summary>
    public TimeSpan? RequestDeadline { get; init; }

    /// <summary>How many routing rules may follow each other.</summary>
    public int RoutingChainMaxDepth { get; init; } = 10;

    public bool AllowDirectKeys { get; init; }

    /// <summary>Callers may ask for the raw request and answer.</summary>
    public bool AllowRawOverride { get; init; } = true;

    public IReadOnlyList<string> RequiredHeaders { get; init; } = [];

    /// <summary>Exact paths that need neither a virtual key nor the administrator's password.</summary>
    public IReadOnlyList<string> OpenRoutes { get; init; } = [];

    public HeaderFilterConfig HeaderFilter { get; init; } = HeaderFilterConfig.None;

    /// <summary>Seconds the answer of an asynchronous job is kept unless its header says otherwise.</summary>
    public int AsyncJobResultTtl { get; init; } = 3600;

    /// <summary>How many asynchronous jobs run at a time.</summary>
    public int AsyncWorkers { get; init; } = 16;

    /// <summary>A job that ran when the gateway was killed runs again; else it fails.</summary>
    public bool RerunsJobs { get; init; } = true;

    public IReadOnlyList<WebhookConfig> AsyncWebhooks { get; init; } = [];

    /// <summary>Requests are kept in the logs store.</summary>
    public bool EnableLogging { get; init; } = true;

    /// <summary>What was asked and answered is not.</summary>
    public bool DisableContentLogging { get; init; }

    /// <summary>Callers may say otherwise with x-bf-disable-content-logging.</summary>
    public bool AllowContentLoggingOverride { get; init; }

    /// <summary>GET /health tells nothing of the stores.</summary>
    public bool DisableDbPingsInHealth { get; init; }

    public int LogRetentionDays { get; init; } = 365;

    /// <summary>Request headers kept with a log entry.</summary>
    public IReadOnlyList<string> LoggingHeaders { get; init; } = [];

    /// <summary>Dimensions (x-bf-dim-NAME) that become labels of the metrics.</summary>
    public IReadOnlyList<string> PrometheusLabels { get; init; } = [];

    /// <summary>Gateway's own: a request that cannot be translated without loss is refused with 400.</summary>
    public bool StrictTranslation { get; init; }

    public bool IsOpen(string? path) => OpenRoutes.Count > 0 && OpenRoutes.Contains(path);

    public WebhookConfig? FindWebhook(string name)
    {
        foreach (var webhook in AsyncWebhooks)
        {
            if (webhook.Name == name)
            {
                return webhook;
            }
        }

        return null;
    }
}
