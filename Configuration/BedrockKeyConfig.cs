namespace BifrostLite.Configuration;

/// <summary>A key's "bedrock_key_config" (docs.getbifrost.ai/providers/supported-providers/bedrock): AWS credentials or where to find them, and the region to call.</summary>
internal sealed record BedrockKeyConfig
{
    public Secret AccessKey { get; init; } = new("");

    public Secret SecretKey { get; init; } = new("");

    public Secret SessionToken { get; init; } = new("");

    public string Region { get; init; } = "";

    /// <summary>Inference profile ARN prefix put before model ids, as Bifrost's "arn".</summary>
    public string Arn { get; init; } = "";

    /// <summary>Name of a profile in ~/.aws; empty for the environment's.</summary>
    public string Profile { get; init; } = "";

    public string RoleArn { get; init; } = "";

    public string ExternalId { get; init; } = "";

    public string RoleSessionName { get; init; } = "";
}
