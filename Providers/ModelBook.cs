using System.Collections.Concurrent;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers;

/// <summary>Remembers what is known of a provider's models: working it out from a name costs a microsecond, on every request.</summary>
internal sealed class ModelBook(Func<string, TargetModel> describe)
{
    // Model names come from callers: without a limit the book would grow with every made-up name.
    private const int MostEntries = 2048;

    private readonly ConcurrentDictionary<string, TargetModel> _known = new(StringComparer.Ordinal);

    public TargetModel Find(string model)
    {
        if (_known.TryGetValue(model, out var known))
        {
            return known;
        }

        known = describe(model);
        if (_known.Count < MostEntries)
        {
            _known.TryAdd(model, known);
        }

        return known;
    }
}
