using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Citation and CitationLocation (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CitationLocation.html) to
/// the hub and back.
/// </summary>
internal static class ConverseCitations
{
    /// <summary>Reads a citation out of a frame, whose bytes do not outlive the call.</summary>
    public static Citation? Read(ReadOnlySpan<byte> raw)
    {
        if (!JsonBody.TryParse(raw.ToArray(), out var body, out _))
        {
            return null;
        }

        using (body)
        {
            return Read(body, body.Root);
        }
    }

    public static Citation? Read(JsonBody body, JsonValue element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var citation = new Citation(CitationKind.Other)
        {
            Title = Text(body, element, "title"u8),
            Source = Text(body, element, "source"u8),
            CitedText = Cited(body, element),
            Raw = body.Raw(element),
        };
        return element.TryGetProperty("location"u8, out var location) && location.ValueKind == JsonValueKind.Object
            ? Locate(body, location, citation)
            : citation;
    }

    public static void Write(ref JsonEmitter json, Citation citation)
    {
        json.StartObject();
        Write(ref json, "title"u8, citation.Title);
        Write(ref json, "source"u8, citation.Source);
        if (!citation.CitedText.IsEmpty)
        {
            json.StartArray("sourceContent"u8);
            json.StartObject();
            json.Member("text"u8, citation.CitedText);
            json.EndObject();
            json.EndArray();
        }

        WriteLocation(ref json, citation);
        json.EndObject();
    }

    private static Citation Locate(JsonBody body, JsonValue location, Citation citation)
    {
        foreach (var member in location.EnumerateObject())
        {
            var at = member.Value;
            if (at.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            if (member.NameEquals("web"u8))
            {
                var url = Text(body, at, "url"u8);
                return citation with { Kind = CitationKind.Url, Url = url, Title = citation.Title.IsEmpty ? Text(body, at, "domain"u8) : citation.Title };
            }

            CitationKind? kind = member.Name switch
            {
                "documentChar" => CitationKind.Characters,
                "documentPage" => CitationKind.Pages,
                "documentChunk" => CitationKind.Blocks,
                "searchResultLocation" => CitationKind.SearchResult,
                _ => null,
            };
            if (kind is { } known)
            {
                return citation with
                {
                    Kind = known,
                    DocumentIndex = Number(at, "documentIndex"u8) ?? Number(at, "searchResultIndex"u8),
                    Start = Number(at, "start"u8),
                    End = Number(at, "end"u8),
                };
            }
        }

        return citation;
    }

    private static void WriteLocation(ref JsonEmitter json, Citation citation)
    {
        var name = citation.Kind switch
        {
            CitationKind.Url => "web"u8,
            CitationKind.Characters => "documentChar"u8,
            CitationKind.Pages => "documentPage"u8,
            CitationKind.Blocks => "documentChunk"u8,
            CitationKind.SearchResult => "searchResultLocation"u8,
            _ => default,
        };
        if (name.IsEmpty)
        {
            return;
        }

        json.StartObject("location"u8);
        json.StartObject(name);
        if (citation.Kind == CitationKind.Url)
        {
            json.Member("url"u8, citation.Url);
        }
        else
        {
            var index = citation.Kind == CitationKind.SearchResult ? "searchResultIndex"u8 : "documentIndex"u8;
            json.Member(index, citation.DocumentIndex ?? 0);
            json.Member("start"u8, citation.Start ?? 0);
            json.Member("end"u8, citation.End ?? 0);
        }

        json.EndObject();
        json.EndObject();
    }

    /// <summary>sourceContent: [{"text"}]; several pieces are joined.</summary>
    private static JsonText Cited(JsonBody body, JsonValue element)
    {
        if (!element.TryGetProperty("sourceContent"u8, out var pieces) || pieces.ValueKind != JsonValueKind.Array)
        {
            return default;
        }

        var first = default(JsonText);
        foreach (var piece in pieces.EnumerateArray())
        {
            var text = piece.ValueKind == JsonValueKind.Object ? Text(body, piece, "text"u8) : default;
            first = first.IsEmpty ? text : new JsonText((byte[])[.. first.Span, .. text.Span]);
        }

        return first;
    }

    private static void Write(ref JsonEmitter json, ReadOnlySpan<byte> name, JsonText text)
    {
        json.MemberIfKnown(name, text);
    }

    private static JsonText Text(JsonBody body, JsonValue element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) ? body.Text(value) : default;

    private static int? Number(JsonValue element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
}
