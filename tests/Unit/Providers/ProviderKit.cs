using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Providers.Auth;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Schemas;

namespace BifrostLite.Tests.Unit.Providers;

/// <summary>Makes providers and calls for tests, with a fixed clock and an environment of their own.</summary>
internal static class ProviderKit
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 30, 0, TimeSpan.Zero);

    public static KeyConfig Key(string value) => new() { Name = "k", Value = new Secret(value) };

    public static KeyConfig AwsKey(string region = "us-east-1", string token = "") => new()
    {
        Name = "aws",
        Bedrock = new BedrockKeyConfig
        {
            AccessKey = new Secret("AKIDEXAMPLE"),
            SecretKey = new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            SessionToken = new Secret(token),
            Region = region,
        },
    };

    public static Provider Make(ProviderConfig config, HttpMessageHandler? handler = null, Func<string, string?>? environment = null)
    {
        var read = environment ?? (_ => null);
        var machine = new Auth.Aws.FakeMachine();
        var signer = new AwsSigner(machine.Clock);
        var aws = new AwsAuth(signer, new AwsCredentialChain(machine.Surroundings, signer), read);
        var vertex = new VertexAuth(new GoogleTokens(machine.Surroundings.Http, machine.Clock), read, _ => null);
        return new ProviderFactory(aws, vertex, new AzureAuth(new EntraTokens(machine.Surroundings)), read, machine.Clock).Create(config, new HttpMessageInvoker(handler ?? ScriptedHandler.Ok()))!;
    }

    public static Provider Make(string name, KeyConfig key, HttpMessageHandler? handler = null, string? baseUrl = null) => Make(
        new ProviderConfig
        {
            Name = name,
            Keys = [key],
            Network = new NetworkConfig { BaseUrl = baseUrl is null ? null : new Uri(baseUrl) },
        },
        handler);

    public static UpstreamCall Call(Provider provider, string dialect, string model = "m", bool stream = false, Operation operation = Operation.Generate, KeyConfig? key = null) => new()
    {
        Provider = provider,
        Route = provider.Route(dialect, operation) ?? throw new InvalidOperationException($"{provider.Name} has no {dialect} {operation}"),
        Key = key ?? provider.Keys[0],
        Model = model,
        Stream = stream,
        Body = "{\"model\":\"m\"}"u8.ToArray(),
    };
}
