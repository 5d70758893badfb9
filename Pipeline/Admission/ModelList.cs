using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission;

/// <summary>A list of models as the file writes it: names, "*" for all, or "regex:" and a pattern. Names compare without regard to case.</summary>
internal static class ModelList
{
    /// <summary>Whether the list holds a provider's model, written bare or as provider/model.</summary>
    public static bool Holds(IReadOnlyList<string> models, string provider, string model)
    {
        foreach (var listed in models)
        {
            if (ListedModels.IsMatch(listed, model) || IsQualified(listed, provider, model))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsQualified(string listed, string provider, string model) =>
        listed.Length == provider.Length + 1 + model.Length && listed[provider.Length] == '/'
        && listed.StartsWith(provider, StringComparison.OrdinalIgnoreCase) && listed.EndsWith(model, StringComparison.OrdinalIgnoreCase);
}
