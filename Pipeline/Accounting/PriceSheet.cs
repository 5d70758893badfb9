using System.Collections.Concurrent;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// A price sheet in memory. Found are exact names first, then what is the same model under another name: without the date,
/// the region or the vendor before it, at the provider it is bought from.
/// </summary>
internal sealed class PriceSheet
{
    /// <summary>Names come from callers: more than this many are not remembered.</summary>
    private const int MaxRemembered = 4096;

    private static readonly ModelPrice Unknown = new("", "", []);

    private readonly Dictionary<string, ModelPrice> _models = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What a look-up came to: the chain of names is walked once for each.</summary>
    private readonly ConcurrentDictionary<string, ModelPrice> _found = new(StringComparer.Ordinal);

    /// <param name="models">Every model with a price; of two of one name the first counts.</param>
    /// <param name="source">Where the sheet is from, for people.</param>
    /// <param name="date">When it was true, where it says so.</param>
    public PriceSheet(IReadOnlyList<ModelPrice> models, string source, string date)
    {
        Source = source;
        Date = date;
        foreach (var model in models)
        {
            _models.TryAdd(Key(model.Provider, model.Model), model);
        }
    }

    public string Source { get; }

    public string Date { get; }

    public int Count => _models.Count;

    /// <summary>The price of a model, or null where nobody told it.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="wire">Whose wire a custom provider speaks, and so whose models it may sell; the provider itself else.</param>
    /// <param name="model">The provider's name of the model.</param>
    public ModelPrice? Find(string provider, string wire, string model)
    {
        var key = Key(provider, model);
        if (!_found.TryGetValue(key, out var price))
        {
            price = Search(provider, wire, model) ?? Unknown;
            if (_found.Count < MaxRemembered)
            {
                _found.TryAdd(key, price);
            }
        }

        return ReferenceEquals(price, Unknown) ? null : price;
    }

    private static string Key(string provider, string model) => string.Concat(provider, "|", model);

    private ModelPrice? Search(string provider, string wire, string model)
    {
        if (At(provider, model) is { } own)
        {
            return own;
        }

        if (wire != provider && At(wire, model) is { } bought)
        {
            return bought;
        }

        // vendor/model, as OpenRouter and its like write it. What runs on one's own machine is not billed by the vendor.
        if (provider is "ollama" or "vllm" or "sgl" || wire is "ollama" or "vllm" or "sgl")
        {
            return null;
        }

        var slash = model.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < model.Length - 1 ? At(SheetProviders.Ours(model[..slash]), model[(slash + 1)..]) ?? At(provider, model[(slash + 1)..]) : null;
    }

    private ModelPrice? At(string provider, string model)
    {
        foreach (var name in ModelNames.Of(provider, model))
        {
            if (_models.TryGetValue(Key(provider, name), out var price))
            {
                return price;
            }
        }

        foreach (var relative in SheetProviders.Relatives(provider))
        {
            foreach (var name in ModelNames.Of(relative, model))
            {
                if (_models.TryGetValue(Key(relative, name), out var price))
                {
                    return price;
                }
            }
        }

        return null;
    }
}
