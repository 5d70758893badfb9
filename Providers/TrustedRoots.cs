using System.Security.Cryptography.X509Certificates;

namespace BifrostLite.Providers;

/// <summary>
/// Whose certificates are believed. Usually the system's, found by OpenSSL itself (null here); the configured ones where
/// there are any; and on a Linux where OpenSSL's own place is empty, the bundle where other distributions keep it: a
/// statically linked OpenSSL looks only under /etc/ssl/certs.
/// </summary>
internal static class TrustedRoots
{
    private static readonly string[] Bundles =
    [
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
        "/etc/ssl/ca-bundle.pem",
    ];

    private static readonly Lazy<X509ChainPolicy?> Fallback = new(FindFallback);

    /// <summary>The policy for a provider, or null to leave it to the platform.</summary>
    /// <param name="pem">Root certificates as PEM, from network_config.ca_cert_pem; only they are believed then.</param>
    public static X509ChainPolicy? Policy(string pem)
    {
        if (pem.Length == 0)
        {
            return Fallback.Value;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(pem);
        return policy;
    }

    private static X509ChainPolicy? FindFallback()
    {
        if (!OperatingSystem.IsLinux() || IsSet("SSL_CERT_FILE") || IsSet("SSL_CERT_DIR") || HoldsAnything("/etc/ssl/certs"))
        {
            return null;
        }

        foreach (var bundle in Bundles)
        {
            if (File.Exists(bundle))
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(bundle);
                return policy;
            }
        }

        return null;
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private static bool HoldsAnything(string folder)
    {
        foreach (var _ in Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder) : [])
        {
            return true;
        }

        return false;
    }
}
