using BifrostLite.Configuration;
using BifrostLite.Providers.Auth;

namespace BifrostLite.Tests.Unit.Providers.Auth;

public sealed class EntraTokensTests
{
    private const string Answer = """{"token_type":"Bearer","expires_in":3599,"access_token":"eyJ0"}""";

    private readonly Aws.FakeMachine _machine = new();

    [Fact]
    public async Task Get_ApplicationInTheKey_SignsInWithItsSecret()
    {
        _machine.Services["POST https://login.microsoftonline.com/t1/oauth2/v2.0/token"] = _ => Answer;
        var key = new AzureKeyConfig { TenantId = "t1", ClientId = "c1", ClientSecret = new Secret("s&1") };

        Assert.Equal("eyJ0", (await Tokens().GetAsync(key, CancellationToken.None)).Token);
        Assert.Equal(
            "POST https://login.microsoftonline.com/t1/oauth2/v2.0/token grant_type=client_credentials&client_id=c1"
            + "&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default&client_secret=s%261",
            Assert.Single(_machine.Asked));
    }

    [Fact]
    public async Task Get_Again_IsNotFetchedAgain()
    {
        _machine.Services["POST https://login.microsoftonline.com/t1/oauth2/v2.0/token"] = _ => Answer;
        var key = new AzureKeyConfig { TenantId = "t1", ClientId = "c1", ClientSecret = new Secret("s") };
        var tokens = Tokens();

        await tokens.GetAsync(key, CancellationToken.None);
        await tokens.GetAsync(key, CancellationToken.None);

        Assert.Single(_machine.Asked);
    }

    [Fact]
    public async Task Get_WorkloadIdentity_ShowsTheTokenInTheFile()
    {
        _machine.Services["POST https://login.microsoftonline.us/t2/oauth2/v2.0/token"] = _ => Answer;
        _machine.Variables["AZURE_TENANT_ID"] = "t2";
        _machine.Variables["AZURE_CLIENT_ID"] = "c2";
        _machine.Variables["AZURE_AUTHORITY_HOST"] = "https://login.microsoftonline.us/";
        _machine.Variables["AZURE_FEDERATED_TOKEN_FILE"] = "/var/run/token";
        _machine.Files["/var/run/token"] = "jwt\n";

        Assert.Equal("eyJ0", (await Tokens().GetAsync(new AzureKeyConfig { Scopes = ["https://ai.azure.com/.default"] }, CancellationToken.None)).Token);
        Assert.EndsWith(
            "&scope=https%3A%2F%2Fai.azure.com%2F.default&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=jwt",
            Assert.Single(_machine.Asked),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "", "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com")]
    [InlineData(null, "c3", "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fcognitiveservices.azure.com&client_id=c3")]
    [InlineData("http://127.0.0.1:42/msi", "", "http://127.0.0.1:42/msi?api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com")]
    public async Task Get_ManagedIdentity_AsksTheMachine(string? service, string client, string address)
    {
        var headers = "";
        _machine.Services["GET " + address] = request =>
        {
            headers = string.Join(';', request.Headers.NonValidated.Select(header => $"{header.Key}={header.Value}"));
            return """{"access_token":"eyJ1","expires_in":"3599","resource":"r"}""";
        };
        if (service is not null)
        {
            _machine.Variables["IDENTITY_ENDPOINT"] = service;
            _machine.Variables["IDENTITY_HEADER"] = "proof";
        }

        Assert.Equal("eyJ1", (await Tokens().GetAsync(new AzureKeyConfig { ClientId = client }, CancellationToken.None)).Token);
        Assert.Equal(service is null ? "Metadata=true" : "Metadata=true;X-IDENTITY-HEADER=proof", headers);
    }

    [Fact]
    public async Task Get_NoCredential_SaysWhatToSet()
    {
        var (token, failure) = await Tokens().GetAsync(new AzureKeyConfig(), CancellationToken.None);

        Assert.Null(token);
        Assert.Equal("got no token from 169.254.169.254: it answered 404. Set the key's value, or client_id, client_secret and tenant_id in azure_key_config.", failure);
    }

    private EntraTokens Tokens() => new(_machine.Surroundings);
}
