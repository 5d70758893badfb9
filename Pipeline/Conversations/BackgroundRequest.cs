using System.Text.Json.Serialization;
using BifrostLite.Pipeline.Jobs;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>What is stored of a background response until it has run. Holds no credential.</summary>
internal sealed record BackgroundRequest
{
    /// <summary>Which door it came through, see <see cref="InboundRoute.Job"/>.</summary>
    public required string Door { get; init; }

    public required string RequestId { get; init; }

    /// <summary>Headers the request path reads.</summary>
    public IReadOnlyList<JobHeader> Headers { get; init; } = [];

    /// <summary>The body as it is run: streaming, and not in the background.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>It was asked for as a stream, so its events are kept for who resumes.</summary>
    public bool IsStream { get; init; }

    /// <summary>The conversation it adds to; empty for none.</summary>
    public string Conversation { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BackgroundRequest))]
internal sealed partial class BackgroundJsonContext : JsonSerializerContext;
