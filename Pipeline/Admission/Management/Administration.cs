using System.Security.Cryptography;
using System.Text;
using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission.Management;

/// <summary>
/// Asks for the user name and password of governance.auth_config (HTTP Basic, RFC 7617). Both are always compared, as hashes and in
/// constant time, so that nothing tells which was wrong or how far it was right.
/// </summary>
internal static class Administration
{
    private const string Scheme = "Basic ";

    /// <summary>Whether the request may go on: its path is open to all, or it is the administrator's.</summary>
    public static bool Admits(HttpRequest request, GatewayConfig config, AdminConfig admin) =>
        config.Client.IsOpen(request.Path) || IsAdmin(admin, request.Headers.Authorization.ToString());

    public static bool IsAdmin(AdminConfig admin, string authorization)
    {
        var (user, password) = Read(authorization);
        var isUser = AreEqual(user, admin.UserName);
        var isPassword = AreEqual(password, admin.Password.Reveal());
        return isUser & isPassword;
    }

    private static (string User, string Password) Read(string authorization)
    {
        var bytes = new byte[authorization.Length];
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), bytes, out var length))
        {
            return ("", "");
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);
    }

    private static bool AreEqual(string given, string expected) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
}
