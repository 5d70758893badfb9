namespace BifrostLite.Configuration;

internal sealed record AzureKeyConfig
{
    public string Endpoint { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    /// <summary>Caller's model name to the deployment's.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();
}
