#if !STATIC_OPENSSL
using System.Runtime.InteropServices;
#endif

namespace BifrostLite.Providers;

/// <summary>
/// Whether OpenSSL can be had. On Linux .NET loads the system's at the first TLS call, hash or signature and aborts the whole
/// process when there is none; asked here at the start, a missing library is a message. The static variant holds OpenSSL itself.
/// </summary>
internal static class TlsLibrary
{
#if !STATIC_OPENSSL
    private const string Advice = "bifrost-lite needs OpenSSL for TLS and for keys, and this machine has no libssl: install it "
        + "(Debian, Ubuntu: libssl3; Red Hat: openssl-libs), or take the static variant of bifrost-lite (Alpine: only that one runs).";

    private static readonly string[] Folders =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib"];

    /// <summary>The names the runtime tries (dotnet/runtime, opensslshim.c).</summary>
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.2", "libssl.so.1.0.0", "libssl.so.10", "libssl.so"];
#endif

    /// <summary>Makes cryptography usable; else says why the first TLS call, hash or signature would end the process.</summary>
    public static string? Prepare()
    {
#if STATIC_OPENSSL
        // .NET keeps certificate stores below the user's home and throws when neither HOME nor /etc/passwd tells where that is.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("HOME")) && !File.Exists("/etc/passwd"))
        {
            Environment.SetEnvironmentVariable("HOME", "/");
        }

        return null;
#else
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        foreach (var name in Names)
        {
            // A look at the usual places first: loading the library costs memory and time that an idle gateway can do without.
            if (Folders.Any(folder => File.Exists(Path.Combine(folder, name))) || NativeLibrary.TryLoad(name, out _))
            {
                return null;
            }
        }

        return Advice;
#endif
    }
}
