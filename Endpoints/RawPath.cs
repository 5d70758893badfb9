using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Endpoints;

/// <summary>
/// Reads model ids from the request target as it came: Kestrel's decoded path keeps "%2F" but decodes the rest, so an
/// ARN with encoded slashes could not be told from one that was encoded twice.
/// </summary>
internal static class RawPath
{
    /// <summary>
    /// The decoded model id between <paramref name="marker"/> and the last <paramref name="separator"/>, and the verb behind it.
    /// Both empty where the path has no such form.
    /// </summary>
    public static (string Model, string Verb) ModelAndVerb(HttpContext http, string marker, char separator)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        var start = path.IndexOf(marker, StringComparison.Ordinal);
        if (start < 0)
        {
            return ("", "");
        }

        var rest = path[(start + marker.Length)..];
        if (separator == ':')
        {
            // Google's clients may encode the colon before the verb.
            rest = rest.Replace("%3A", ":", StringComparison.OrdinalIgnoreCase);
        }

        var end = rest.LastIndexOf(separator);
        return end <= 0 ? ("", "") : (Uri.UnescapeDataString(rest[..end]), rest[(end + 1)..]);
    }

    /// <summary>What stands behind <paramref name="marker"/>, decoded; empty where nothing does.</summary>
    public static string After(HttpContext http, string marker)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var path = target.Split('?')[0];
        var start = path.IndexOf(marker, StringComparison.Ordinal);
        return start < 0 ? "" : Uri.UnescapeDataString(path[(start + marker.Length)..]);
    }
}
