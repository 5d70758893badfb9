using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>One way to serve a request.</summary>
/// <param name="Provider">Whom to call.</param>
/// <param name="Route">In which dialect and at which path.</param>
/// <param name="Dialect">That dialect.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Key">With which credential.</param>
/// <param name="IsVerbatim">It speaks the caller's dialect: bytes go through untouched.</param>
internal sealed record Candidate(Provider Provider, ProviderRoute Route, Dialect Dialect, string Model, KeyConfig Key, bool IsVerbatim)
{
    /// <summary>The model as it was asked for, without the provider: another key may know it by another name.</summary>
    public required string Asked { get; init; }

    /// <summary>What is remembered of the provider.</summary>
    public required Lane Lane { get; init; }

    /// <summary>How far it is bound to its key.</summary>
    public KeyHold Hold { get; init; }

    /// <summary>Tokens are to be counted and the provider cannot be asked: nobody is called.</summary>
    public bool IsEstimate { get; init; }

    /// <summary>What was worked out for the model already.</summary>
    public ModelMemo Memo { get => field ??= new ModelMemo(); init; }

    /// <summary>What the model can do.</summary>
    public TargetModel Target => Memo.Target ??= Provider.Describe(Model);

    /// <summary>The same with another key, by its name of the model.</summary>
    public Candidate With(KeyConfig key)
    {
        if (ReferenceEquals(key, Key))
        {
            return this;
        }

        var model = KeyRing.ProviderModel(key, Asked);
        return this with { Key = key, Model = model, Memo = model == Model ? Memo : new ModelMemo() };
    }
}
