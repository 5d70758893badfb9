using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// groundingMetadata (ai.google.dev/api/generate-content#GroundingMetadata) as citations: each support ties a stretch of the
/// answer to chunks, which name a page, a stored file or a place.
/// </summary>
internal static class GenerateContentGrounding
{
    /// <summary>How many searches the model made, as far as this chunk tells; empty ones were none.</summary>
    public static int CountSearches(ReadOnlySpan<byte> metadata)
    {
        var count = 0;
        var members = new JsonMembers(metadata);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("webSearchQueries"u8))
            {
                var queries = new JsonElements(members.Raw);
                while (queries.MoveNext())
                {
                    count += queries.Raw.Length > "\"\"".Length ? 1 : 0;
                }
            }
        }

        return count;
    }

    /// <param name="metadata">The raw object; empty for none.</param>
    /// <param name="isAscii">Segments are counted in bytes of UTF-8; only where that is the number of characters they are taken over.</param>
    public static IReadOnlyList<Citation> Read(ReadOnlySpan<byte> metadata, bool isAscii)
    {
        if (metadata.IndexOf("\"groundingChunks\""u8) < 0 || !JsonBody.TryParse(metadata.ToArray(), out var body, out _))
        {
            return [];
        }

        using (body)
        {
            if (body.Root.ValueKind != JsonValueKind.Object)
            {
                return [];
            }

            var sources = Sources(body);
            var citations = new List<Citation>();
            if (body.Root.TryGetProperty("groundingSupports"u8, out var supports) && supports.ValueKind == JsonValueKind.Array)
            {
                foreach (var support in supports.EnumerateArray())
                {
                    Add(support, sources, isAscii, citations);
                }
            }

            return citations.Count > 0 ? citations : sources;
        }
    }

    private static List<Citation> Sources(JsonBody body)
    {
        var sources = new List<Citation>();
        if (body.Root.TryGetProperty("groundingChunks"u8, out var chunks) && chunks.ValueKind == JsonValueKind.Array)
        {
            foreach (var chunk in chunks.EnumerateArray())
            {
                sources.Add(Source(body, chunk));
            }
        }

        return sources;
    }

    private static Citation Source(JsonBody body, JsonValue chunk)
    {
        var raw = body.Raw(chunk);
        foreach (var kind in chunk.ValueKind == JsonValueKind.Object ? chunk.EnumerateObject() : default)
        {
            var from = kind.Value;
            if (from.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            var uri = Text(body, from, "uri"u8);
            return new Citation(uri.IsEmpty ? CitationKind.File : CitationKind.Url)
            {
                Url = uri,
                Title = Text(body, from, "title"u8),
                CitedText = Text(body, from, "text"u8),
                FileId = uri.IsEmpty ? Text(body, from, "fileSearchStore"u8) : default,
                Raw = raw,
            };
        }

        return new Citation(CitationKind.Other) { Raw = raw };
    }

    private static void Add(JsonValue support, List<Citation> sources, bool isAscii, List<Citation> citations)
    {
        if (support.ValueKind != JsonValueKind.Object || !support.TryGetProperty("groundingChunkIndices"u8, out var indices)
            || indices.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        int? start = null, end = null;
        if (isAscii && support.TryGetProperty("segment"u8, out var segment) && segment.ValueKind == JsonValueKind.Object)
        {
            // Zero is left out, as protobuf does.
            start = Number(segment, "startIndex"u8) ?? 0;
            end = Number(segment, "endIndex"u8);
        }

        foreach (var index in indices.EnumerateArray())
        {
            if (index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var at) && at >= 0 && at < sources.Count)
            {
                citations.Add(sources[at] with { TextStart = end is null ? null : start, TextEnd = end });
            }
        }
    }

    private static JsonText Text(JsonBody body, JsonValue element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) ? body.Text(value) : default;

    private static int? Number(JsonValue element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
