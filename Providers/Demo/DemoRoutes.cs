using BifrostLite.Schemas;

namespace BifrostLite.Providers.Demo;

/// <summary>The demo's paths: those of the vendors whose dialects it speaks, so that a request looks as it would there.</summary>
internal static class DemoRoutes
{

    public static IReadOnlyList<ProviderRoute> All { get; } =
    [
        .. StandardRoutes.OpenAi(),
        StandardRoutes.Messages(),
        StandardRoutes.CountMessages(),
        .. StandardRoutes.Bedrock(),
        .. StandardRoutes.Gemini().Where(static route => route.Dialect == DialectNames.GenerateContent),
    ];

    /// <summary>The route whose path this is, and the model in it.</summary>
    public static DemoMatch? Match(string path)
    {
        foreach (var route in All)
        {
            if (TryMatch(route.Path, path, out var model))
            {
                return new DemoMatch(route, model, IsStream: false);
            }

            if (route.StreamPath is { } stream && TryMatch(stream.Split('?')[0], path, out model))
            {
                return new DemoMatch(route, model, IsStream: true);
            }
        }

        return null;
    }

    private static bool TryMatch(string pattern, string path, out string model)
    {
        model = "";
        var slot = pattern.IndexOf(ProviderRoute.ModelPlace, StringComparison.Ordinal);
        if (slot < 0)
        {
            return path == pattern;
        }

        var end = pattern[(slot + ProviderRoute.ModelPlace.Length)..];
        if (path.Length <= slot + end.Length || !path.StartsWith(pattern[..slot], StringComparison.Ordinal) || !path.EndsWith(end, StringComparison.Ordinal))
        {
            return false;
        }

        model = Uri.UnescapeDataString(path[slot..^end.Length]);
        return true;
    }
}

/// <summary>A request's route.</summary>
/// <param name="Route">The route.</param>
/// <param name="Model">The model where the path holds it, else "".</param>
/// <param name="IsStream">The path asks for a stream.</param>
internal sealed record DemoMatch(ProviderRoute Route, string Model, bool IsStream);
