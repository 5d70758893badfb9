namespace BifrostLite.Providers;

/// <summary>Why an attempt failed, as far as it decides what is done next.</summary>
internal enum FailureCause
{
    /// <summary>The gateway itself: no body could be made, nobody was called.</summary>
    Gateway,

    /// <summary>The connection was refused, broke, or could not be made in time.</summary>
    Network,

    /// <summary>The way there is wrong and stays so: no address, a redirect, a certificate that is not trusted.</summary>
    Address,

    /// <summary>The credential could not be had.</summary>
    Credential,

    /// <summary>Nothing came within a time limit.</summary>
    Timeout,

    /// <summary>The time of the request as a whole is used up.</summary>
    Deadline,

    /// <summary>Too many requests wait for the provider already.</summary>
    QueueFull,

    /// <summary>The provider answered with an error status.</summary>
    Refused,

    /// <summary>2xx, but an error, nothing, or something that is no answer.</summary>
    BadAnswer,
}
