using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BifrostLite.Endpoints;

/// <summary>
/// Serves HTTP/1.1 and cleartext HTTP/2 by prior knowledge (RFC 9113 section 3.3) on one port: the AWS SDK for JavaScript
/// opens with the HTTP/2 preface even on http://. Kestrel chooses the protocol by ALPN only, so a connection that begins
/// with the preface is dressed as one whose TLS handshake chose "h2".
/// </summary>
internal static class PriorKnowledge
{
    private static ReadOnlySpan<byte> Preface => "PRI "u8;

    public static void UsePriorKnowledge(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.Use(next => async connection =>
        {
            if (await BeginsWithPrefaceAsync(connection.Transport.Input, connection.ConnectionClosed))
            {
                var dress = new TlsDress();
                connection.Features.Set<ITlsConnectionFeature>(dress);
                connection.Features.Set<ITlsApplicationProtocolFeature>(dress);
            }

            await next(connection);
        });
    }

    private static async ValueTask<bool> BeginsWithPrefaceAsync(PipeReader input, CancellationToken closed)
    {
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync(closed);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                return false;
            }

            var seen = Compare(result.Buffer);
            input.AdvanceTo(result.Buffer.Start, seen is null ? result.Buffer.End : result.Buffer.Start);
            if (seen is not null || result.IsCompleted)
            {
                return seen ?? false;
            }
        }
    }

    /// <summary>Null while too few bytes are there to tell.</summary>
    private static bool? Compare(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> head = stackalloc byte[4];
        var count = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, count).CopyTo(head);
        return !Preface.StartsWith(head[..count]) ? false : count == Preface.Length ? true : null;
    }

    private sealed class TlsDress : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = SslApplicationProtocol.Http2.Protocol;

        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
