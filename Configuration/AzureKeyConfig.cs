namespace BifrostLite.Configuration;

/// <summary>A key's "azure_key_config" (docs.getbifrost.ai/providers/supported-providers/azure): which resource, and who signs in there where the key has no value.</summary>
internal sealed record AzureKeyConfig
{
    public string Endpoint { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    /// <summary>The Entra application that signs in; empty for the key's value or the surroundings'.</summary>
    public string ClientId { get; init; } = "";

    public Secret ClientSecret { get; init; } = new("");

    public string TenantId { get; init; } = "";

    /// <summary>What the token is for; empty for Azure's AI services.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Caller's model name to the deployment's.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();
}
