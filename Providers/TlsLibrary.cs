using System.Runtime.InteropServices;

namespace BifrostLite.Providers;

/// <summary>
/// Whether TLS can be had. On Linux .NET loads the system's OpenSSL at the first TLS call and aborts the whole process when
/// there is none; asked here first, a missing library is an error message. The static variant holds OpenSSL itself.
/// </summary>
internal static class TlsLibrary
{
    /// <summary>What to do about it.</summary>
    public const string Advice =
        "TLS needs OpenSSL, and this machine has no libssl: install it (Debian, Ubuntu: libssl3; Red Hat: openssl-libs; Alpine: use the static build), "
        + "or take the static variant of bifrost-lite.";

#if !STATIC_OPENSSL
    /// <summary>The names the runtime tries (dotnet/runtime, opensslshim.c).</summary>
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10", "libssl.so"];
#endif

    private static readonly Lazy<bool> Missing = new(FindMissing);

    /// <summary>True where an https call would end the process.</summary>
    public static bool IsMissing => Missing.Value;

    private static bool FindMissing()
    {
#if STATIC_OPENSSL
        return false;
#else
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        foreach (var name in Names)
        {
            // Kept loaded: the runtime will ask for it again at once.
            if (NativeLibrary.TryLoad(name, out _))
            {
                return false;
            }
        }

        return true;
#endif
    }
}
