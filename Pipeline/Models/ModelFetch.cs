using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>Fetches one provider's list of models over its own route.</summary>
internal static class ModelFetch
{
    /// <summary>Whoever asks for a list waits for the slowest provider: no longer than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The longest list known (OpenRouter's) is below 1 MB.</summary>
    private const int MaxBytes = 16 << 20;

    /// <summary>Some lists give ids as resource names (Gemini's OpenAI-compatible one): requests do without.</summary>
    private const string Collection = "models/";

    private static readonly KeyConfig Keyless = new() { Name = "none" };

    public static async Task<ModelFetchResult> RunAsync(Provider provider, ProviderRoute route, TimeProvider clock)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            var call = new UpstreamCall
            {
                Provider = provider,
                Route = route,
                Key = provider.Keys.Count > 0 ? provider.Keys[0] : Keyless,
                Model = "",
                Stream = false,
                Body = default,
            };
            var result = await Upstream.SendAsync(call, timeout.Token);
            return result.Error is { } error ? new(null, error.Message) : await ReadAsync(result.Response!, Dialects.Get(route.Dialect), timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new(null, $"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(null, "the connection broke, or the list is too long");
        }
    }

    private static async Task<ModelFetchResult> ReadAsync(HttpResponseMessage response, Dialect dialect, CancellationToken cancellationToken)
    {
        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                return new(null, $"status {(int)response.StatusCode}");
            }

            await response.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
            var list = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Parse(list, dialect) is { } models ? new(models, "", list) : new(null, "the answer is no list of models");
        }
    }

    /// <summary>A list as a provider of the dialect sends it; null where it is none.</summary>
    public static IReadOnlyList<ModelInfo>? Parse(byte[] list, Dialect dialect) =>
        ((IModelLists)dialect).ReadModels(list) is { } models ? [.. models.Select(WithoutCollection)] : null;

    private static ModelInfo WithoutCollection(ModelInfo model) =>
        model.Id.StartsWith(Collection, StringComparison.Ordinal) ? model with { Id = model.Id[Collection.Length..] } : model;
}

/// <summary>What came of it: the models, also as they were sent, or why there are none.</summary>
internal readonly record struct ModelFetchResult(IReadOnlyList<ModelInfo>? Models, string Reason, byte[]? List = null);
