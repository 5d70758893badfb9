namespace BifrostLite.Configuration.Shapes;

/// <summary>What a key does in this gateway; decides whether its presence is worth a notice at start.</summary>
internal enum Effect
{
    /// <summary>Works.</summary>
    Full,

    /// <summary>Read and checked, but nothing is done with it in this version.</summary>
    NotYet,

    /// <summary>Tunes something this gateway is built without (object pools, a web UI): nothing to do, and never will be.</summary>
    NotNeeded,

    /// <summary>Bookkeeping that Bifrost writes into its files; ignored without a word.</summary>
    Bookkeeping,
}
