using System.Globalization;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>The query string of /api/logs as a <see cref="LogQuery"/>. What cannot be read is a complaint, never ignored.</summary>
internal sealed class LogQueryReader(IQueryCollection query)
{
    private const int MostLimit = 1000;

    public string? Complaint { get; private set; }

    public LogQuery Read() => new()
    {
        Filter = new LogFilter
        {
            From = Moment("start_time"),
            To = Moment("end_time"),
            Providers = List("providers"),
            Models = List("models"),
            VirtualKeys = List("virtual_key_ids"),
            Operations = List("objects"),
            IsError = Status(),
            MinMilliseconds = Real("min_latency"),
            MaxMilliseconds = Real("max_latency"),
            MinTokens = Whole("min_tokens", 0),
            MaxTokens = Whole("max_tokens", 0),
            MinCost = Real("min_cost"),
            MaxCost = Real("max_cost"),
        },
        Order = Word("sort_by", ["timestamp", "latency", "tokens", "cost"]) switch
        {
            "latency" => LogOrder.Milliseconds,
            "tokens" => LogOrder.Tokens,
            "cost" => LogOrder.Cost,
            _ => LogOrder.Time,
        },
        Ascending = Word("order", ["asc", "desc"]) == "asc",
        Limit = (int)(Whole("limit", 1, MostLimit) ?? 50),
        Offset = (int)(Whole("offset", 0) ?? 0),
        CountsTotal = true,
    };

    private bool? Status() => Word("status", ["success", "error", "success,error", "error,success"]) switch
    {
        "success" => false,
        "error" => true,
        _ => null,
    };

    private string Word(string name, ReadOnlySpan<string> known)
    {
        var text = query[name].ToString();
        if (text.Length > 0 && !known.Contains(text))
        {
            Complaint ??= $"{name} must be one of {string.Join(", ", known)}.";
        }

        return text;
    }

    private string[] List(string name) => query[name].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private DateTimeOffset? Moment(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        // A "+" of a time zone that was not encoded arrives as a blank.
        if (DateTimeOffset.TryParse(text.Replace(' ', '+'), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment;
        }

        Complaint ??= $"{name} must be a time such as 2026-01-31T12:00:00Z.";
        return null;
    }

    private double? Real(string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            return number;
        }

        Complaint ??= $"{name} must be a number.";
        return null;
    }

    private long? Whole(string name, int least, int most = int.MaxValue)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Complaint ??= most == int.MaxValue ? $"{name} must be a whole number from {least} on." : $"{name} must be a whole number from {least} to {most}.";
        return null;
    }
}
