using System.Globalization;
using System.Text;

namespace BifrostLite.Pipeline;

/// <summary>One attempt: who was called with which key, what came of it, and how long that took.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="KeyName">The credential's name in the configuration, never its value.</param>
/// <param name="Outcome">"ok", a status, or a word of <see cref="Outcomes"/>.</param>
/// <param name="Milliseconds">Up to the first frame or the failure.</param>
internal readonly record struct TrailEntry(string Provider, string Model, string KeyName, string Outcome, double Milliseconds);

/// <summary>The words for attempts that ended otherwise than with a status.</summary>
internal static class Outcomes
{
    public const string Ok = "ok";
    public const string Network = "network";
    public const string Timeout = "timeout";
    public const string Credential = "credential";
    public const string Address = "address";
    public const string BadAnswer = "bad_answer";
    public const string Untranslatable = "untranslatable";
    public const string Aborted = "aborted";

    /// <summary>Nobody was called: the provider or the model has failed too often of late.</summary>
    public const string Skipped = "skipped";

    /// <summary>Nobody was called: the caller has used up what it may use there.</summary>
    public const string Limited = "limited";

    /// <summary>Nobody was called: too many wait for the provider already.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>Nobody was called: the answer had been given before.</summary>
    public const string Cached = "cached";

    /// <summary>The answer had begun and did not come to its end.</summary>
    public const string CutOff = "cut_off";

    /// <summary>Another candidate was faster.</summary>
    public const string Outrun = "outrun";
}

/// <summary>
/// Every attempt of one exchange, in order. The first lies in a field: most exchanges have no second.
/// As a header it looks like <c>openai/gpt-5;key=main;outcome=429;ms=212, anthropic/claude;key=a;outcome=ok;ms=530</c>.
/// </summary>
internal sealed class Trail
{
    /// <summary>A header must stay below common proxy limits: so many attempts are named, the rest counted.</summary>
    private const int MostNamed = 10;

    /// <summary>Names come from configurations and callers; a longer one is cut.</summary>
    private const int MostNameCharacters = 64;

    private TrailEntry _first;
    private List<TrailEntry>? _more;

    public int Count { get; private set; }

    public TrailEntry this[int index] => index == 0 ? _first : _more![index - 1];

    /// <summary>Whether there is anything to tell beyond the name of who answered.</summary>
    public bool IsEventful => Count > 1 || (Count == 1 && _first.Outcome != Outcomes.Ok);

    public void Add(in TrailEntry entry)
    {
        if (Count++ == 0)
        {
            _first = entry;
        }
        else
        {
            (_more ??= []).Add(entry);
        }
    }

    /// <summary>The last attempt came to another end than it began with.</summary>
    public void AmendLast(string outcome)
    {
        if (Count == 1)
        {
            _first = _first with { Outcome = outcome };
        }
        else if (Count > 1)
        {
            _more![^1] = _more[^1] with { Outcome = outcome };
        }
    }

    /// <summary>The header's value.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(Count, MostNamed); i++)
        {
            var entry = this[i];
            text.Append(i > 0 ? ", " : "");
            AppendName(text, entry.Provider);
            AppendName(text.Append('/'), entry.Model);
            AppendName(text.Append(";key="), entry.KeyName);
            text.Append(CultureInfo.InvariantCulture, $";outcome={entry.Outcome};ms={entry.Milliseconds:0}");
        }

        return Count > MostNamed ? text.Append(CultureInfo.InvariantCulture, $", +{Count - MostNamed}").ToString() : text.ToString();
    }

    /// <summary>Nothing that could break a header line or be taken for a delimiter gets out.</summary>
    private static void AppendName(StringBuilder text, string name)
    {
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, MostNameCharacters)))
        {
            text.Append(character is > ' ' and <= '~' and not (',' or ';' or '"' or '\\') ? character : '_');
        }
    }
}
