using System.Collections.Concurrent;
using BifrostLite.Configuration;
using BifrostLite.Schemas;

namespace BifrostLite.Providers;

/// <summary>
/// Where a provider has OpenAI's other operations: beside its embeddings, chat or list of models. Whether it has them at all only it knows,
/// and its own answer says so.
/// </summary>
/// <param name="routes">The provider's.</param>
/// <param name="custom">What allowed_requests and request_path_overrides say; null for a built-in provider.</param>
internal sealed class NativeRoutes(IReadOnlyList<ProviderRoute> routes, CustomProviderConfig? custom)
{
    private static readonly string[] Neighbours = ["/chat/completions", "/embeddings", "/models"];

    /// <summary>One object for each, because addresses are remembered by it.</summary>
    private readonly ConcurrentDictionary<NativeOperation, ProviderRoute?> _known = new();

    /// <summary>Null where the provider is not built like OpenAI, or may not be asked for this.</summary>
    public ProviderRoute? Find(NativeOperation operation) =>
        _known.GetOrAdd(operation, static (wanted, natives) => natives.PathOf(wanted) is { } path ? new ProviderRoute(DialectNames.Chat, Operation.Native, path) : null, this);

    private string? PathOf(NativeOperation operation)
    {
        if (custom?.AllowedRequests is { } allowed && !allowed.Contains(operation.Type))
        {
            return null;
        }

        if (custom is not null && custom.RequestPathOverrides.TryGetValue(operation.Type, out var given))
        {
            return given.StartsWith('/') || given.Contains("://", StringComparison.Ordinal) ? given : "/" + given;
        }

        foreach (var route in routes)
        {
            foreach (var neighbour in route.Dialect == DialectNames.Chat ? Neighbours : [])
            {
                if (route.Path.EndsWith(neighbour, StringComparison.Ordinal))
                {
                    return route.Path[..^neighbour.Length] + operation.Path;
                }
            }
        }

        return null;
    }
}
