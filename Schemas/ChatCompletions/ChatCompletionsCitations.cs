using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Citations of answers: OpenAI's annotations (url_citation, file_citation), Perplexity's citations and search_results
/// (docs.perplexity.ai/api-reference/chat-completions-post).
/// </summary>
internal static class ChatCompletionsCitations
{
    public static void Read(ReadOnlySpan<byte> annotations, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var items = new JsonElements(annotations);
        while (items.MoveNext())
        {
            var item = items.Value;
            var url = JsonSlice.Member(item, "url_citation"u8);
            var citation = url.IsEmpty ? Other(item) : Url(url, item);
            state.CitedUrls.Add(citation.Url);
            Emit(citation, blocks, state, ref sink);
        }
    }

    /// <summary>The pages a vendor lists beside the answer; the text refers to them by number.</summary>
    public static void ReadPages(byte[] citations, byte[] results, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var pages = new JsonElements(results.Length > 0 ? results : citations);
        while (pages.MoveNext())
        {
            var page = pages.Value;
            var url = JsonSlice.IsObject(page) ? JsonSlice.Text(JsonSlice.Member(page, "url"u8)) : JsonSlice.Text(page);
            if (!url.IsEmpty && Copy(url) is var address && state.CitedUrls.Add(address))
            {
                var citation = new Citation(CitationKind.Url)
                {
                    Url = address,
                    Title = Copy(JsonSlice.Text(JsonSlice.Member(page, "title"u8))),
                };
                Emit(citation, blocks, state, ref sink);
            }
        }
    }

    private static void Emit(Citation citation, ChatCompletionsBlocks blocks, ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        var block = blocks.Open(state, BlockKind.Text, default, ref sink);
        sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = block, Choice = state.Number, Citation = citation });
    }

    private static Citation Url(ReadOnlySpan<byte> url, ReadOnlySpan<byte> item) => new(CitationKind.Url)
    {
        Url = Copy(JsonSlice.Text(JsonSlice.Member(url, "url"u8))),
        Title = Copy(JsonSlice.Text(JsonSlice.Member(url, "title"u8))),
        CitedText = Copy(JsonSlice.Text(JsonSlice.Member(url, "content"u8))),
        TextStart = (int?)JsonSlice.Number(JsonSlice.Member(url, "start_index"u8)),
        TextEnd = (int?)JsonSlice.Number(JsonSlice.Member(url, "end_index"u8)),
        Raw = new RawJson(item.ToArray()),
    };

    private static Citation Other(ReadOnlySpan<byte> item)
    {
        var file = JsonSlice.Member(item, "file_citation"u8);
        return new Citation(file.IsEmpty ? CitationKind.Other : CitationKind.File)
        {
            FileId = Copy(JsonSlice.Text(JsonSlice.Member(file, "file_id"u8))),
            Title = Copy(JsonSlice.Text(JsonSlice.Member(file, "filename"u8))),
            Raw = new RawJson(item.ToArray()),
        };
    }

    private static JsonText Copy(ReadOnlySpan<byte> text) => new(text.ToArray());
}
