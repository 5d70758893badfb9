using System.Net;
using Microsoft.Extensions.Logging.Console;

namespace BifrostLite.Endpoints;

/// <summary>Kestrel and logging as a gateway wants them.</summary>
internal static class GatewayServer
{
    /// <summary>
    /// Completions of sockets run on the thread that polls for them: 25 to 40 % less CPU a request (docs/decisions.md). The
    /// runtime reads this variable when the first socket is made; set it to 0 to have every completion on the thread pool.
    /// </summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <param name="builder">The server.</param>
    /// <param name="address">Null for "localhost": both loopback addresses.</param>
    /// <param name="port">0 takes any free one.</param>
    /// <param name="mostHeaderBytes">Most bytes of a request's headers.</param>
    public static void AddKestrel(this WebApplicationBuilder builder, IPAddress? address, int port, int mostHeaderBytes)
    {
        var inline = Environment.GetEnvironmentVariable(InlineCompletions) is not "0";
        if (inline)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }

        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = inline);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true; // HTTP/2 clients on the cleartext port say https

            // Sizes are ours to refuse, in the caller's dialect; a caller that reads slowly only slows its own upstream.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestHeadersTotalSize = mostHeaderBytes;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = mostHeaderBytes;
            if (address is null)
            {
                kestrel.ListenLocalhost(port, listen => listen.UsePriorKnowledge());
            }
            else
            {
                kestrel.Listen(address, port, listen => listen.UsePriorKnowledge());
            }
        });
        builder.Services.AddRoutingCore();
    }

    public static void AddConsole(this ILoggingBuilder logging, LogLevel level, bool json)
    {
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", level > LogLevel.Warning ? level : LogLevel.Warning);

        // The first says at every start that HTTP/2 wants TLS, which PriorKnowledge sees to; the second repeats what the command line reports.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level > LogLevel.Error ? level : LogLevel.Error);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // With any level on, hosting makes an activity and a log scope for every request; the gateway's own line has the id.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (json)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.ColorBehavior = LoggerColorBehavior.Default;
        });
    }
}
