using System.Text.Json;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// Reads a sheet in LiteLLM's style (github.com/BerriAI/litellm, model_prices_and_context_window.json): an object of model
/// names to objects of fields. Unknown fields and models without a price are passed over; only what is no such object at all
/// is refused. "sheet_date" and the shorter "supports" are this gateway's own.
/// </summary>
internal static class PriceSheetReader
{
    private const string Supports = "supports_";

    /// <summary>Null where the bytes are no sheet with at least one price.</summary>
    public static PriceSheet? Read(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, source) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PriceSheet? Read(JsonElement root, string source)
    {
        var models = new List<ModelPrice>();
        var date = "";
        foreach (var member in root.EnumerateObject())
        {
            if (member.NameEquals("sheet_date"u8) && member.Value.ValueKind == JsonValueKind.String)
            {
                date = member.Value.GetString()!;
            }
            else if (member.Value.ValueKind == JsonValueKind.Object && ReadModel(member.Name, member.Value) is { } model)
            {
                models.Add(model);
            }
        }

        return models.Count == 0 ? null : new PriceSheet(models, source, date);
    }

    private static ModelPrice? ReadModel(string name, JsonElement fields)
    {
        var provider = Word(fields, "litellm_provider"u8) ?? Word(fields, "provider"u8);
        var lines = new List<PriceLine>();
        var abilities = new List<string>();
        ReadLines(fields, 0, lines);
        foreach (var field in fields.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.True && field.Name.StartsWith(Supports, StringComparison.Ordinal))
            {
                abilities.Add(field.Name[Supports.Length..]);
            }
        }

        if (provider is null || lines.Count == 0)
        {
            return null;
        }

        if (Word(fields, "supports"u8) is { } words)
        {
            abilities.AddRange(words.Split(' '));
        }

        return new ModelPrice(SheetProviders.Ours(provider), SheetProviders.ModelName(name, provider), [.. lines])
        {
            Mode = Word(fields, "mode"u8) ?? "chat",
            MaxInputTokens = Whole(fields, "max_input_tokens"u8),
            MaxOutputTokens = Whole(fields, "max_output_tokens"u8),
            Abilities = abilities,
            HasOneSearch = Word(fields, "web_search_billing_unit"u8) is { } unit
                ? unit == "per_prompt"
                : provider == "gemini" || provider.StartsWith("vertex_ai", StringComparison.Ordinal),
            AlwaysSearches = name.Contains("-search-preview", StringComparison.Ordinal) || name.Contains("-search-api", StringComparison.Ordinal),
            FastFactor = Factor(fields, "fast"u8),
            UsFactor = Factor(fields, "us"u8),
        };
    }

    private static void ReadLines(JsonElement fields, int above, List<PriceLine> lines)
    {
        foreach (var field in fields.EnumerateObject())
        {
            switch (field.Value.ValueKind)
            {
                case JsonValueKind.Number:
                    Add(field.Name, field.Value, above, lines);
                    break;

                // How much a search reads is the caller's to choose and stands in no answer: medium is every vendor's default.
                case JsonValueKind.Object when field.NameEquals("search_context_cost_per_query"u8)
                    && field.Value.TryGetProperty("search_context_size_medium"u8, out var medium):
                    Add(field.Name, medium, above, lines);
                    break;

                // [{"range":[0,32000],"input_cost_per_token":…},…]: prices by length of input.
                case JsonValueKind.Array when field.NameEquals("tiered_pricing"u8):
                    ReadRanges(field.Value, lines);
                    break;
            }
        }
    }

    private static void ReadRanges(JsonElement ranges, List<PriceLine> lines)
    {
        foreach (var range in ranges.EnumerateArray())
        {
            if (range.ValueKind == JsonValueKind.Object)
            {
                var start = range.TryGetProperty("range"u8, out var bounds) && bounds.ValueKind == JsonValueKind.Array && bounds.GetArrayLength() > 0
                    && bounds[0].ValueKind == JsonValueKind.Number ? bounds[0].GetDouble() : 0;
                ReadLines(range, (int)Math.Clamp(start, 0, int.MaxValue), lines);
            }
        }
    }

    private static void Add(string name, JsonElement value, int above, List<PriceLine> lines)
    {
        // A negative or absurd price is a slip of whoever wrote the sheet; no price is better than a wrong one.
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var dollars) && dollars is >= 0 and < 1_000
            && PriceNames.TryRead(name, dollars, out var line))
        {
            lines.Add(above > 0 ? line with { Above = above } : line);
        }
    }

    private static decimal Factor(JsonElement fields, ReadOnlySpan<byte> name) =>
        fields.TryGetProperty("provider_specific_entry"u8, out var entry) && entry.ValueKind == JsonValueKind.Object
            && entry.TryGetProperty(name, out var factor) && factor.ValueKind == JsonValueKind.Number && factor.TryGetDecimal(out var value) && value > 0
            ? value
            : 1;

    private static string? Word(JsonElement fields, ReadOnlySpan<byte> name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Some sheets write token limits as 1e6 or in quotes.</summary>
    private static long? Whole(JsonElement fields, ReadOnlySpan<byte> name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is > 0 and < 1e12
            ? (long)number
            : null;
}
