using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Metrics;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// What a provider's model costs, is counted under and is called in JSON: kept by those who work it out, so that it is done once and not on
/// every request. Each slot is one reference, written whole: who comes too early works it out once more.
/// </summary>
internal sealed class ModelMemo
{
    /// <summary>Its name as a JSON string, quotes included.</summary>
    public byte[]? Quoted { get; set; }

    /// <summary>Where it is asked for whole answers and for streams, if that does not hang on the key.</summary>
    public Uri? WholeAddress { get; set; }

    public Uri? StreamAddress { get; set; }

    /// <summary>What it can do, for those who write its requests.</summary>
    public TargetModel? Target { get; set; }

    /// <summary>Its price on the sheet that was in force when it was looked for.</summary>
    public PricedModel? Priced { get; set; }

    /// <summary>Its counters, for whole answers and for streams.</summary>
    public ModelSeries? WholeSeries { get; set; }

    public ModelSeries? StreamSeries { get; set; }

    /// <summary>How the extra_fields of its answers begin, whole and streamed.</summary>
    public ExtrasStart? WholeExtras { get; set; }

    public ExtrasStart? StreamExtras { get; set; }
}

/// <param name="Sheet">The sheet.</param>
/// <param name="Price">The price on it; null where it has none.</param>
internal sealed record PricedModel(PriceSheet Sheet, ModelPrice? Price);

/// <param name="Requested">The model as the caller named it, which is repeated in them.</param>
/// <param name="Json">The members that stay the same, the object left open.</param>
internal sealed record ExtrasStart(string Requested, byte[] Json);
