using System.Net;
using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>Everything "serve" needs to start: the command line after flags, environment variables and defaults are settled.</summary>
internal sealed record ServeOptions
{
    /// <summary>Where config.json is looked for and what is stored is kept; a full path, which may not exist.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>The host as it was given: an IP address, or "localhost".</summary>
    public required string Host { get; init; }

    /// <summary>The address to bind; null for "localhost", which is both loopback addresses.</summary>
    public required IPAddress? Address { get; init; }

    /// <summary>The port to bind; 0 for any free one.</summary>
    public required int Port { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogStyle LogStyle { get; init; }

    /// <summary>The operator said by name that callers without a key may come from other machines.</summary>
    public required bool AllowUnauthenticated { get; init; }

    /// <summary>The first snapshot, already validated.</summary>
    public required GatewayConfig Config { get; init; }

    /// <summary>Whether only this machine can reach the server.</summary>
    public bool IsLoopback => Address is null || IPAddress.IsLoopback(Address);

    /// <summary>The same with something more to say at start.</summary>
    public ServeOptions WithNotice(string? notice) =>
        notice is null ? this : this with { Config = Config with { Notices = [.. Config.Notices, notice] } };
}
