namespace BifrostLite.Configuration;

/// <summary>An address that is told when an asynchronous job is over.</summary>
/// <param name="Name">What jobs call it.</param>
/// <param name="Url">https, or http of this machine.</param>
/// <param name="Secret">Signs each post.</param>
internal sealed record WebhookConfig(string Name, Uri Url, Secret Secret);
