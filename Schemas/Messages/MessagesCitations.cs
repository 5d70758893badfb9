using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Citations of a text block, both ways (platform.claude.com/docs/en/build-with-claude/citations).</summary>
internal static class MessagesCitations
{
    public static Citation Read(JsonBody body, JsonValue element)
    {
        var type = body.TextOf(element, "type"u8);
        var kind = type switch
        {
            _ when type.Is("char_location"u8) => CitationKind.Characters,
            _ when type.Is("page_location"u8) => CitationKind.Pages,
            _ when type.Is("content_block_location"u8) => CitationKind.Blocks,
            _ when type.Is("web_search_result_location"u8) => CitationKind.Url,
            _ when type.Is("search_result_location"u8) => CitationKind.SearchResult,
            _ => CitationKind.Other,
        };
        return new Citation(kind)
        {
            Url = body.TextOf(element, "url"u8),
            Title = FirstOf(body.TextOf(element, "title"u8), body.TextOf(element, "document_title"u8)),
            CitedText = body.TextOf(element, "cited_text"u8),
            Source = body.TextOf(element, "source"u8),
            FileId = body.TextOf(element, "file_id"u8),
            EncryptedIndex = body.TextOf(element, "encrypted_index"u8),
            DocumentIndex = IntOf(element, "document_index"u8) ?? IntOf(element, "search_result_index"u8),
            Start = IntOf(element, "start_char_index"u8) ?? IntOf(element, "start_page_number"u8) ?? IntOf(element, "start_block_index"u8),
            End = IntOf(element, "end_char_index"u8) ?? IntOf(element, "end_page_number"u8) ?? IntOf(element, "end_block_index"u8),
            Raw = body.Raw(element),
        };
    }

    /// <summary>Whether an answer can carry it; a kind the API does not know would break clients that check it.</summary>
    public static bool CanAnswer(Citation citation) => citation.Kind switch
    {
        CitationKind.Url => !citation.Url.IsEmpty,
        CitationKind.Characters or CitationKind.Pages or CitationKind.Blocks => citation is { Start: not null, End: not null },
        CitationKind.SearchResult => !citation.Source.IsEmpty,
        _ => false,
    };

    /// <summary>
    /// Whether a request can carry it on a text of an earlier turn. The API proves web citations by their encrypted index,
    /// which only its own search tool issues.
    /// </summary>
    public static bool CanAsk(Citation citation) => CanAnswer(citation) && citation.Kind switch
    {
        CitationKind.Url => !citation.EncryptedIndex.IsEmpty,
        CitationKind.SearchResult => citation is { Start: not null, End: not null, DocumentIndex: not null },
        _ => citation.DocumentIndex is not null && !citation.CitedText.IsEmpty,
    };

    public static void Write(ref JsonEmitter json, Citation citation)
    {
        json.StartObject();
        switch (citation.Kind)
        {
            case CitationKind.Url:
                json.Member("type"u8, "web_search_result_location"u8);
                json.Member("cited_text"u8, citation.CitedText);
                json.Member("url"u8, citation.Url);
                json.Member("title"u8, citation.Title);
                json.Member("encrypted_index"u8, citation.EncryptedIndex);
                break;
            case CitationKind.SearchResult:
                json.Member("type"u8, "search_result_location"u8);
                json.Member("cited_text"u8, citation.CitedText);
                json.Member("source"u8, citation.Source);
                json.Member("title"u8, citation.Title);
                json.Member("search_result_index"u8, citation.DocumentIndex ?? 0);
                WriteRange(ref json, citation, "start_block_index"u8, "end_block_index"u8);
                break;
            case CitationKind.Pages:
                WriteDocument(ref json, citation, "page_location"u8, "start_page_number"u8, "end_page_number"u8);
                break;
            case CitationKind.Blocks:
                WriteDocument(ref json, citation, "content_block_location"u8, "start_block_index"u8, "end_block_index"u8);
                break;
            default:
                WriteDocument(ref json, citation, "char_location"u8, "start_char_index"u8, "end_char_index"u8);
                break;
        }

        json.EndObject();
    }

    private static void WriteDocument(
        ref JsonEmitter json, Citation citation, ReadOnlySpan<byte> type, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        json.Member("type"u8, type);
        json.Member("cited_text"u8, citation.CitedText);
        json.Member("document_index"u8, citation.DocumentIndex ?? 0);
        json.MemberOrNull("document_title"u8, citation.Title);
        WriteRange(ref json, citation, start, end);
    }

    private static void WriteRange(ref JsonEmitter json, Citation citation, ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        json.Member(start, citation.Start ?? 0);
        json.Member(end, citation.End ?? 0);
    }

    private static JsonText FirstOf(JsonText first, JsonText second) => first.IsEmpty ? second : first;

    private static int? IntOf(JsonValue element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;
}
