namespace BifrostLite.Storage;

/// <summary>Why a store could not do what it was asked.</summary>
internal enum StoreFaultKind
{
    /// <summary>No connection, or the store is closed.</summary>
    Unavailable,

    /// <summary>The disk or the database's quota is full.</summary>
    Full,

    /// <summary>The file or file system takes no writes.</summary>
    ReadOnly,

    /// <summary>Somebody else holds the database for too long.</summary>
    Locked,

    /// <summary>The file is damaged, or none of this gateway's.</summary>
    Corrupt,

    /// <summary>More waits to be stored than the queue holds.</summary>
    Overloaded,

    /// <summary>Anything else the engine says.</summary>
    Failed,
}

/// <summary>A store's trouble as a value: the kind for code, the message for people. Holds no content and no secret.</summary>
internal sealed record StoreFault(StoreFaultKind Kind, string Message)
{
    public static readonly StoreFault Overloaded = new(StoreFaultKind.Overloaded, "more is waiting to be stored than the store's queue holds");

    public static readonly StoreFault Closed = new(StoreFaultKind.Unavailable, "the store is closed");
}
