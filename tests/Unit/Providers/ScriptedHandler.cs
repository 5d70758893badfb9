using System.Net;

namespace BifrostLite.Tests.Unit.Providers;

/// <summary>An upstream that answers by script and keeps what it was asked.</summary>
internal sealed class ScriptedHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> script) : HttpMessageHandler
{
    public List<HttpRequestMessage> Requests { get; } = [];

    public List<string> Bodies { get; } = [];

    public static ScriptedHandler Ok(string body = "{}") =>
        new((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body) }));

    public string Header(string name) => string.Join(',', Requests[^1].Headers.TryGetValues(name, out var values) ? values : []);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        return await script(request, cancellationToken);
    }
}
