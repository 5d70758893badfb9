using System.Net.Http.Headers;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Providers.Auth.Aws;

namespace BifrostLite.Providers.Auth;

/// <summary>
/// Microsoft Entra tokens for Azure: of the application in the key; else of the one in AZURE_TENANT_ID, AZURE_CLIENT_ID and
/// AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE (workload identity)
/// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow); else of the machine's managed identity, from
/// App Service or the metadata service (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token).
/// </summary>
internal sealed class EntraTokens(AwsSurroundings machine)
{
    private const string DefaultScope = "https://cognitiveservices.azure.com/.default";
    private const string MetadataAddress = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";

    /// <summary>A machine's own service answers at once, or is not there.</summary>
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(3);

    private readonly KeptTokens _tokens = new(machine.Clock);

    /// <param name="key">The provider's key; only what azure_key_config says of Entra.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A token, or why there is none.</returns>
    public ValueTask<TokenAnswer> GetAsync(AzureKeyConfig key, CancellationToken cancellationToken)
    {
        var scope = key.Scopes.Count > 0 ? string.Join(' ', key.Scopes) : DefaultScope;
        var tenant = First(key.TenantId, "AZURE_TENANT_ID");
        var client = First(key.ClientId, "AZURE_CLIENT_ID");
        return _tokens.GetAsync($"{tenant} {client} {scope}", token => FetchAsync(key, tenant, client, scope, token), cancellationToken);
    }

    private async Task<TokenAnswer> FetchAsync(
        AzureKeyConfig key, string tenant, string client, string scope, CancellationToken cancellationToken)
    {
        var proof = tenant.Length > 0 && client.Length > 0 ? Proof(key) : null;
        var (request, http) = proof is null ? (OfMachine(client, scope), machine.LocalHttp) : (OfApplication(tenant, client, scope, proof), machine.Http);
        var host = request.RequestUri!.Host;
        var (status, text, failure) = await CredentialFetch.SendAsync(http, request, proof is null ? MetadataTimeout : CredentialFetch.Timeout, cancellationToken);
        if (failure is null && status == 200 && KeptTokens.Read(text) is { } answer)
        {
            return answer;
        }

        var advice = proof is null ? " Set the key's value, or client_id, client_secret and tenant_id in azure_key_config." : "";
        return new TokenAnswer(null, $"got no token from {host}: {failure ?? $"it answered {status}"}.{advice}");
    }

    /// <summary>What shows that we are the application, as parameters of the form; null where there is nothing.</summary>
    private string? Proof(AzureKeyConfig key)
    {
        if (First(key.ClientSecret.Reveal(), "AZURE_CLIENT_SECRET") is { Length: > 0 } secret)
        {
            return "client_secret=" + Uri.EscapeDataString(secret);
        }

        return machine.Variable("AZURE_FEDERATED_TOKEN_FILE") is { Length: > 0 } file && machine.ReadFile(file) is { Length: > 0 } assertion
            ? "client_assertion_type=" + Uri.EscapeDataString("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                + "&client_assertion=" + Uri.EscapeDataString(assertion.Trim())
            : null;
    }

    private HttpRequestMessage OfApplication(string tenant, string client, string scope, string proof)
    {
        var authority = machine.Variable("AZURE_AUTHORITY_HOST") is { Length: > 0 } host ? host.TrimEnd('/') : "https://login.microsoftonline.com";
        var form = $"grant_type=client_credentials&client_id={Uri.EscapeDataString(client)}&scope={Uri.EscapeDataString(scope)}&{proof}";
        return new HttpRequestMessage(HttpMethod.Post, $"{authority}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token")
        {
            Content = new StringContent(form, Encoding.UTF8, new MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
    }

    private HttpRequestMessage OfMachine(string client, string scope)
    {
        var resource = scope.EndsWith("/.default", StringComparison.Ordinal) ? scope[..^"/.default".Length] : scope;
        var service = machine.Variable("IDENTITY_ENDPOINT");
        var address = string.IsNullOrEmpty(service) ? MetadataAddress : service + "?api-version=2019-08-01";
        var identity = client.Length > 0 ? "&client_id=" + Uri.EscapeDataString(client) : "";
        var request = new HttpRequestMessage(HttpMethod.Get, $"{address}&resource={Uri.EscapeDataString(resource)}{identity}");
        request.Headers.TryAddWithoutValidation("Metadata", "true");
        if (machine.Variable("IDENTITY_HEADER") is { Length: > 0 } header)
        {
            request.Headers.TryAddWithoutValidation("X-IDENTITY-HEADER", header);
        }

        return request;
    }

    private string First(string own, string variable) => own.Length > 0 ? own : machine.Variable(variable) ?? "";
}
