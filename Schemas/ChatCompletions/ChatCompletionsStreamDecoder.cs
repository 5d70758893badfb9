using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Chat completion chunks as events (platform.openai.com/docs/api-reference/chat-streaming) with the variants of the
/// OpenAI-compatible vendors. Chat streams have no block ends: a block ends when another kind begins, a tool call when its
/// arguments are complete and something else begins. Finish waits for the end of the stream, since vendors send usage, further
/// calls and a second finish_reason after the first.
/// </summary>
internal sealed class ChatCompletionsStreamDecoder : StreamDecoder
{
    private readonly ChatCompletionsBlocks _blocks = new();
    private readonly ChatCompletionsTemplate _template = new();
    private int _block;
    private int _choice;
    private bool _isStarted;
    private bool _isOver;

    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        if (_isOver || TryEmit(frame.Data, sink))
        {
            return;
        }

        var data = frame.Data.Trim(" \r\n\t"u8);
        if (data.SequenceEqual("[DONE]"u8))
        {
            End(sink);
            return;
        }

        if (data.IsEmpty)
        {
            return;
        }

        try
        {
            var emission = new ChatCompletionsEmission(frame.Data, sink);
            if (data[0] == '{' && !frame.Event.SequenceEqual("error"u8))
            {
                ReadChunk(data, isWhole: false, ref emission);
                Learn(in emission);
            }
            else
            {
                Fail(data[0] == '{' ? ChatCompletionsErrors.ReadInBand(data) : Broken(), sink);
            }
        }
        catch (JsonException)
        {
            Fail(Broken(), sink);
        }
    }

    public override void OnUpstreamEnd(IResponseSink sink)
    {
        if (!_isOver && _blocks.IsFinished)
        {
            End(sink);
        }
    }

    /// <summary>Reads a whole answer as one chunk.</summary>
    public void ReadWhole(ReadOnlySpan<byte> body, IResponseSink sink)
    {
        try
        {
            var emission = new ChatCompletionsEmission(body, sink);
            ReadChunk(body, isWhole: true, ref emission);
            if (!_isOver)
            {
                End(sink);
            }
        }
        catch (JsonException)
        {
            Fail(Broken(), sink);
        }
    }

    /// <summary>The fast way: the same frame as the last but for the text.</summary>
    private bool TryEmit(ReadOnlySpan<byte> frame, IResponseSink sink)
    {
        if (!_template.TryMatch(frame, out var text))
        {
            return false;
        }

        if (!text.IsEmpty)
        {
            sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = _block, Choice = _choice, Text = text });
        }

        return true;
    }

    private void Learn(in ChatCompletionsEmission seen)
    {
        _template.Forget();
        if (seen.IsOneTextDelta)
        {
            _template.Learn(seen.Frame, seen.TextStart, seen.TextLength);
            (_block, _choice) = (seen.Block, seen.Choice);
        }
    }

    private static GatewayError Broken() => GatewayError.Upstream("The upstream's answer is not a chat completion.");

    private void ReadChunk(ReadOnlySpan<byte> data, bool isWhole, ref ChatCompletionsEmission sink)
    {
        var chunk = ChatCompletionsChunk.Read(data);
        if (!chunk.Error.IsEmpty)
        {
            Fail(ChatCompletionsErrors.ReadInBand(data), sink.Sink);
            return;
        }

        _blocks.Remember(in chunk);
        var choices = new JsonElements(chunk.Choices);
        while (!_isOver && choices.MoveToValue())
        {
            if (!_isStarted)
            {
                Start(in chunk, ref sink);
            }

            var choice = ChatCompletionsChoice.Read(choices.FromValue, isWhole, out var length);
            choices.Pass(length);
            if (choice.Error.IsEmpty)
            {
                _blocks.Read(in choice, ref sink);
            }
            else
            {
                Fail(ChatCompletionsErrors.ReadInBand(choices.Raw), sink.Sink);
            }
        }
    }

    private void Start(in ChatCompletionsChunk chunk, ref ChatCompletionsEmission sink)
    {
        _isStarted = true;
        _blocks.AnswerId = chunk.Id.ToArray();
        sink.On(new ResponseEvent
        {
            Kind = EventKind.MessageStart,
            Id = chunk.Id,
            Name = chunk.Model,
            Created = chunk.Created,
            Figures = new ReadOnlySpan<Usage>(in _blocks.Usage),
        });
    }

    private void End(IResponseSink sink)
    {
        if (!_isStarted)
        {
            Fail(Broken(), sink);
            return;
        }

        _isOver = true;
        _template.Forget();
        var emission = new ChatCompletionsEmission(default, sink);
        _blocks.Finish(ref emission);
        sink.On(new ResponseEvent { Kind = EventKind.End });
    }

    private void Fail(GatewayError error, IResponseSink sink)
    {
        _isOver = true;
        _template.Forget();
        sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
    }
}
