using System.Collections.Concurrent;
using System.Net;

namespace BifrostLite.Providers;

/// <summary>
/// One pool of connections per provider, kept over reloads while nothing about it changed. A pool that the newest
/// configuration no longer wants is let go, not disposed: requests of the old configuration may still be streaming over
/// it, and only the garbage collector knows when the last is gone; its idle connections end by themselves before that.
/// </summary>
/// <param name="transport">Makes what sends; null for sockets.</param>
internal sealed class HttpPools(Func<PoolSettings, HttpMessageHandler>? transport = null)
{
    /// <summary>Lets TCP repeat its SYN three times (after 1, 3 and 7 s, RFC 6298) before giving up.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>How long DNS answers are trusted: half of the usual five minutes' drain time when a vendor moves.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2.5);

    /// <summary>An abandoned stream must be closed within a second; a finished one needs a moment to give its last chunk.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<PoolSettings, HttpMessageInvoker> _pools = new();

    /// <summary>The pool for these settings, made if there is none.</summary>
    public HttpMessageInvoker For(PoolSettings settings) =>
        _pools.GetOrAdd(settings, static (wanted, transport) => new HttpMessageInvoker(transport?.Invoke(wanted) ?? Create(wanted), disposeHandler: true), transport);

    /// <summary>Lets go of every pool but these.</summary>
    public void KeepOnly(IReadOnlySet<PoolSettings> wanted)
    {
        foreach (var settings in _pools.Keys)
        {
            if (!wanted.Contains(settings))
            {
                _pools.TryRemove(settings, out _);
            }
        }
    }

    internal static SocketsHttpHandler Create(PoolSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = settings.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            MaxConnectionsPerServer = settings.MaxConnectionsPerHost ?? int.MaxValue,
            MaxResponseDrainSize = 16 * 1024,
            PooledConnectionIdleTimeout = settings.KeepAlive,
            PooledConnectionLifetime = ConnectionLifetime,
            ResponseDrainTimeout = DrainTime,
            UseCookies = false,
            UseProxy = false,
        };
        SetProxy(handler, settings);
#pragma warning disable CA5359 // The point of insecure_skip_verify; it is off unless the configuration says so by name.
        handler.SslOptions.RemoteCertificateValidationCallback = settings.InsecureSkipVerify ? AcceptAnything : null;
#pragma warning restore CA5359
        handler.SslOptions.CertificateChainPolicy = settings.InsecureSkipVerify ? null : TrustedRoots.Policy(settings.CaCertPem);
        return handler;
    }

    private static void SetProxy(SocketsHttpHandler handler, PoolSettings settings)
    {
        switch (settings.ProxyType)
        {
            case "http" or "socks5" when settings.ProxyUrl.Length > 0:
                var url = settings.ProxyUrl.Contains("://", StringComparison.Ordinal) ? settings.ProxyUrl : $"{settings.ProxyType}://{settings.ProxyUrl}";
                handler.UseProxy = true;
                var credentials = settings.ProxyUsername.Length > 0 ? new NetworkCredential(settings.ProxyUsername, settings.ProxyPassword.Reveal()) : null;
                handler.Proxy = new FixedProxy(new Uri(url), credentials);
                break;
            case "environment":
                // No proxy object: the handler then reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY itself.
                handler.UseProxy = true;
                break;
        }
    }

    private static bool AcceptAnything(
        object sender,
        System.Security.Cryptography.X509Certificates.X509Certificate? certificate,
        System.Security.Cryptography.X509Certificates.X509Chain? chain,
        System.Net.Security.SslPolicyErrors errors) => true;
}
