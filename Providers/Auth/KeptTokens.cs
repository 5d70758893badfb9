using System.Collections.Concurrent;
using System.Text.Json;

namespace BifrostLite.Providers.Auth;

/// <summary>Access tokens by name, each kept until shortly before it expires and fetched by one caller at a time.</summary>
internal sealed class KeptTokens(TimeProvider clock)
{
    /// <summary>Tokens live for an hour or longer; a request that takes its time must still find its token valid.</summary>
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Kept> _kept = new();

    /// <summary>One fetch at a time.</summary>
    private SemaphoreSlim Gate { get; } = new(1, 1);

    /// <param name="name">Whose token; no secret.</param>
    /// <param name="fetch">Gets a new one and how long it lives, or says why there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A token, or why there is none.</returns>
    public async ValueTask<TokenAnswer> GetAsync(string name, Func<CancellationToken, Task<TokenAnswer>> fetch, CancellationToken cancellationToken)
    {
        if (Find(name) is { } kept)
        {
            return kept;
        }

        await Gate.WaitAsync(cancellationToken);
        try
        {
            if (Find(name) is { } meanwhile)
            {
                return meanwhile;
            }

            var answer = await fetch(cancellationToken);
            if (answer.Token is not null)
            {
                _kept[name] = new Kept(answer, clock.GetUtcNow() + answer.Lives);
            }

            return answer;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Reads an answer of RFC 6749, section 5.1; null where it is none. Azure's metadata service writes the seconds as a text.</summary>
    public static TokenAnswer? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return root.TryGetProperty("access_token", out var token) && token.GetString() is { Length: > 0 } value
                && root.TryGetProperty("expires_in", out var seconds) && int.TryParse(seconds.ToString(), out var lives)
                ? new TokenAnswer(value, null) { Lives = TimeSpan.FromSeconds(lives) }
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private TokenAnswer? Find(string name) => _kept.TryGetValue(name, out var found) && found.Ends - RenewBefore > clock.GetUtcNow() ? found.Answer : null;

    private sealed record Kept(TokenAnswer Answer, DateTimeOffset Ends);
}

/// <summary>A token, or why there is none.</summary>
internal sealed record TokenAnswer(string? Token, string? Failure)
{
    public TimeSpan Lives { get; init; }
}
