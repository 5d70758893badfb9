using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>
/// Every way a provider fails, whole and streamed, in four dialects: what the caller sees, how many calls the provider saw,
/// which attempts are named. The table in docs/reliability.md is what these runs gave.
/// </summary>
public partial class FailureMatrixTests : FunctionalTest
{
    private static readonly string[] DialectsAsked = ["chat", "responses", "messages", "converse"];

    private readonly List<(bool IsStream, bool IsGuarded, string Dialect, string Text)> _bills = [];
    private int _models;

    [Fact]
    public async Task Matrix_IsTheOneInTheDocuments()
    {
        await using var gateways = new MatrixGateways(Upstream);
        var lines = new List<string>();
        foreach (var failure in FailureCases.All)
        {
            _bills.Clear();
            var cells = $"{await CellsAsync(gateways, failure, isStream: false)} | {await CellsAsync(gateways, failure, isStream: true)}";
            lines.Add($"| {failure.Name} | {cells} | {MatrixBill.Column(_bills)} |");
        }

        Compare(string.Join('\n', lines) + "\n");
    }

    /// <summary>Two cells of the table: alone, and with a retry and a fallback.</summary>
    private async Task<string> CellsAsync(MatrixGateways gateways, FailureCase failure, bool isStream)
    {
        if (!failure.Asked.HasFlag(isStream ? Asked.Stream : Asked.Whole))
        {
            return "– | –";
        }

        return $"{await CellAsync(gateways, failure, isStream, isGuarded: false)} | {await CellAsync(gateways, failure, isStream, isGuarded: true)}";
    }

    /// <summary>What all dialects agree on; where one differs it is named.</summary>
    private async Task<string> CellAsync(MatrixGateways gateways, FailureCase failure, bool isStream, bool isGuarded)
    {
        var cells = new List<(string Dialect, string Text)>();
        foreach (var dialect in failure.Only.Length > 0 ? failure.Only : DialectsAsked)
        {
            var cell = await RunAsync(gateways, failure, dialect, isStream, isGuarded);
            cells.Add((dialect, cell.ToString()));
            _bills.Add((isStream, isGuarded, dialect, cell.Billed));
        }

        return string.Join("<br>", cells.GroupBy(cell => cell.Text).Select(group =>
            group.Count() == cells.Count ? group.Key : $"{string.Join(", ", group.Select(cell => cell.Dialect))}: {group.Key}"));
    }

    private async Task<MatrixCell> RunAsync(MatrixGateways gateways, FailureCase failure, string dialect, bool isStream, bool isGuarded)
    {
        var gateway = await gateways.GetAsync(failure.Setup, isGuarded);
        var model = $"m{++_models}";
        var scene = Scene.Of(dialect);
        var hasRead = new CallersRead();
        var silent = new List<ProviderCall>();
        Upstream.Requests.Clear();
        Upstream.Always = http => PlayAsync(http, failure, scene, isStream, hasRead, silent);

        var path = (isStream ? scene.StreamPath : scene.Path).Replace("%2Fm/", $"%2F{model}/", StringComparison.Ordinal);
        var body = (isStream ? scene.StreamBody : scene.Body).Replace("/m\"", $"/{model}\"", StringComparison.Ordinal);
        body = isGuarded ? body[..^1] + $",\"fallbacks\":[\"chatonly/spare-{model}\"]}}" : body;
        var bill = new MatrixBill(gateway);
        var call = AskAsync(gateway, path, body, dialect, isStream, hasRead);
        var cell = await PassAsync(gateways, failure, call, silent) with { Calls = Upstream.Requests.Count };

        cell = cell with { Billed = await bill.TellAsync(cell.Client is "answer" or "whole stream") };
        AssertConduct(failure, cell, isGuarded);
        return cell;
    }

    private Task PlayAsync(HttpContext http, FailureCase failure, Scene scene, bool isStream, CallersRead hasRead, List<ProviderCall> silent)
    {
        var request = Upstream.Requests.Last();
        if (request.Text.Contains("\"spare-", StringComparison.Ordinal))
        {
            var spare = new ProviderCall(http, Scene.Of("chat"), isStream, 0, Upstream, hasRead);
            return failure.AllFail ? spare.ErrorAsync(500) : FailureCases.SoundAsync(spare);
        }

        var call = new ProviderCall(http, scene, isStream, Upstream.Requests.Count - 1, Upstream, hasRead);
        lock (silent)
        {
            silent.Add(call);
        }

        return failure.Answer(call);
    }

