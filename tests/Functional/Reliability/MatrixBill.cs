using BifrostLite.Pipeline.Metrics;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>What was billed, read off the counters from which limits, logs and metrics are fed: before a request and when it is settled.</summary>
internal sealed class MatrixBill
{
    private readonly GatewayMetrics _metrics;
    private readonly Dictionary<ModelSeries, (long Tokens, long Estimated)> _before = [];

    public MatrixBill(RunningGateway gateway)
    {
        _metrics = gateway.Service<GatewayMetrics>();
        foreach (var series in _metrics.Models)
        {
            _before[series] = (TokensOf(series), series.Estimated);
        }
    }

    /// <summary>Waits until the request is settled.</summary>
    /// <param name="hasAnswer">The caller got an answer to its end.</param>
    public async Task<string> TellAsync(bool hasAnswer)
    {
        while (_metrics.Active > 0)
        {
            await Task.Delay(1);
        }

        var billed = 0;
        var isEstimate = false;
        foreach (var series in _metrics.Models)
        {
            var (tokens, estimated) = _before.GetValueOrDefault(series);
            billed += TokensOf(series) > tokens ? 1 : 0;
            isEstimate |= series.Estimated > estimated;
        }

        var what = billed == 0 ? "nothing" : !hasAnswer ? "what came" : billed == 1 ? "the answer" : "the answer and what came before";
        return isEstimate ? what + ", counted by the gateway" : what;
    }

    /// <summary>One column of the table: alone / guarded, whole and streamed apart where they differ.</summary>
    /// <param name="bills">Of all runs of one failure.</param>
    public static string Column(IReadOnlyList<(bool IsStream, bool IsGuarded, string Dialect, string Text)> bills)
    {
        var whole = Pair(bills, isStream: false);
        var streamed = Pair(bills, isStream: true);
        return whole.Length == 0 || whole == streamed ? streamed : streamed.Length == 0 ? whole : $"whole: {whole}<br>streamed: {streamed}";
    }

    private static string Pair(IReadOnlyList<(bool IsStream, bool IsGuarded, string Dialect, string Text)> bills, bool isStream)
    {
        var alone = Side(bills.Where(bill => bill.IsStream == isStream && !bill.IsGuarded).ToList());
        var guarded = Side(bills.Where(bill => bill.IsStream == isStream && bill.IsGuarded).ToList());
        return alone == guarded ? alone : $"{alone} / {guarded}";
    }

    /// <summary>What most dialects say, and those that say something else.</summary>
    private static string Side(List<(bool IsStream, bool IsGuarded, string Dialect, string Text)> bills)
    {
        var groups = bills.GroupBy(bill => bill.Text).OrderByDescending(group => group.Count()).ToList();
        var others = groups.Skip(1).Select(group => $"{string.Join(", ", group.Select(bill => bill.Dialect))}: {group.Key}");
        return groups.Count == 0 ? "" : groups.Count == 1 ? groups[0].Key : $"{groups[0].Key} ({string.Join("; ", others)})";
    }

    private static long TokensOf(ModelSeries series) => series.InputTokens + series.OutputTokens;
}
