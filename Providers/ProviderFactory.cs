using BifrostLite.Configuration;
using BifrostLite.Providers.Auth;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Providers.Demo;

namespace BifrostLite.Providers;

/// <summary>Makes a provider of a catalogue row and what the configuration says of it.</summary>
/// <param name="aws">Signs for Bedrock.</param>
/// <param name="vertex">Fetches tokens for Vertex AI.</param>
/// <param name="azure">Fetches tokens for Azure.</param>
/// <param name="environment">Reads an environment variable; given in, so that tests have their own.</param>
/// <param name="clock">Paces the demo provider.</param>
internal sealed class ProviderFactory(AwsAuth aws, VertexAuth vertex, AzureAuth azure, Func<string, string?> environment, TimeProvider clock)
{
    private static readonly KeyConfig NoKey = new() { Name = "none" };

    private readonly AwsAuth _mantle = aws.ForService("bedrock-mantle");
    private readonly NoAuth _none = new();
    private readonly CompatibleAuth _compatible = new();
    private readonly AnthropicAuth _anthropic = new();
    private readonly GoogleAuth _google = new();

    /// <summary>The one demo provider of all configurations.</summary>
    public Provider Demo { get; } = DemoProvider.Create(clock);

    /// <summary>Null for the demo, which takes no settings.</summary>
    public Provider? Create(ProviderConfig config, HttpMessageInvoker http)
    {
        var name = config.Name;
        if (name == DemoProvider.Name)
        {
            return null;
        }

        var type = config.Custom?.BaseProviderType ?? name;
        var row = Catalog.Find(name) ?? Catalog.Find(type) ?? Catalog.Unknown(type);
        if (config.Custom is not null)
        {
            // Every compatible server knows max_tokens; OpenAI's newer name for it is known to few.
            row = row with { TakesMaxCompletionTokens = false, HoldsResponses = false };
        }

        var baseUrl = config.Network.BaseUrl ?? FixedAddress(row);
        var routes = config.Custom is { } custom ? CustomRoutes.Of(row, custom) : row.Routes;
        return new Provider
        {
            Name = name,
            Wire = type,
            BaseUrl = baseUrl,
            Locate = ProviderAddresses.For(row, config.Keys, config.Network.BaseUrl, environment),
            Serves = row.Serves,
            DefaultHeaders = row.DefaultHeaders,
            Routes = routes,
            Natives = new NativeRoutes(row.Routes, config.Custom),
            Keys = config.Keys.Count > 0 ? config.Keys : [NoKey],
            Network = config.Network,
            Limits = config.Concurrency,
            Auth = AuthOf(row.Auth),
            Http = http,
            Describe = new ModelBook(model => ModelFacts.Of(row, name, model)).Find,
            SendsBackRequest = config.SendBackRawRequest,
            SendsBackResponse = config.SendBackRawResponse,
            OmitsDoneMarker = config.Custom?.DoesNotSendDoneMarker ?? false,
            HoldsResponses = row.HoldsResponses,
            TakesStreamOptions = row.TakesStreamOptions,
            SendsNullUsage = row.SendsNullUsage,
        };
    }

    /// <summary>The factory of the running gateway.</summary>
    public static ProviderFactory Create(TimeProvider clock)
    {
        var surroundings = AwsSurroundings.OfThisMachine(clock);
        var signer = new AwsSigner(clock);
        return new ProviderFactory(
            new AwsAuth(signer, new AwsCredentialChain(surroundings, signer), surroundings.Variable),
            new VertexAuth(new GoogleTokens(surroundings.Http, clock), surroundings.Variable, surroundings.ReadFile),
            new AzureAuth(new EntraTokens(surroundings)),
            surroundings.Variable,
            clock);
    }

    private static Uri? FixedAddress(CatalogRow row) =>
        row.BaseUrl.Length == 0 || row.BaseUrl.Contains('{', StringComparison.Ordinal) ? null : new Uri(row.BaseUrl, UriKind.Absolute);

    private IProviderAuth AuthOf(AuthKind kind) => kind switch
    {
        AuthKind.Bearer => HeaderAuth.Bearer,
        AuthKind.Anthropic => _anthropic,
        AuthKind.Google => _google,
        AuthKind.Compatible => _compatible,
        AuthKind.Azure => azure,
        AuthKind.Aws => aws,
        AuthKind.AwsMantle => _mantle,
        AuthKind.Vertex => vertex,
        _ => _none,
    };
}