    private static async Task<MatrixCell> AskAsync(RunningGateway gateway, string path, string body, string dialect, bool isStream, CallersRead hasRead)
    {
        using var response = await gateway.PostAsync(path, body);
        var trail = response.Headers.TryGetValues("x-bf-trail", out var values) ? string.Join(", ", Outcome().Matches(string.Join(",", values)).Select(match => match.Groups[1].Value)) : "";
        if ((int)response.StatusCode != 200)
        {
            hasRead.End();
            var text = await TextAsync(response);
            if (!IsProvidersOwn(text))
            {
                using var error = JsonDocument.Parse(text);
                Assert.NotEqual("", Envelope.Message(dialect, error.RootElement));
            }

            return new MatrixCell($"**{(int)response.StatusCode}**", 0, trail);
        }

        using var read = new MemoryStream();
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[64 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            read.Write(buffer, 0, count);
            hasRead.Add(count);
        }

        return new MatrixCell(isStream ? Ending(dialect, Encoding.Latin1.GetString(read.ToArray())) : "answer", 0, trail);
    }

    /// <summary>A provider's own error passes as it is where both sides speak one dialect.</summary>
    private static bool IsProvidersOwn(string body) =>
        body.Contains("from the provider", StringComparison.Ordinal) || body.Contains("against the rules", StringComparison.Ordinal);

    /// <summary>Lets time pass while a provider is silent, and only then.</summary>
    private static async Task<MatrixCell> PassAsync(MatrixGateways gateways, FailureCase failure, Task<MatrixCell> call, List<ProviderCall> silent)
    {
        while (failure.Step > TimeSpan.Zero && !call.IsCompleted)
        {
            bool isSilent;
            lock (silent)
            {
                isSilent = silent.Exists(each => !each.HungUp.Task.IsCompleted);
            }

            if (isSilent)
            {
                gateways.Time.Advance(failure.Step);
            }

            await Task.WhenAny(call, Task.Delay(5));
        }

        return await call.WaitAsync(Patience);
    }

    private static string Ending(string dialect, string stream)
    {
        var (error, end) = dialect switch
        {
            "chat" => ("data: {\"error\":", "\"finish_reason\":\"stop\""),
            "responses" => ("event: error\n|event: response.failed\n", "event: response.completed"),
            "messages" => ("event: error\n", "event: message_stop"),
            _ => (":exception-type", "messageStop"),
        };
        var hasError = error.Split('|').Any(word => stream.Contains(word, StringComparison.Ordinal));
        var hasEnd = stream.Contains(end, StringComparison.Ordinal);
        Assert.True(hasError || hasEnd, "A stream came to no end at all: " + stream);
        return hasError ? "200, then an error event" : "whole stream";
    }

    /// <summary>What holds for every line, whatever the table says.</summary>
    private static void AssertConduct(FailureCase failure, MatrixCell cell, bool isGuarded)
    {
        if (!isGuarded && !failure.PrimaryRecovers)
        {
            Assert.False(cell.Client is "answer" or "whole stream", $"{failure.Name}: a failure passed as a success.");
        }

        if (isGuarded && (failure.PrimaryRecovers || failure.Setup is not Setup.Usual))
        {
            Assert.True(cell.Client is "answer" or "whole stream", $"{failure.Name}: nobody came to the rescue: {cell}");
        }

        Assert.InRange(cell.Calls, 0, 4);

        // Nobody gets an answer for nothing.
        Assert.False(cell.Client is "answer" or "whole stream" && cell.Billed == "nothing", $"{failure.Name}: {cell}: billed {cell.Billed}");
    }

    private static void Compare(string table, [CallerFilePath] string here = "")
    {
        var path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/reliability.md"));
        var document = File.ReadAllText(path);
        var start = document.IndexOf("<!-- matrix -->\n", StringComparison.Ordinal) + "<!-- matrix -->\n".Length;
        var rows = document.IndexOf("|---", start, StringComparison.Ordinal);
        rows = document.IndexOf('\n', rows) + 1;
        var end = document.IndexOf("<!-- /matrix -->", rows, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable(Golden.GoldenFile.AcceptVariable) == "1")
        {
            File.WriteAllText(path, document[..rows] + table + document[end..]);
            return;
        }

        Assert.Equal(document[rows..end], table);
    }

    [GeneratedRegex("outcome=([^;]+);")]
    private static partial Regex Outcome();
}
