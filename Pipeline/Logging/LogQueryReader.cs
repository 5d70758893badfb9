using System.Globalization;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Logging;

/// <summary>The query string of /api/logs as a <see cref="LogQuery"/>. What cannot be read is a complaint, never ignored.</summary>
internal sealed class LogQueryReader(IQueryCollection query, DateTimeOffset now)
{
    private const int MostLimit = 1000;

    /// <summary>Ten years: nothing is kept longer.</summary>
    private const int MostDays = 3650;

    /// <summary>Filters of Bifrost that mean nothing here; ignoring them would show everything as if it matched.</summary>
    private static readonly string[] Unknown =
    [
        "routing_rule_ids", "routing_engine_used", "session_id", "parent_request_id", "tool_call_names", "project_ids",
        "complexity_tiers", "complexity_mechanisms", "user_ids", "team_ids", "customer_ids", "stop_reasons",
    ];

    public string? Complaint { get; private set; }

    public LogQuery Read()
    {
        foreach (var name in Unknown)
        {
            if (query[name].ToString().Length > 0)
            {
                Complaint ??= $"{name} is no filter here: the log does not know it.";
            }
        }

        return Query();
    }

    private LogQuery Query() => new()
    {
        Filter = new LogFilter
        {
            From = Moment("start_time") ?? Period(),
            To = Moment("end_time"),
            Providers = List("providers"),
            Models = List("models"),
            VirtualKeys = List("virtual_key_ids"),
            KeyNames = List("selected_key_ids"),
            Ids = List("request_id"),
            Operations = List("objects"),
            Content = InJson(query["content_search"].ToString()),
            IsCostMissing = Word("missing_cost_only", ["true", "false"]) == "true",
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

    /// <summary>As it stands in a body, which is JSON.</summary>
    private static string InJson(string text) => text.Length == 0 ? "" : Encoding.UTF8.GetString(JsonText.From(text).Span);

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

    /// <summary>"24h", "7d": so far back from now.</summary>
    private DateTimeOffset? Period()
    {
        var text = query["period"].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        var days = text[^1] switch { 'm' => 1.0 / 1440, 'h' => 1.0 / 24, 'd' => 1, 'w' => 7, _ => 0 };
        if (days > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count * days <= MostDays)
        {
            return now - TimeSpan.FromDays(count * days);
        }

        Complaint ??= "period must be a length of time such as 1h, 24h, 7d or 4w.";
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
