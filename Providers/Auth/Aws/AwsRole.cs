namespace BifrostLite.Providers.Auth.Aws;

/// <summary>A role to assume.</summary>
/// <param name="Arn">Its ARN.</param>
/// <param name="ExternalId">Demanded by some third-party roles; empty for none.</param>
/// <param name="SessionName">Shown in AWS's audit log; empty for the gateway's name.</param>
/// <param name="Region">Region whose STS is asked.</param>
internal sealed record AwsRole(string Arn, string ExternalId, string SessionName, string Region);
