using System.Net;
using BifrostLite.Providers.Auth.Aws;

namespace BifrostLite.Tests.Unit.Providers.Auth.Aws;

/// <summary>A machine with the files, variables and services a test gives it, and no others.</summary>
internal sealed class FakeMachine
{
    public FakeMachine()
    {
        var http = new HttpMessageInvoker(new ScriptedHandler((request, _) => Task.FromResult(Answer(request))));
        Surroundings = new AwsSurroundings
        {
            Clock = Clock,
            Variable = name => Variables.GetValueOrDefault(name),
            ReadFile = path => Files.GetValueOrDefault(path.Replace('\\', '/')),
            Home = "/home/me",
            Http = http,
            LocalHttp = http,
            Run = (command, _) => Task.FromResult(Programs.TryGetValue(command, out var output) ? (0, output) : (127, "")),
        };
    }

    public FixedClock Clock { get; } = new(ProviderKit.Now);

    public Dictionary<string, string> Variables { get; } = [];

    public Dictionary<string, string> Files { get; } = [];

    public Dictionary<string, string> Programs { get; } = [];

    /// <summary>Answers by "METHOD address".</summary>
    public Dictionary<string, Func<HttpRequestMessage, string>> Services { get; } = [];

    /// <summary>What was asked, with the body of forms.</summary>
    public List<string> Asked { get; } = [];

    public AwsSurroundings Surroundings { get; }

    public AwsCredentialChain Chain() => new(Surroundings, new AwsSigner(Clock));

    private HttpResponseMessage Answer(HttpRequestMessage request)
    {
        var name = $"{request.Method} {request.RequestUri}";
        var body = request.Content?.ReadAsStringAsync().GetAwaiter().GetResult() ?? "";
        Asked.Add(body.Length == 0 ? name : $"{name} {body}");
        return Services.TryGetValue(name, out var answer)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer(request)) }
            : new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent("") };
    }
}
