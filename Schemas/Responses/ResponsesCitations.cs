using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Annotations of an output_text part (url_citation, file_citation, container_file_citation, file_path) as citations, and back.</summary>
internal static class ResponsesCitations
{
    public static Citation Read(JsonValue annotation, RawJson raw)
    {
        var type = Text(annotation, "type"u8);
        if (type.Is("url_citation"u8))
        {
            return new Citation(CitationKind.Url)
            {
                Url = Text(annotation, "url"u8),
                Title = Text(annotation, "title"u8),
                TextStart = Number(annotation, "start_index"u8),
                TextEnd = Number(annotation, "end_index"u8),
                Raw = raw,
            };
        }

        if (type.Is("file_citation"u8) || type.Is("container_file_citation"u8) || type.Is("file_path"u8))
        {
            return new Citation(CitationKind.File)
            {
                FileId = Text(annotation, "file_id"u8),
                Title = Text(annotation, "filename"u8),
                TextStart = Number(annotation, "start_index"u8) ?? Number(annotation, "index"u8),
                TextEnd = Number(annotation, "end_index"u8),
                Raw = raw,
            };
        }

        return new Citation(CitationKind.Other) { Raw = raw };
    }

    /// <summary>Characters (code points) of escaped text: what start_index and end_index count.</summary>
    public static int Count(ReadOnlySpan<byte> escaped)
    {
        var count = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\' && i + 1 < escaped.Length)
            {
                // The second half of an escaped pair (\uDC00 to \uDFFF) belongs to the first.
                var isUnit = escaped[i + 1] == 'u' && i + 5 < escaped.Length;
                count += isUnit && (escaped[i + 2] | 0x20) == 'd' && (escaped[i + 3] | 0x20) is >= 'c' and <= 'f' ? 0 : 1;
                i += isUnit ? 5 : 1;
            }
            else if ((escaped[i] & 0xC0) != 0x80)
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Writes a citation as an annotation on a block of text that stands at <paramref name="start"/>..<paramref name="end"/> of its part.</summary>
    /// <returns>False where the API has no annotation for it; nothing was written then.</returns>
    public static bool Write(Citation citation, int start, int end, ref JsonEmitter json)
    {
        switch (citation.Kind)
        {
            case CitationKind.Url:
            case CitationKind.SearchResult when !citation.Source.IsEmpty:
                json.StartObject();
                json.Member("type"u8, "url_citation"u8);
                json.Member("start_index"u8, (long)(start + citation.TextStart ?? start));
                json.Member("end_index"u8, (long)(start + citation.TextEnd ?? end));
                json.Member("url"u8, citation.Kind == CitationKind.Url ? citation.Url : citation.Source);
                json.Member("title"u8, citation.Title);
                json.EndObject();
                return true;

            // Places in the caller's own documents: the API only knows files, so the page or character range is lost.
            case CitationKind.File or CitationKind.Characters or CitationKind.Pages or CitationKind.Blocks or CitationKind.SearchResult:
                json.StartObject();
                json.Member("type"u8, "file_citation"u8);
                json.Member("index"u8, (long)(start + (citation.TextEnd ?? citation.TextStart) ?? end));
                json.Member("file_id"u8, citation.FileId);
                json.Member("filename"u8, citation.Title);
                json.EndObject();
                return true;
            default:
                return false;
        }
    }

    private static JsonText Text(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? new JsonText(value.Raw[1..^1].ToArray())
            : default;

    private static int? Number(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
            ? number
            : null;
}
