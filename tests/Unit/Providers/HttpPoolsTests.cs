using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Unit.Providers;

/// <summary>Real sockets on loopback: what only the handler itself can show.</summary>
public sealed class HttpPoolsTests
{
    private readonly HttpPools _pools = new();

    [Fact]
    public void For_EqualSettings_SharesThePoolOverReloads()
    {
        var first = _pools.For(PoolSettings.Of(Config("a", pem: "x")));

        Assert.Same(first, _pools.For(PoolSettings.Of(Config("a", pem: "x"))));
        Assert.NotSame(first, _pools.For(PoolSettings.Of(Config("a"))));
        Assert.NotSame(first, _pools.For(PoolSettings.Of(Config("b", pem: "x"))));
    }

    [Fact]
    public void For_AnotherProxyPassword_IsAnotherPool()
    {
        var config = Config("a") with { Proxy = new ProxyConfig("http", "http://p:1", "u", new Secret("one")) };
        var first = _pools.For(PoolSettings.Of(config));

        Assert.Same(first, _pools.For(PoolSettings.Of(config with { Proxy = config.Proxy with { Password = new Secret("one") } })));
        Assert.NotSame(first, _pools.For(PoolSettings.Of(config with { Proxy = config.Proxy with { Password = new Secret("two") } })));
        Assert.DoesNotContain("one", PoolSettings.Of(config).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void KeepOnly_PoolNobodyWants_IsLetGo()
    {
        var settings = PoolSettings.Of(Config("a"));
        var first = _pools.For(settings);

        _pools.KeepOnly(new HashSet<PoolSettings> { settings });
        Assert.Same(first, _pools.For(settings));

        _pools.KeepOnly(new HashSet<PoolSettings>());
        Assert.NotSame(first, _pools.For(settings));
    }

    [Fact]
    public async Task Send_NobodyListens_SaysWhere()
    {
        int port;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var error = (await SendAsync(Config("openai", $"http://127.0.0.1:{port}"))).Error!;

        Assert.Equal((502, ErrorKind.BadGateway), (error.Status, error.Kind));
        Assert.Contains($"nothing accepts connections at 127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_CertificateOfAPrivateAuthority_NeedsItsRoot()
    {
        using var root = MakeRoot();
        using var leaf = MakeLeaf(root);
        await using var server = await StartAsync(leaf);
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

        var refused = await SendAsync(Config("openai", address));
        Assert.Contains("ca_cert_pem", refused.Error!.Message, StringComparison.Ordinal);

        Assert.True((await SendAsync(Config("openai", address, root.ExportCertificatePem()))).Response!.IsSuccessStatusCode);
        Assert.True((await SendAsync(Config("openai", address, insecure: true))).Response!.IsSuccessStatusCode);
    }

    private static ProviderConfig Config(string name, string? address = null, string pem = "", bool insecure = false) => new()
    {
        Name = name,
        Network = new NetworkConfig { BaseUrl = address is null ? null : new Uri(address), CaCertPem = pem, InsecureSkipVerify = insecure },
    };

    private static X509Certificate2 MakeRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=private root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 MakeLeaf(X509Certificate2 root)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3, 4]);
        using var withKey = bare.CopyWithPrivateKey(key);

        // Through PKCS#12, without which the key is not found by every platform's TLS.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task<WebApplication> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var server = builder.Build();
        server.Run(context => context.Response.WriteAsync("{}"));
        await server.StartAsync();
        return server;
    }

    private async Task<UpstreamResult> SendAsync(ProviderConfig config)
    {
        var invoker = _pools.For(PoolSettings.Of(config));
        var provider = ProviderKit.Make(config) with { Http = invoker };
        return await Upstream.SendAsync(ProviderKit.Call(provider, DialectNames.Chat), CancellationToken.None);
    }
}
