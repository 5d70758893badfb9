namespace BifrostLite.Pipeline.Accounting;

/// <summary>Other names under which a sheet may have a model, the likeliest first.</summary>
internal static class ModelNames
{
    private const string Latest = "-latest";

    /// <summary>Regions of Bedrock's inference profiles (docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html).</summary>
    private static readonly string[] Regions = ["us.", "eu.", "apac.", "global.", "jp.", "au.", "ca.", "us-gov."];

    public static List<string> Of(string provider, string model)
    {
        var names = new List<string>(8);
        model = Bare(model);
        AddForms(names, model);
        if (provider is "bedrock" or "bedrock_mantle")
        {
            AddForms(names, model.StartsWith("claude-", StringComparison.Ordinal) ? "anthropic." + model : model);
            foreach (var region in Regions)
            {
                if (model.StartsWith(region, StringComparison.Ordinal))
                {
                    // Only the regional price is a price of its own ("us." is dearer by a tenth); other regions share it.
                    AddForms(names, region is "global." ? model[region.Length..] : "us." + model[region.Length..]);
                    AddForms(names, model[region.Length..]);
                }
            }
        }

        return names;
    }

    /// <summary>The model's name at the end of a resource's: ARNs, projects/…/models/m, models/m.</summary>
    private static string Bare(string model)
    {
        if (model.StartsWith("arn:", StringComparison.Ordinal) || model.StartsWith("projects/", StringComparison.Ordinal)
            || model.StartsWith("publishers/", StringComparison.Ordinal) || model.StartsWith("models/", StringComparison.Ordinal))
        {
            return model[(model.LastIndexOf('/') + 1)..];
        }

        return model;
    }

    private static void AddForms(List<string> names, string model)
    {
        Add(names, model);
        var colon = model.LastIndexOf(':');
        var version = colon > 0 && colon == model.Length - 2 ? model[..colon] : model;
        Add(names, version);
        Add(names, version + ":0");
        var at = version.IndexOf('@', StringComparison.Ordinal);
        var name = at > 0 ? version[..at] : version;
        Add(names, name);
        name = Undated(name);
        Add(names, name);
        if (name.EndsWith(Latest, StringComparison.Ordinal))
        {
            Add(names, Undated(name[..^Latest.Length]));
        }
        else
        {
            Add(names, name + Latest);
        }
    }

    /// <summary>Without the date at the end: -2024-08-06, -20250929, -0905; a snapshot costs what its family does.</summary>
    private static string Undated(string model)
    {
        var end = model.Length;
        while (end > 0 && (char.IsAsciiDigit(model[end - 1]) || model[end - 1] == '-'))
        {
            end--;
        }

        var tail = model.AsSpan(end).TrimStart('-');
        var cut = tail.Length >= 10 && tail[^3] == '-' && tail[^6] == '-' ? 10 : tail.Length >= 8 && !tail[^8..].Contains('-') ? 8 : 0;
        return cut > 0 && cut < model.Length - 1 ? model[..^(cut + 1)] : model;
    }

    private static void Add(List<string> names, string name)
    {
        if (!names.Contains(name))
        {
            names.Add(name);
        }
    }
}
