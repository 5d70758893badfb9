using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// What the answers of a chat-shaped surface share, whole or streamed: the choices that differ between plain chat and Cursor,
/// tags of reasoning state, ids, annotations and the gateway's own members.
/// </summary>
internal sealed class ChatCompletionsSurface(string dialect, AnswerContext context)
{
    /// <summary>The words under which signatures of tool calls travel on OpenAI-shaped wires (ai.google.dev/gemini-api/docs/openai).</summary>
    public static ReadOnlySpan<byte> CallSignatureStart => "\"extra_content\":{\"google\":{\"thought_signature\":\""u8;

    private readonly List<SearchHit> _hits = [];

    public AnswerContext Context { get; } = context;

    /// <summary>Cursor shows nothing but content: a refusal must stand there.</summary>
    public bool ShowsRefusals { get; init; } = true;

    /// <summary>Usage stands in the last chunk with its finish_reason instead of a chunk of its own.</summary>
    public bool JoinsUsage { get; init; }

    public bool WantsUsage => Context.Request?.IncludeUsage ?? false;

    /// <summary>State of another wire is tagged so that it finds its way back; this wire's own stays as it is.</summary>
    public void WriteStateTag(StateKind kind, ReadOnlySpan<byte> itemId, IBufferWriter<byte> output)
    {
        if (Context.Origin.Dialect != dialect)
        {
            ReasoningState.WriteTag(kind, Context.Origin, itemId, output);
        }
    }

    public byte[] CallId(ReadOnlySpan<byte> id, int choice, int number) =>
        id.IsEmpty ? Encoding.ASCII.GetBytes($"call_{Context.ExchangeId}{choice}{number}") : id.ToArray();

    /// <summary>Writes one annotation; false where chat has no shape for it.</summary>
    /// <param name="citation">The citation.</param>
    /// <param name="start">First character of the text it stands on, where the citation does not say.</param>
    /// <param name="end">The character behind it.</param>
    /// <param name="json">Where to.</param>
    public bool WriteAnnotation(Citation citation, int start, int end, ref JsonEmitter json)
    {
        if (citation.Kind is CitationKind.Other or CitationKind.File && !citation.Raw.IsAbsent && Context.Origin.Dialect == DialectNames.Chat)
        {
            json.Raw(citation.Raw);
            return true;
        }

        var url = citation.Url.IsEmpty ? citation.Source : citation.Url;
        if (url.IsEmpty)
        {
            Context.Losses.Add("answer.citations", LossReason.Unsupported);
            return false;
        }

        json.StartObject();
        json.Member("type"u8, "url_citation"u8);
        json.StartObject("url_citation"u8);
        json.Member("url"u8, url);
        json.Member("title"u8, citation.Title);
        json.Member("start_index"u8, citation.TextStart ?? start);
        json.Member("end_index"u8, citation.TextEnd ?? end);
        json.MemberIfKnown("content"u8, citation.CitedText);
        json.EndObject();
        json.EndObject();
        return true;
    }

    /// <summary>Takes what a tool of the provider's own brought; of that chat can only tell the pages found.</summary>
    public void Keep(ServerToolOutcome? outcome)
    {
        if (outcome is { Hits.Count: > 0 })
        {
            _hits.AddRange(outcome.Hits);
        }
        else
        {
            Context.Losses.Add("answer.server_tool", LossReason.Unsupported);
        }
    }

    /// <summary>Pages found, as chat vendors with a search of their own tell them (docs.perplexity.ai/api-reference).</summary>
    public void WriteHits(ref JsonEmitter json)
    {
        if (_hits.Count == 0)
        {
            return;
        }

        json.StartArray("search_results"u8);
        foreach (var hit in _hits)
        {
            json.StartObject();
            json.Member("title"u8, hit.Title);
            json.Member("url"u8, hit.Url);
            json.MemberIfKnown("date"u8, hit.Date);
            json.MemberIfKnown("snippet"u8, hit.Snippet);
            json.EndObject();
        }

        json.EndArray();
    }

    /// <summary>Members beside the choices that chat vendors know; those of other wires have no place here.</summary>
    public bool Carries(ReadOnlySpan<byte> extension) =>
        Context.Origin.Dialect == DialectNames.Chat
        && (extension.SequenceEqual("citations"u8) || extension.SequenceEqual("search_results"u8) || extension.SequenceEqual("service_tier"u8));

    /// <summary>Unicode characters of an escaped text.</summary>
    public static int CountCharacters(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IndexOf((byte)'\\') < 0 && Ascii.IsValid(escaped))
        {
            return escaped.Length;
        }

        var count = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] == '\\')
            {
                var isUnit = i + 1 < escaped.Length && escaped[i + 1] == 'u';
                var isLow = isUnit && i + 3 < escaped.Length && (escaped[i + 2] | 0x20) == 'd' && (escaped[i + 3] | 0x20) >= 'c';
                i += isUnit ? 5 : 1;
                count += isLow ? 0 : 1;
            }
            else
            {
                count += (escaped[i] & 0xC0) == 0x80 ? 0 : 1;
            }
        }

        return count;
    }
}
