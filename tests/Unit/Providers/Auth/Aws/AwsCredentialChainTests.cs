using BifrostLite.Configuration;
using BifrostLite.Providers.Auth.Aws;

namespace BifrostLite.Tests.Unit.Providers.Auth.Aws;

public sealed class AwsCredentialChainTests
{
    private const string Sts = "POST https://sts.eu-west-1.amazonaws.com/";
    private const string Metadata = "http://169.254.169.254/latest/";

    private static readonly KeyConfig Empty = new() { Name = "aws" };

    private readonly FakeMachine _machine = new() { Variables = { ["AWS_REGION"] = "eu-west-1" } };

    [Fact]
    public async Task Get_KeyWithCredentials_UsesThemBeforeTheEnvironment()
    {
        _machine.Variables["AWS_ACCESS_KEY_ID"] = "ENV";
        _machine.Variables["AWS_SECRET_ACCESS_KEY"] = "s";

        Assert.Equal("AKIDEXAMPLE", (await Get(ProviderKit.AwsKey())).AccessKey);
        Assert.Equal("ENV", (await Get(Empty)).AccessKey);
    }

    [Fact]
    public async Task Get_NothingSetUp_SaysWhatWasTried()
    {
        var result = await _machine.Chain().GetAsync(Empty, CancellationToken.None);

        Assert.Equal(401, result.Error!.Status);
        Assert.Contains("AWS_ACCESS_KEY_ID", result.Error.Message, StringComparison.Ordinal);
        Assert.Contains("metadata service", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Profile_MergesBothFilesAndTheCredentialsFileWins()
    {
        _machine.Files["/home/me/.aws/config"] = "[profile work]\naws_access_key_id = OLD\naws_secret_access_key = old\ns3 =\n  max = 1\nregion = eu-west-1\n";
        _machine.Files["/home/me/.aws/credentials"] = "# mine\n[work]\naws_access_key_id=NEW\naws_secret_access_key=new\naws_session_token = t\n";

        var found = await Get(Profile("work"));

        Assert.Equal(("NEW", "new", "t"), (found.AccessKey, found.SecretKey, found.SessionToken));
    }

    [Fact]
    public async Task Get_UnknownProfile_NamesIt() => await Refused(Profile("nope"), "There is no AWS profile \"nope\"");

    [Fact]
    public async Task Get_DefaultProfile_IsFoundWithoutBeingNamed()
    {
        _machine.Files["/home/me/.aws/credentials"] = "[default]\naws_access_key_id=DEF\naws_secret_access_key=s\n";

        Assert.Equal("DEF", (await Get(Empty)).AccessKey);
    }

    [Fact]
    public async Task Get_RoleOverSourceProfile_AsksStsSigned()
    {
        _machine.Files["/home/me/.aws/config"] =
            "[default]\naws_access_key_id=BASE\naws_secret_access_key=s\n[profile role]\nrole_arn=arn:aws:iam::1:role/r\nsource_profile=default\nexternal_id=x 1\n";
        var authorization = "";
        _machine.Services[Sts] = request =>
        {
            authorization = string.Join(',', request.Headers.NonValidated["Authorization"]);
            return StsAnswer("ASSUMED");
        };

        var found = await Get(Profile("role"));

        Assert.Equal(("ASSUMED", "secret+/", "token=="), (found.AccessKey, found.SecretKey, found.SessionToken));
        Assert.Equal(ProviderKit.Now.AddHours(1), found.Expires);
        Assert.Contains("Credential=BASE/20261121/eu-west-1/sts/aws4_request", authorization, StringComparison.Ordinal);
        Assert.Contains(
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=bifrost-lite&ExternalId=x%201",
            Assert.Single(_machine.Asked),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ProfilesInACircle_Refuses()
    {
        _machine.Files["/home/me/.aws/config"] =
            "[profile a]\nrole_arn=arn:a\nsource_profile=b\n[profile b]\nrole_arn=arn:b\nsource_profile=a\n";

        await Refused(Profile("a"), "back to itself");
    }

    [Fact]
    public async Task Get_KeysRole_IsAssumedWithTheKeysCredentials()
    {
        _machine.Services[Sts] = _ => StsAnswer("ROLE");
        var key = ProviderKit.AwsKey("eu-west-1");

        Assert.Equal("ROLE", (await Get(key with { Bedrock = key.Bedrock! with { RoleArn = "arn:r" } })).AccessKey);
    }

    [Fact]
    public async Task Get_StsRefusal_TellsItsReason()
    {
        var key = ProviderKit.AwsKey("eu-west-1");
        _machine.Services[Sts] = _ => "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>";

        await Refused(key with { Bedrock = key.Bedrock! with { RoleArn = "arn:r" } }, "not you");
    }

    [Fact]
    public async Task Get_WebIdentity_SendsTheTokenUnsigned()
    {
        _machine.Variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/var/token";
        _machine.Variables["AWS_ROLE_ARN"] = "arn:r";
        _machine.Files["/var/token"] = "jwt.x\n";
        _machine.Services[Sts] = request => request.Headers.Contains("Authorization") ? "" : StsAnswer("WEB");

        Assert.Equal("WEB", (await Get(Empty)).AccessKey);
        Assert.EndsWith("&WebIdentityToken=jwt.x", Assert.Single(_machine.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_SsoProfile_ExchangesTheCachedToken()
    {
        SetUpSso("2026-11-21T10:00:00Z");
        _machine.Services["GET https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?role_name=Dev&account_id=123"] = request =>
            request.Headers.GetValues("x-amz-sso_bearer_token").Single() == "sso-token"
                ? "{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":\"s\",\"sessionToken\":\"t\",\"expiration\":1795255200000}}"
                : "{}";

        var found = await Get(Profile("dev"));

        Assert.Equal("SSO", found.AccessKey);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1795255200000), found.Expires);
    }

    [Fact]
    public async Task Get_ExpiredSsoSession_SaysHowToLogIn()
    {
        SetUpSso("2026-11-21T09:00:00Z");

        await Refused(Profile("dev"), "aws sso login --profile dev");
    }

    [Fact]
    public async Task Get_CredentialProcess_ReadsWhatItPrints()
    {
        _machine.Files["/home/me/.aws/config"] = "[profile p]\ncredential_process = vault-aws --json\n";
        _machine.Programs["vault-aws --json"] = "{\"Version\":1,\"AccessKeyId\":\"PROC\",\"SecretAccessKey\":\"s\",\"Expiration\":\"2026-11-21T10:30:00Z\"}";

        Assert.Equal("PROC", (await Get(Profile("p"))).AccessKey);
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/creds", "http://169.254.170.2/v2/creds")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials")]
    public async Task Get_Container_AsksItsServiceWithTheToken(string variable, string value, string address)
    {
        _machine.Variables[variable] = value;
        _machine.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/var/pod-token";
        _machine.Files["/var/pod-token"] = "pod\n";
        _machine.Services["GET " + address] = request => request.Headers.NonValidated["Authorization"].Single() == "pod" ? Keys("POD") : "";

        Assert.Equal("POD", (await Get(Empty)).AccessKey);
    }

    [Fact]
    public async Task Get_ContainerAtAForeignHost_IsRefused()
    {
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://evil.example/creds";

        await Refused(Empty, "must be an https address");
        Assert.Empty(_machine.Asked);
    }

    [Fact]
    public async Task Get_Instance_TakesASessionTokenFirst()
    {
        SetUpInstance("EC2", "2026-11-21T15:30:00Z");

        Assert.Equal("EC2", (await Get(Empty)).AccessKey);
        Assert.Equal($"PUT {Metadata}api/token", _machine.Asked[0]);
    }

    [Fact]
    public async Task Get_InstanceTurnedOff_IsNotAsked()
    {
        SetUpInstance("EC2", "2026-11-21T15:30:00Z");
        _machine.Variables["AWS_EC2_METADATA_DISABLED"] = "true";

        await Refused(Empty, "No AWS credentials were found");
        Assert.Empty(_machine.Asked);
    }

    [Fact]
    public async Task Get_Again_AsksOnlyShortlyBeforeTheEnd()
    {
        SetUpInstance("EC2", "2026-11-21T15:30:00Z");
        var chain = _machine.Chain();
        await chain.GetAsync(Empty, CancellationToken.None);
        var asked = _machine.Asked.Count;

        _machine.Clock.Now = ProviderKit.Now.AddHours(5);
        await chain.GetAsync(Empty, CancellationToken.None);
        Assert.Equal(asked, _machine.Asked.Count);

        _machine.Clock.Now = ProviderKit.Now.AddHours(5).AddMinutes(56);
        SetUpInstance("RENEWED", "2026-11-21T21:30:00Z");
        Assert.Equal("RENEWED", (await chain.GetAsync(Empty, CancellationToken.None)).Credentials!.AccessKey);
    }

    [Fact]
    public async Task Get_RenewalFails_KeepsWhatIsStillGood()
    {
        SetUpInstance("EC2", "2026-11-21T15:30:00Z");
        var chain = _machine.Chain();
        await chain.GetAsync(Empty, CancellationToken.None);
        _machine.Services.Clear();

        _machine.Clock.Now = ProviderKit.Now.AddHours(5).AddMinutes(57);
        Assert.Equal("EC2", (await chain.GetAsync(Empty, CancellationToken.None)).Credentials!.AccessKey);

        _machine.Clock.Now = ProviderKit.Now.AddHours(6).AddMinutes(1);
        Assert.NotNull((await chain.GetAsync(Empty, CancellationToken.None)).Error);
    }

    [Fact]
    public void Credentials_Printed_ShowNoSecret()
    {
        Assert.Equal("AwsCredentials AKID", new AwsCredentials("AKID", "secret", "token").ToString());
    }

    private static KeyConfig Profile(string name) => new() { Name = "aws", Bedrock = new BedrockKeyConfig { Profile = name } };

    private static string Keys(string access, string end = "2026-11-21T15:30:00Z") =>
        $"{{\"Code\":\"Success\",\"AccessKeyId\":\"{access}\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"{end}\"}}";

    private static string StsAnswer(string access) =>
        $"<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{access}</AccessKeyId><SecretAccessKey>secret+/</SecretAccessKey>"
        + "<SessionToken>token==</SessionToken><Expiration>2026-11-21T10:30:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

    private void SetUpInstance(string access, string end)
    {
        _machine.Services[$"PUT {Metadata}api/token"] = _ => "session";
        _machine.Services[$"GET {Metadata}meta-data/iam/security-credentials/"] = _ => "my-role\n";
        _machine.Services[$"GET {Metadata}meta-data/iam/security-credentials/my-role"] = request =>
            request.Headers.GetValues("X-aws-ec2-metadata-token").Single() == "session" ? Keys(access, end) : "";
    }

    /// <summary>The cache file's name is the SHA-1 of the session's name, as the AWS CLI writes it.</summary>
    private void SetUpSso(string expires)
    {
        _machine.Files["/home/me/.aws/config"] =
            "[profile dev]\nsso_session = corp\nsso_account_id = 123\nsso_role_name = Dev\n[sso-session corp]\nsso_region = eu-central-1\nsso_start_url = https://corp.awsapps.com/start\n";
        _machine.Files["/home/me/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"] =
            $"{{\"accessToken\":\"sso-token\",\"expiresAt\":\"{expires}\"}}";
    }

    private async Task<AwsCredentials> Get(KeyConfig key)
    {
        var result = await _machine.Chain().GetAsync(key, CancellationToken.None);
        Assert.Null(result.Error);
        return result.Credentials!;
    }

    private async Task Refused(KeyConfig key, string reason)
    {
        var result = await _machine.Chain().GetAsync(key, CancellationToken.None);
        Assert.Contains(reason, result.Error!.Message, StringComparison.Ordinal);
    }
}
