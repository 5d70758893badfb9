using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Reads GenerateContentResponse objects (ai.google.dev/api/generate-content#generatecontentresponse): a stream is a row of
/// them, a whole answer is one. Nothing in them says that an answer is over: a finish reason may come with every chunk and
/// words after it, so the choices are finished when the upstream closes.
/// </summary>
internal sealed class GenerateContentChunkReader
{
    private readonly List<GenerateContentCandidate> _candidates = [];
    private GenerateContentUsage _usage;
    private bool _hasStarted;
    private bool _hasFailed;
    private int _blocks;

    /// <summary>The upstream's id of the answer, from which ids of calls are made where it gives none.</summary>
    public string ResponseId { get; private set; } = "";

    /// <summary>The number of the next block.</summary>
    public int NextBlock() => _blocks++;

    public void Read(ReadOnlySpan<byte> chunk, IResponseSink sink)
    {
        var parts = default(GenerateContentChunk);
        var members = new JsonMembers(chunk);
        while (members.MoveNext())
        {
            parts.Take(members);
        }

        if (_hasFailed || members.IsBroken || parts.IsError)
        {
            Fail(chunk, members.IsBroken, sink);
            return;
        }

        if (!parts.Usage.IsEmpty)
        {
            _usage.Read(parts.Usage);
        }

        Start(parts.Id, parts.Model, sink);
        ReadCandidates(parts.Candidates, sink);
        ReadFeedback(parts.Feedback);
        if (!parts.Usage.IsEmpty)
        {
            sink.On(ResponseEvent.Of(_usage.Usage));
        }
    }

    /// <summary>
    /// The upstream closed: ends the answer if it said why it stopped, else does nothing. A whole answer that has content is over
    /// without a word about it: it is complete JSON.
    /// </summary>
    public void Finish(IResponseSink sink, bool isWhole = false)
    {
        if (_hasFailed || _candidates.Count == 0 || (_candidates.Exists(static c => !c.HasStop) && !(isWhole && _blocks > 0)))
        {
            return;
        }

        foreach (var candidate in _candidates)
        {
            candidate.Finish(sink);
        }

        sink.On(new ResponseEvent { Kind = EventKind.End });
    }

    private void Fail(ReadOnlySpan<byte> chunk, bool isBroken, IResponseSink sink)
    {
        if (!_hasFailed)
        {
            _hasFailed = true;
            var error = GenerateContentErrors.TryRead(chunk, 0)
                ?? GatewayError.Upstream(isBroken ? "the provider's answer is not a JSON object" : "the provider reported an error");
            sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
        }
    }

    private void Start(ReadOnlySpan<byte> id, ReadOnlySpan<byte> model, IResponseSink sink)
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            ResponseId = Encoding.UTF8.GetString(id);
            var figures = _usage.Usage;
            sink.On(new ResponseEvent { Kind = EventKind.MessageStart, Id = id, Name = model, Figures = new ReadOnlySpan<Usage>(in figures) });
        }
    }

    private void ReadCandidates(ReadOnlySpan<byte> candidates, IResponseSink sink)
    {
        var items = new JsonElements(candidates);
        for (var position = 0; items.MoveNext(); position++)
        {
            ReadCandidate(items.Raw, position, sink);
        }
    }

    private void ReadCandidate(ReadOnlySpan<byte> item, int position, IResponseSink sink)
    {
        ReadOnlySpan<byte> content = default, reason = default, grounding = default, logprobs = default;
        var number = position;
        var members = new JsonMembers(item);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("content"u8))
            {
                content = members.Raw;
            }
            else if (members.Name.SequenceEqual("finishReason"u8))
            {
                reason = GenerateContentStops.Word(members);
            }
            else if (members.Name.SequenceEqual("index"u8) && int.TryParse(members.Raw, out var index))
            {
                number = index;
            }
            else if (members.Name.SequenceEqual("groundingMetadata"u8))
            {
                grounding = members.Raw;
                _usage.Searched(GenerateContentGrounding.CountSearches(grounding));
            }
            else if (members.Name.SequenceEqual("logprobsResult"u8))
            {
                logprobs = members.Raw;
            }
            else if (members.Name.SequenceEqual("urlContextMetadata"u8) || members.Name.SequenceEqual("citationMetadata"u8))
            {
                sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = members.Name, Raw = members.Raw });
            }
        }

        var candidate = CandidateOf(number);
        candidate.Expect(grounding, logprobs);
        candidate.ReadContent(content, sink);
        candidate.TellExtras(sink);
        candidate.NoteStop(reason);
    }

    private GenerateContentCandidate CandidateOf(int number)
    {
        foreach (var known in _candidates)
        {
            if (known.Number == number)
            {
                return known;
            }
        }

        var candidate = new GenerateContentCandidate(this, number);
        _candidates.Add(candidate);
        return candidate;
    }

    /// <summary>A prompt that was blocked has no candidates, only promptFeedback.blockReason.</summary>
    private void ReadFeedback(ReadOnlySpan<byte> feedback)
    {
        var members = new JsonMembers(feedback.IsEmpty ? "{}"u8 : feedback);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("blockReason"u8) && !members.Text.IsEmpty)
            {
                CandidateOf(0).NoteStop("SAFETY"u8);
            }
        }
    }
}
