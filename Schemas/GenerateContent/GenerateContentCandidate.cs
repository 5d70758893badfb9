using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// One candidate of an answer on its way into events. Parts have no beginning and end of their own: text goes on until a
/// part of another kind comes, calls are whole. A signature belongs to the part it stands on.
/// </summary>
internal sealed class GenerateContentCandidate(GenerateContentChunkReader owner, int number)
{
    private BlockKind _kind;
    private int _open = -1;
    private int _calls;
    private bool _hasTools;
    private byte[] _serverId = [];
    private byte[] _stop = [];
    private byte[] _grounding = [];
    private byte[] _logprobs = [];
    private bool _isAscii = true;

    public int Number => number;

    public bool HasStop { get; private set; }

    public void ReadContent(ReadOnlySpan<byte> content, IResponseSink sink)
    {
        var members = new JsonMembers(content.IsEmpty ? "{}"u8 : content);
        while (members.MoveNext())
        {
            if (!members.Name.SequenceEqual("parts"u8))
            {
                continue;
            }

            var parts = new JsonElements(members.Raw);
            while (parts.MoveNext())
            {
                ReadPart(GenerateContentPart.Read(parts.Raw), sink);
            }
        }
    }

    /// <summary>What rests on the text of a chunk, before the chunk's parts are read: a call behind the text closes it.</summary>
    public void Expect(ReadOnlySpan<byte> grounding, ReadOnlySpan<byte> logprobs)
    {
        _grounding = grounding.IsEmpty ? _grounding : grounding.ToArray();
        _logprobs = logprobs.IsEmpty ? _logprobs : logprobs.ToArray();
    }

