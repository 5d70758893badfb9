using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Undoes <see cref="ToolWrapping"/> on the answer's way back: names and namespaces as the caller knows them, free-form
/// input out of its wrapping, a structured answer as text. Stands between decoder and guard, so blocks may be interleaved.
/// </summary>
internal sealed class ToolUnwrapping(IResponseSink next, ToolAliases aliases, Losses losses) : IResponseSink
{
    private readonly Dictionary<(int Choice, int Index), InputUnwrapper> _inputs = [];
    private readonly Dictionary<int, CallCount> _calls = [];
    private readonly ArrayBufferWriter<byte> _text = new();

    public void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.BlockStart when e.Block == BlockKind.Tool:
                OnToolStart(e);
                break;
            case EventKind.BlockDelta when _inputs.Count > 0 && e.Delta == DeltaKind.Text && _inputs.TryGetValue((e.Choice, e.Index), out var input):
                OnInput(e, input);
                break;
            case EventKind.BlockStop when _inputs.Remove((e.Choice, e.Index), out var input):
                Complete(e.Choice, e.Index, input);
                next.On(e);
                break;
            case EventKind.Finish:
                OnFinish(e);
                break;
            default:
                next.On(e);
                break;
        }
    }

    private void OnToolStart(in ResponseEvent e)
    {
        var alias = aliases.Find(e.Name);
        _calls.TryGetValue(e.Choice, out var calls);
        _calls[e.Choice] = alias?.Kind == AliasKind.Answer ? calls with { Answers = calls.Answers + 1 } : calls with { Tools = calls.Tools + 1 };
        _inputs.Remove((e.Choice, e.Index));
        switch (alias)
        {
            case null:
                next.On(e);
                break;
            case { Kind: AliasKind.Answer }:
                next.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = e.Index, Choice = e.Choice, Block = BlockKind.Text });
                break;
            case { Kind: AliasKind.Custom }:
                _inputs[(e.Choice, e.Index)] = new InputUnwrapper();
                next.On(e with { Block = BlockKind.CustomTool, Name = alias.Name.Span, Namespace = alias.Namespace.Span });
                break;
            default:
                next.On(e with { Name = alias.Name.Span, Namespace = alias.Namespace.Span });
                break;
        }
    }

    private void OnInput(in ResponseEvent e, InputUnwrapper input)
    {
        _text.ResetWrittenCount();
        input.Add(e.Text, _text);
        if (_text.WrittenCount > 0)
        {
            next.On(e with { Block = BlockKind.CustomTool, Text = _text.WrittenSpan });
        }
    }

    private void Complete(int choice, int index, InputUnwrapper input)
    {
        _text.ResetWrittenCount();
        input.Complete(_text);
        if (_text.WrittenCount > 0)
        {
            next.On(new ResponseEvent
            {
                Kind = EventKind.BlockDelta,
                Index = index,
                Choice = choice,
                Block = BlockKind.CustomTool,
                Text = _text.WrittenSpan,
            });
        }

        losses.AddIf(input.HasOtherMembers, "tool_call.arguments", LossReason.Unsupported);
    }

    /// <summary>Vendors that never stop a block leave its input to be completed here.</summary>
    private void OnFinish(in ResponseEvent e)
    {
        foreach (var (key, input) in _inputs)
        {
            if (key.Choice == e.Choice)
            {
                _inputs.Remove(key);
                Complete(key.Choice, key.Index, input);
            }
        }

        var isAnswer = e.Stop.Kind == StopKind.ToolCalls && _calls.TryGetValue(e.Choice, out var calls) && calls is { Answers: > 0, Tools: 0 };
        if (isAnswer)
        {
            next.On(e with { Stop = new StopReason(StopKind.Stop) });
        }
        else
        {
            next.On(e);
        }
    }

    private readonly record struct CallCount(int Answers, int Tools);
}
