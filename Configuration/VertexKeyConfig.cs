namespace BifrostLite.Configuration;

internal sealed record VertexKeyConfig
{
    public string ProjectId { get; init; } = "";

    public string Region { get; init; } = "";

    public Secret AuthCredentials { get; init; } = new("");
}