    /// <summary>Grounding comes with the last chunks as a rule, while the text is still open.</summary>
    public void TellExtras(IResponseSink sink)
    {
        if (_open < 0 || _kind != BlockKind.Text || (_grounding.Length == 0 && _logprobs.Length == 0))
        {
            return;
        }

        foreach (var citation in GenerateContentGrounding.Read(_grounding, _isAscii))
        {
            sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = _open, Choice = number, Block = BlockKind.Text, Citation = citation });
        }

        if (GenerateContentLogprobs.Read(_logprobs) is { IsAbsent: false } tokens)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = _open, Choice = number, Block = BlockKind.Text, Raw = tokens.Span });
        }

        _grounding = _logprobs = [];
    }

    public void NoteStop(ReadOnlySpan<byte> reason)
    {
        if (!reason.IsEmpty && !reason.SequenceEqual(_stop))
        {
            HasStop = true;
            _stop = reason.ToArray();
        }
    }

    public void Finish(IResponseSink sink)
    {
        Close(sink);
        sink.On(new ResponseEvent { Kind = EventKind.Finish, Choice = number, Stop = GenerateContentStops.Read(_stop, _hasTools) });
    }

    private void ReadPart(in GenerateContentPart part, IResponseSink sink)
    {
        switch (part.Kind)
        {
            case GenerateContentPartKind.Text:
                ReadText(part, sink);
                break;
            case GenerateContentPartKind.FunctionCall:
                ReadCall(part, sink);
                return;
            case GenerateContentPartKind.InlineData:
                ReadMedia(part.Value, sink);
                break;
            case GenerateContentPartKind.ServerCall:
                ReadServerCall(part, sink);
                break;
            case GenerateContentPartKind.ServerResult:
                ReadServerResult(part, sink);
                break;
        }

        if (!part.Signature.IsEmpty && !(part is { Kind: GenerateContentPartKind.Text, IsThought: true }))
        {
            // A signature on plain text has no block that could hold it: it stands in a reasoning block without text.
            Open(BlockKind.Reasoning, sink);
            Grow(DeltaKind.Signature, part.Signature, sink);
            Close(sink);
        }
    }

    private void ReadText(in GenerateContentPart part, IResponseSink sink)
    {
        var kind = part.IsThought ? BlockKind.Reasoning : BlockKind.Text;
        if (!part.Value.IsEmpty)
        {
            _isAscii &= part.IsThought || (Ascii.IsValid(part.Value) && part.Value.IndexOf("\\u"u8) < 0);
            Open(kind, sink);
            Grow(DeltaKind.Text, part.Value, sink);
        }

        if (part.IsThought && !part.Signature.IsEmpty)
        {
            Open(kind, sink);
            Grow(DeltaKind.Signature, part.Signature, sink);
            Close(sink);
        }
    }

    private void ReadCall(in GenerateContentPart part, IResponseSink sink)
    {
        ReadOnlySpan<byte> id = default, name = default, args = "{}"u8;
        var members = new JsonMembers(part.Value);
        while (members.MoveNext())
        {
            id = members.Name.SequenceEqual("id"u8) ? members.Text : id;
            name = members.Name.SequenceEqual("name"u8) ? members.Text : name;
            args = members.Name.SequenceEqual("args"u8) ? members.Raw : args;
        }

        _hasTools = true;
        Begin(BlockKind.Tool, id.IsEmpty ? MakeId() : id, name, sink);
        if (!part.Signature.IsEmpty)
        {
            Grow(DeltaKind.Signature, part.Signature, sink);
        }

        var text = new ArrayBufferWriter<byte>(args.Length + 16);
        JsonEscapes.Escape(args, text);
        Grow(DeltaKind.Text, text.WrittenSpan, sink);
        Close(sink);
    }

    private void ReadMedia(ReadOnlySpan<byte> raw, IResponseSink sink)
    {
        ReadOnlySpan<byte> type = default, data = default;
        var members = new JsonMembers(raw);
        while (members.MoveNext())
        {
            type = members.Name.SequenceEqual("mimeType"u8) ? members.Text : type;
            data = members.Name.SequenceEqual("data"u8) ? members.Text : data;
        }

        Begin(BlockKind.Media, default, type, sink);
        Grow(DeltaKind.Text, data, sink);
        Close(sink);
    }

    private void ReadServerCall(in GenerateContentPart part, IResponseSink sink)
    {
        var call = GenerateContentServerTool.Read(part.Value, part.IsCode);
        _serverId = call.Id.IsEmpty ? MakeId() : call.Id.ToArray();
        Begin(BlockKind.ServerTool, _serverId, call.Name, sink);
        var text = new ArrayBufferWriter<byte>(call.Input.Length + 16);
        JsonEscapes.Escape(call.Input, text);
        Grow(DeltaKind.Text, text.WrittenSpan, sink);
        Close(sink);
    }

    private void ReadServerResult(in GenerateContentPart part, IResponseSink sink)
    {
        var result = GenerateContentServerTool.Read(part.Value, part.IsCode);
        Close(sink);
        var index = owner.NextBlock();
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Choice = number,
            Block = BlockKind.ServerToolResult,
            Id = result.Id.IsEmpty ? _serverId : result.Id,
            Name = result.Name,
            Outcome = result.Outcome(part.Value),
        });
        sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index, Choice = number, Block = BlockKind.ServerToolResult });
    }

    /// <summary>Made from the answer's own id, so that a call has the same id however often the answer is read.</summary>
    private byte[] MakeId()
    {
        var answer = owner.ResponseId.Length > 0 ? ToolNames.Word(JsonText.From(owner.ResponseId), 40) : Guid.NewGuid().ToString("N");
        return Encoding.ASCII.GetBytes($"call_{answer}_{(number == 0 ? "" : $"{number}_")}{_calls++}");
    }

    /// <summary>Goes on with a block of the kind, or begins one.</summary>
    private void Open(BlockKind kind, IResponseSink sink)
    {
        if (_open < 0 || _kind != kind)
        {
            Begin(kind, default, default, sink);
        }
    }

    private void Begin(BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, IResponseSink sink)
    {
        Close(sink);
        _kind = kind;
        _open = owner.NextBlock();
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = _open, Choice = number, Block = kind, Id = id, Name = name });
    }

    private void Grow(DeltaKind delta, ReadOnlySpan<byte> text, IResponseSink sink) =>
        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = _open, Choice = number, Block = _kind, Delta = delta, Text = text });

    private void Close(IResponseSink sink)
    {
        if (_open >= 0)
        {
            TellExtras(sink);
            sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = _open, Choice = number, Block = _kind });
            _open = -1;
        }
    }
}
