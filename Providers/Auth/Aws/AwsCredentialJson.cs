using System.Globalization;
using System.Text.Json;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>Reads the JSON in which processes, containers, instances and SSO give credentials; names differ in case and little else.</summary>
internal static class AwsCredentialJson
{
    /// <summary>Null where the text is not such JSON or lacks a part.</summary>
    public static AwsCredentials? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("roleCredentials", out var inner))
            {
                root = inner;
            }

            var access = Text(root, "AccessKeyId", "accessKeyId");
            var secret = Text(root, "SecretAccessKey", "secretAccessKey");
            if (access.Length == 0 || secret.Length == 0)
            {
                return null;
            }

            var token = Text(root, "SessionToken", "sessionToken");
            return new AwsCredentials(access, secret, token.Length > 0 ? token : Text(root, "Token", "token")) { Expires = End(root) };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A string member by either of two names, or "".</summary>
    public static string Text(JsonElement root, string name, string otherName) =>
        root.ValueKind == JsonValueKind.Object
        && (root.TryGetProperty(name, out var value) || root.TryGetProperty(otherName, out value))
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private static DateTimeOffset? End(JsonElement root)
    {
        // SSO gives milliseconds since 1970, everybody else ISO 8601.
        if (root.TryGetProperty("expiration", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var milliseconds))
        {
            return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        }

        return DateTimeOffset.TryParse(Text(root, "Expiration", "expiration"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            ? end
            : null;
    }
}
