using System.Net;
using Yarp.ReverseProxy.Forwarder;

// yarp PORT MOCK_PORT [inline]: passes every request on to the mock provider, as its documentation sets it up; inline: with the gateway's
// settings of sockets besides.
var isInline = args is [.., "inline"];
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", isInline ? "1" : null);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(args[0])));
builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = isInline);
builder.Services.AddHttpForwarder();
var app = builder.Build();
var forwarder = app.Services.GetRequiredService<IHttpForwarder>();

// YARP's own advice for the handler (learn.microsoft.com/aspnet/core/fundamentals/servers/yarp/direct-forwarding).
using var client = new HttpMessageInvoker(new SocketsHttpHandler
{
    UseProxy = false,
    AllowAutoRedirect = false,
    AutomaticDecompression = DecompressionMethods.None,
    UseCookies = false,
    EnableMultipleHttp2Connections = true,
    ConnectTimeout = TimeSpan.FromSeconds(15),
});
var mock = $"http://127.0.0.1:{args[1]}/";
app.Run(async http => await forwarder.SendAsync(http, mock, client));
app.Run();
