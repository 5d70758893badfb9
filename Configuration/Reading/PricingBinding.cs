using System.Globalization;
using System.Text.Json;

namespace BifrostLite.Configuration.Reading;

/// <summary>Binds where prices come from and which are overridden.</summary>
internal static class PricingBinding
{
    public static PricingConfig Bind(Section framework)
    {
        var pricing = framework.Child("pricing");
        return new PricingConfig
        {
            Url = pricing.Text("pricing_url") is { Length: > 0 } url ? Address(url) : null,
            Interval = TimeSpan.FromSeconds(pricing.Whole("pricing_sync_interval")),
            ModelsInterval = TimeSpan.FromSeconds(pricing.Whole("live_models_sync_interval")),
        };
    }

    /// <summary>What stands behind "file://" is a path to Bifrost, which may begin in the working directory (file://../prices.json).</summary>
    private static Uri Address(string text)
    {
        const string File = "file://";
        return text.StartsWith(File, StringComparison.OrdinalIgnoreCase) && !text.StartsWith(File + "/", StringComparison.OrdinalIgnoreCase)
            ? new Uri(Path.GetFullPath(text[File.Length..]))
            : new Uri(text);
    }

    public static IReadOnlyList<PriceOverrideConfig> BindOverrides(Node? governance)
    {
        var overrides = new List<PriceOverrideConfig>();
        foreach (var node in governance?.ItemsOf("pricing_overrides") ?? [])
        {
            overrides.Add(new PriceOverrideConfig
            {
                ScopeKind = node.TextOf("scope_kind") ?? "global",
                VirtualKeyId = node.TextOf("virtual_key_id") ?? "",
                ProviderId = node.TextOf("provider_id") ?? "",
                ProviderKeyId = node.TextOf("provider_key_id") ?? "",
                ProviderKeyName = node.TextOf("provider_key_name") ?? "",
                IsWildcard = node.TextOf("match_type") == "wildcard",
                Pattern = node.TextOf("pattern") ?? "",
                RequestTypes = [.. node.ItemsOf("request_types").Select(static item => item.Text)],
                Prices = Prices(node["pricing_patch"]),
            });
        }

        return overrides;
    }

    /// <summary>Whether a text is such an object.</summary>
    public static bool IsPatch(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Bifrost's files hold the patch as JSON in a text; written by hand it is an object.</summary>
    private static List<KeyValuePair<string, decimal>> Prices(Node? patch)
    {
        var prices = new List<KeyValuePair<string, decimal>>();
        if (patch?.Kind == NodeKind.Text)
        {
            AddFromText(patch.Text, prices);
        }

        foreach (var member in patch?.Members ?? [])
        {
            if (decimal.TryParse(member.Value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var dollars))
            {
                prices.Add(new(member.Name, dollars));
            }
        }

        return prices;
    }

    private static void AddFromText(string json, List<KeyValuePair<string, decimal>> prices)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDecimal(out var dollars))
            {
                prices.Add(new(member.Name, dollars));
            }
        }
    }
}
