namespace BifrostLite.Configuration.Shapes;

/// <summary>What the characters of a text must look like.</summary>
internal enum TextForm
{
    Free,

    /// <summary>At least one character.</summary>
    NotEmpty,

    /// <summary>An absolute http or https URL.</summary>
    Url,

    /// <summary>An absolute https URL, or an http one of this machine.</summary>
    SafeUrl,

    /// <summary>An absolute http, https or file URL: where a data sheet is read from.</summary>
    SheetUrl,

    /// <summary>A duration as Go writes it: 250ms, 1m30s.</summary>
    Duration,

    /// <summary>A window after which a budget or limit starts anew: 30s, 1h, 1d, 1w, 1M, 1Q, 1Y.</summary>
    Period,

    /// <summary>A path or a full URL.</summary>
    PathOrUrl,
}
