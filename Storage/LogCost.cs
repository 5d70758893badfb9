using System.Globalization;
using System.Text;

namespace BifrostLite.Storage;

/// <summary>What an entry of the log is found to have cost, in dollars.</summary>
internal sealed record LogCost(long Sequence, double Cost)
{
    /// <summary>The statement that says so for all of them at once, for both engines. Numbers alone stand in it, which cannot carry anything else.</summary>
    public static string Update(IReadOnlyList<LogCost> costs)
    {
        var cases = new StringBuilder();
        var places = new StringBuilder();
        foreach (var (sequence, cost) in costs)
        {
            cases.Append(CultureInfo.InvariantCulture, $" WHEN {sequence} THEN {cost:R}");
            places.Append(places.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{sequence}");
        }

        return $"UPDATE lite_logs SET cost = CASE seq{cases} END WHERE seq IN ({places})";
    }
}
