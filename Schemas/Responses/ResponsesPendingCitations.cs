using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Citations of the open block. They wait for its end: only then it is known which words rest on them.</summary>
internal sealed class ResponsesPendingCitations(AnswerContext context, ResponsesEvents? events)
{
    private readonly List<Citation> _waiting = [];

    public void Add(Citation citation) => _waiting.Add(citation);

    /// <summary>Writes them as annotations of the item's part.</summary>
    public void Flush(ResponsesOpenItem item)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var start = ResponsesCitations.Count(item.Text.Span[..item.BlockStart]);
        var end = start + ResponsesCitations.Count(item.Text.Span[item.BlockStart..]);
        foreach (var citation in _waiting)
        {
            var at = item.Annotations.Length == 0 ? 0 : item.Annotations.Length + 1;
            var json = new JsonEmitter(item.Annotations);
            if (at > 0)
            {
                json.StartMembers();
            }

            if (!ResponsesCitations.Write(citation, start, end, ref json))
            {
                context.Losses.Add("output.citations", LossReason.Unsupported);
            }
            else
            {
                events?.Annotation(item, item.Annotations.Span[at..]);
            }
        }

        _waiting.Clear();
    }
}
