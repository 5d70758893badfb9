using System.Collections.Concurrent;
using BifrostLite.Configuration;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// What is remembered of one provider over requests and reloads: which of its models fail, which keys rest for which
/// model, and how many calls run. While nothing is wrong and no limit is set, all of it costs a look at a field.
/// </summary>
internal sealed class Lane(TimeProvider clock)
{
    /// <summary>A rate limit without a word on when it ends: as long as the shortest windows of providers last.</summary>
    private static readonly TimeSpan DefaultRest = TimeSpan.FromSeconds(1);

    /// <summary>A refused key stays refused until somebody mends it; a minute is how late that may be noticed.</summary>
    private static readonly TimeSpan RefusedRest = TimeSpan.FromMinutes(1);

    /// <summary>Callers choose models' names: more than this is not remembered.</summary>
    private const int MostRemembered = 4096;

    private readonly ConcurrentDictionary<string, Circuit> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Latencies> _latencies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Latencies> _streamLatencies = new(StringComparer.Ordinal);

    /// <summary>By <see cref="Place"/>. Keys and values of these maps are classes: native code is made once for all of those.</summary>
    private readonly ConcurrentDictionary<string, Resting> _resting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _failedKeys = new(StringComparer.Ordinal);
    private volatile bool _isTroubled;

    /// <summary>Limits how many calls run; null for no limit.</summary>
    public Gate? Gate { get; private set; }

    /// <summary>Whether the candidate may be asked, as far as its past goes. One that is about to be probed admits one.</summary>
    public bool Admits(Candidate candidate) =>
        !_isTroubled

        // The circuit last: who is admitted as a probe must be asked.
        || (!AllRest(candidate) && (!_models.TryGetValue(candidate.Model, out var circuit) || circuit.Admits()));

    /// <summary>Whether a key is rate limited or refused for a model at present.</summary>
    public bool Rests(KeyConfig key, string model)
    {
        if (!_isTroubled || !_resting.TryGetValue(Place(key, model), out var rest))
        {
            return false;
        }

        if (rest.Until > clock.GetTimestamp())
        {
            return true;
        }

        _resting.TryRemove(Place(key, model), out _);
        return false;
    }

    /// <summary>Whether it has failed so often that others should be asked.</summary>
    public bool IsOpen(Candidate candidate) => _isTroubled && _models.TryGetValue(candidate.Model, out var circuit) && circuit.IsOpen;

    public void Succeeded(Candidate candidate)
    {
        if (_isTroubled)
        {
            _models.TryRemove(candidate.Model, out _);
            _resting.TryRemove(Place(candidate.Key, candidate.Asked), out _);
            _failedKeys.TryRemove(candidate.Key.Name, out _);
            _isTroubled = !_models.IsEmpty || !_resting.IsEmpty || !_failedKeys.IsEmpty;
        }
    }

    /// <summary>The provider failed, not the request.</summary>
    public void Failed(Candidate candidate)
    {
        if (_models.Count < MostRemembered || _models.ContainsKey(candidate.Model))
        {
            _models.GetOrAdd(candidate.Model, static (_, clock) => new Circuit(clock), clock).Fail();
            KeyFailed(candidate);
        }
    }

    /// <summary>An answer that had begun did not come to its end.</summary>
    public void CutOff(Candidate candidate, GatewayError failure)
    {
        if (failure.Kind is ErrorKind.BadGateway or ErrorKind.Timeout)
        {
            Failed(candidate);
        }
    }

    /// <summary>Neither: a probe that told nothing.</summary>
    public void Withdrawn(Candidate candidate)
    {
        if (_isTroubled && _models.TryGetValue(candidate.Model, out var circuit))
        {
            circuit.Withdraw();
        }
    }

    /// <summary>The key is rate limited (as long as it was told) or refused.</summary>
    public void Rest(Candidate candidate, bool isRefused, TimeSpan? advised)
    {
        if (_resting.Count < MostRemembered)
        {
            var rest = isRefused ? RefusedRest : advised ?? DefaultRest;
            _resting[Place(candidate.Key, candidate.Asked)] = new Resting(clock.GetTimestamp() + (long)(rest.TotalSeconds * clock.TimestampFrequency));
            KeyFailed(candidate);
        }
    }

    /// <summary>Whether the last call with a key that told anything of it went well; one that nobody used yet counts as such.</summary>
    public bool IsUp(KeyConfig key) => !_failedKeys.ContainsKey(key.Name);

    /// <summary>An answer began so many milliseconds after it was asked for, or was given up by then.</summary>
    public void Began(Candidate candidate, bool isStream, double milliseconds)
    {
        var known = isStream ? _streamLatencies : _latencies;
        if (known.Count < MostRemembered || known.ContainsKey(candidate.Model))
        {
            known.GetOrAdd(candidate.Model, static _ => new Latencies()).Add(milliseconds);
        }
    }

    /// <summary>The time within which so many percent of the model's answers began; null while too little is known.</summary>
    public TimeSpan? Percentile(Candidate candidate, bool isStream, double percent) =>
        (isStream ? _streamLatencies : _latencies).TryGetValue(candidate.Model, out var latencies) ? latencies.Percentile(percent) : null;

    /// <summary>Takes over the limits of a new configuration.</summary>
    public void Configure(ConcurrencyConfig? limits)
    {
        if (limits is null)
        {
            Gate = null;
        }
        else if (Gate is { } gate)
        {
            gate.Resize(limits);
        }
        else
        {
            Gate = new Gate(limits);
        }
    }

    private static string Place(KeyConfig key, string model) => $"{key.Name}\n{model}";

    /// <summary>A caller's own key has no name of the configuration's; those are not many.</summary>
    private void KeyFailed(Candidate candidate)
    {
        if (_failedKeys.Count < MostRemembered)
        {
            _failedKeys[candidate.Key.Name] = candidate.Key.Name;
        }

        _isTroubled = true;
    }

    private bool AllRest(Candidate candidate)
    {
        if (_resting.IsEmpty)
        {
            return false;
        }

        foreach (var key in candidate.Provider.Keys)
        {
            if (KeyRing.MayServe(key, candidate.Asked) && !Rests(key, candidate.Asked))
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="Until">Timestamp.</param>
    private sealed record Resting(long Until);
}
