using System.Net.Http.Headers;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Signed;
using BifrostLite.Providers.Auth.Aws;
using BifrostLite.Tests.Unit.Providers;

namespace BifrostLite.Tests.Functional;

/// <summary>SDKs of AWS that sign: a virtual key as access key id and secret, checked as AWS checks it.</summary>
public sealed class SignedCallerTests : FunctionalTest
{
    private const string Value = "sk-bf-0a1b2c3d-signed";
    private const string Answer = """{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""";

    [Theory]
    [InlineData("/bedrock/model/bedrock%2Fanthropic.claude%3A0/converse")]
    [InlineData("/bedrock/model/bedrock%2Fm/converse?b=2&a=%2F1")]
    public async Task Call_SignedWithAVirtualKey_Passes(string path)
    {
        await using var gateway = await StartAsync();
        Upstream.NextJson(200, Answer);

        using var response = await SendAsync(gateway, Request(gateway, path));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.DoesNotContain(Seen().Headers, header => header.Value.Contains(Value, StringComparison.Ordinal));
    }

    /// <summary>Over HTTP/2 the SDK for JavaScript signs :authority in the place of Host.</summary>
    [Fact]
    public async Task Call_SignedWithItsAuthority_Passes()
    {
        await using var gateway = await StartAsync();
        Upstream.NextJson(200, Answer);
        var request = Request(gateway);
        var stamp = request.Headers.GetValues("x-amz-date").Single();
        var hash = AwsSignature.Hex(System.Security.Cryptography.SHA256.HashData(await request.Content!.ReadAsByteArrayAsync()));
        var canonical = $"POST\n/bedrock/model/bedrock%252Fm/converse\n\n:authority:{gateway.Client.BaseAddress!.Authority}\nx-amz-date:{stamp}\n\n:authority;x-amz-date\n{hash}";
        var signature = AwsSignature.Of(canonical, stamp, "us-east-1", "bedrock", AwsSignature.Key(Value, stamp[..8], "us-east-1", "bedrock"));
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={Value}/{stamp[..8]}/us-east-1/bedrock/aws4_request, SignedHeaders=:authority;x-amz-date, Signature={signature}");

        using var response = await SendAsync(gateway, request);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Call_SignedWithAnotherSecret_IsRefused()
    {
        await using var gateway = await StartAsync();

        await RefusedAsync(await SendAsync(gateway, Request(gateway, secret: "sk-bf-another")), "The request signature we calculated");
    }

    [Fact]
    public async Task Call_WithAnUnknownKey_IsRefusedAsSuch()
    {
        await using var gateway = await StartAsync();

        using var response = await SendAsync(gateway, Request(gateway, accessKey: "sk-bf-unknown", secret: "sk-bf-unknown"));

        Assert.Equal(403, (int)response.StatusCode);
        Assert.StartsWith("virtual key not found", Envelope.Message("converse", await JsonAsync(response)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_SignedWithKeysOfAws_IsNobodys()
    {
        await using var gateway = await StartAsync();

        using var response = await SendAsync(gateway, Request(gateway, accessKey: "AKIDEXAMPLE", secret: "secret"));

        Assert.Equal(401, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(-16)]
    [InlineData(16)]
    public async Task Call_SignedAtAnotherTime_IsRefused(int minutes)
    {
        await using var gateway = await StartAsync();

        await RefusedAsync(await SendAsync(gateway, Request(gateway, now: DateTimeOffset.UtcNow.AddMinutes(minutes))), "Signature expired");
    }

    [Fact]
    public async Task Call_WithAnotherBody_IsRefused()
    {
        await using var gateway = await StartAsync();
        var request = Request(gateway);
        request.Content = Json("""{"messages":[{"role":"user","content":[{"text":"something else"}]}]}""");

        await RefusedAsync(await SendAsync(gateway, request), "The body is not the one");
    }

    [Fact]
    public async Task Call_WithoutTheBodysHash_IsCheckedAgainstTheBody()
    {
        await using var gateway = await StartAsync();
        var request = Request(gateway);
        request.Headers.Remove("x-amz-content-sha256");

        // The header was signed: without it the signature is another one.
        await RefusedAsync(await SendAsync(gateway, request), "The request signature we calculated");
    }

    [Fact]
    public async Task Call_SignedInChunks_IsToldWhatToDo()
    {
        await using var gateway = await StartAsync();
        var request = Request(gateway);
        request.Headers.Remove("x-amz-content-sha256");
        request.Headers.Add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");

        await RefusedAsync(await SendAsync(gateway, request), "sign the whole body");
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=", 64, true)]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/bedrock/aws4_request,SignedHeaders=host,Signature=", 64, true)]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/bedrock, SignedHeaders=host, Signature=", 64, false)]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=", 63, false)]
    [InlineData("AWS4-HMAC-SHA256 ,=,,Credential", 64, false)]
    [InlineData("Bearer a", 0, false)]
    public void Read_Authorization_OnlyWhole(string header, int digits, bool isRead) =>
        Assert.Equal(isRead, SignedRequest.Read(header + new string('0', digits)) is not null);

    [Fact]
    public void IsNew_SameSignature_OnlyOnceInItsWindow()
    {
        var time = new ManualTime();
        var window = new ReplayWindow(time, TimeSpan.FromMinutes(30));
        var (one, other) = (new string('a', 64).Replace("aaaa", "1abc"), new string('b', 64));

        Assert.True(window.IsNew(other));
        Assert.False(window.IsNew(other));
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.True(window.IsNew("0" + one[1..]));
        Assert.False(window.IsNew(other));
        time.Advance(TimeSpan.FromMinutes(31));
        Assert.True(window.IsNew("1" + one[1..]));
        Assert.True(window.IsNew(other));
    }

    private Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(Upstream, config => config with
    {
        Client = config.Client with { EnforceAuthOnInference = true },
        Governance = new GovernanceConfig { VirtualKeys = [new VirtualKeyConfig { Id = "vk", Hash = KeyHash.Of(Value), AllowAllProviders = true }] },
    });

    private static HttpRequestMessage Request(
        RunningGateway gateway, string path = "/bedrock/model/bedrock%2Fm/converse", string accessKey = Value, string secret = Value, DateTimeOffset? now = null)
    {
        var body = """{"messages":[{"role":"user","content":[{"text":"hi"}]}]}""";
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Client.BaseAddress!, path)) { Content = Json(body) };
        new AwsSigner(now is { } moment ? new FixedClock(moment) : TimeProvider.System)
            .Sign(request, Encoding.UTF8.GetBytes(body), new AwsCredentials(accessKey, secret, ""), "us-east-1", "bedrock");
        return request;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    private static Task<HttpResponseMessage> SendAsync(RunningGateway gateway, HttpRequestMessage request) => gateway.Client.SendAsync(request);

    private async Task RefusedAsync(HttpResponseMessage response, string message)
    {
        var body = await JsonAsync(response);
        Assert.Equal(403, (int)response.StatusCode);
        Assert.Equal("InvalidSignatureException", body.GetProperty("__type").GetString());
        Assert.Contains(message, Envelope.Message("converse", body), StringComparison.Ordinal);
        Assert.Empty(Upstream.Requests);
    }
}
