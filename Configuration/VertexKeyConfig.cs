namespace BifrostLite.Configuration;

/// <summary>A key's "vertex_key_config": project, region, and a service account's JSON; without it Google's default credentials count.</summary>
internal sealed record VertexKeyConfig
{
    public string ProjectId { get; init; } = "";

    public string Region { get; init; } = "";

    public Secret AuthCredentials { get; init; } = new("");
}
