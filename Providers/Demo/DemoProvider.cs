using BifrostLite.Configuration;
using BifrostLite.Providers.Auth;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>The embedded provider: always there, needs no key, answers without a network.</summary>
internal static class DemoProvider
{
    public const string Name = "demo";

    public static Provider Create(TimeProvider clock) => new()
    {
        Name = Name,

        // A name that is reserved never to exist (RFC 6761): nothing is ever sent there.
        BaseUrl = new Uri("http://demo.invalid"),
        Routes = DemoRoutes.All,
        Keys = [new KeyConfig { Name = Name }],
        Network = new NetworkConfig(),
        Auth = new NoAuth(),
        Http = new HttpMessageInvoker(new DemoHandler(clock)),
        Describe = Describe,
    };

    private static TargetModel Describe(string model) => new(Name, model, Name)
    {
        MaxOutputTokens = 8192,
        TakesMaxCompletionTokens = true,
        TakesDeveloperRole = true,
        TakesMidSystem = true,
        TakesCustomTools = true,
        Version = AnthropicAuth.DefaultVersion,
    };
}
