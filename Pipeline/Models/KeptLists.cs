using System.Security.Cryptography;
using System.Text;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Providers' last good lists of models in the app directory, as they came: a start without network knows who has which model, and the
/// first request does not wait for anybody's list. Where there is no such directory nothing is kept.
/// </summary>
internal sealed partial class KeptLists(string directory, ILogger<KeptLists> log)
{
    /// <summary>The list as the provider sent it; null where none is kept.</summary>
    public byte[]? Read(Provider provider)
    {
        try
        {
            var path = PathOf(provider);
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Written beside and renamed: a crash leaves the old file whole.</summary>
    public void Keep(Provider provider, byte[] list)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        try
        {
            var path = PathOf(provider);
            File.WriteAllBytes(path + ".new", list);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotKept(log, provider.Name, e.Message);
        }
    }

    /// <summary>Another address is another provider, whatever its name.</summary>
    private string PathOf(Provider provider) => Path.Combine(
        directory, $"models-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider.Name} {provider.BaseUrl?.AbsoluteUri}")).AsSpan(0, 8))}.json");

    [LoggerMessage(41, LogLevel.Warning, "the list of models of provider {Provider} cannot be kept: {Reason}")]
    private static partial void NotKept(ILogger log, string provider, string reason);
}
