using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BifrostLite.Providers.Auth;

namespace BifrostLite.Tests.Unit.Providers.Auth;

public sealed class GoogleTokensTests
{
    private const string Address = "POST https://oauth2.googleapis.com/token";

    private readonly Aws.FakeMachine _machine = new();

    [Fact]
    public async Task Get_ServiceAccount_ExchangesASignedClaim()
    {
        using var rsa = RSA.Create(2048);
        _machine.Services[Address] = _ => "{\"access_token\":\"ya29.x\",\"expires_in\":3599}";

        var (token, failure) = await Tokens().GetAsync(Account(rsa), CancellationToken.None);

        Assert.Null(failure);
        Assert.Equal("ya29.x", token);
        var jwt = _machine.Asked[0][(_machine.Asked[0].IndexOf("assertion=", StringComparison.Ordinal) + 10)..].Split('.');
        Assert.True(rsa.VerifyData(Encoding.ASCII.GetBytes($"{jwt[0]}.{jwt[1]}"), Base64Url.DecodeFromChars(jwt[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(jwt[1]));
        Assert.Equal("me@p.iam.gserviceaccount.com", claims.RootElement.GetProperty("iss").GetString());
        Assert.Equal(3600, claims.RootElement.GetProperty("exp").GetInt64() - claims.RootElement.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task Get_Again_IsNotFetchedAgain()
    {
        using var rsa = RSA.Create(2048);
        _machine.Services[Address] = _ => "{\"access_token\":\"t\",\"expires_in\":3600}";
        var tokens = Tokens();
        var account = Account(rsa);

        await tokens.GetAsync(account, CancellationToken.None);
        await tokens.GetAsync(account, CancellationToken.None);

        Assert.Single(_machine.Asked);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"client_email\":\"a\"}")]
    [InlineData("{\"client_email\":\"a\",\"private_key\":\"no pem\"}")]
    public async Task Get_NoServiceAccount_SaysWhatIsWanted(string account)
    {
        var (token, failure) = await Tokens().GetAsync(account, CancellationToken.None);

        Assert.Null(token);
        Assert.Contains("private_key", failure, StringComparison.Ordinal);
        Assert.Empty(_machine.Asked);
    }

    [Fact]
    public async Task Get_Refused_TellsTheStatusAndNoSecret()
    {
        using var rsa = RSA.Create(2048);

        var (_, failure) = await Tokens().GetAsync(Account(rsa), CancellationToken.None);

        Assert.Contains("404", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", failure, StringComparison.Ordinal);
    }

    private static string Account(RSA rsa) =>
        $"{{\"client_email\":\"me@p.iam.gserviceaccount.com\",\"private_key\":\"{rsa.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n")}\"}}";

    private GoogleTokens Tokens() => new(_machine.Surroundings.Http, _machine.Clock);
}
