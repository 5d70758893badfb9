using System.Net.Sockets;

namespace BifrostLite.Endpoints;

/// <summary>What to tell somebody whose gateway cannot listen where it should; a stack of exceptions helps nobody there.</summary>
internal static class ListenFailure
{
    /// <summary>The complaint, or null where the failure is another one.</summary>
    /// <param name="problem">What the start threw.</param>
    /// <param name="host">Where it should listen.</param>
    /// <param name="port">The port.</param>
    public static string? Describe(Exception problem, string host, int port)
    {
        var cause = problem;
        while (cause is not SocketException && cause.InnerException is { } inner)
        {
            cause = inner;
        }

        return (cause as SocketException)?.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse => $"port {port} on {host} is in use, perhaps by another gateway; choose another with --port (0 takes a free one)",
            SocketError.AccessDenied => $"port {port} may not be used by this user (below 1024 only root may listen); choose another with --port",
            SocketError.AddressNotAvailable => $"{host} is no address of this machine; see --host",
            _ => null,
        };
    }
}
