using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>
/// What each demo model says: one script of hub events, written in whatever dialect the call came in. Deterministic: the
/// same model and text give the same answer.
/// </summary>
internal sealed class DemoScript(DemoRequest request)
{
    private const int StoryTokens = 200;
    private const int LongTokens = 4000;

    /// <summary>Tokens a model that breaks off writes before it does.</summary>
    private const int TokensBeforeBreak = 5;

    private readonly long _most = request.Chat.Sampling.MaxTokens ?? long.MaxValue;
    private readonly TimeSpan _pace = request.Model.Pace;
    private int _blocks;
    private int _output;
    private int _reasoning;
    private StopKind _stop = StopKind.Stop;

    /// <summary>The failure a model answers with instead of an answer, or null.</summary>
    public static GatewayError? Refusal(DemoModel model)
    {
        if (model.ErrorStatus == 0)
        {
            return null;
        }

        var kind = model.ErrorStatus switch
        {
            401 => ErrorKind.Authentication,
            402 => ErrorKind.Billing,
            403 => ErrorKind.Permission,
            404 => ErrorKind.NotFound,
            408 or 504 => ErrorKind.Timeout,
            413 => ErrorKind.TooLarge,
            429 => ErrorKind.RateLimit,
            502 => ErrorKind.BadGateway,
            503 => ErrorKind.Unavailable,
            529 => ErrorKind.Overloaded,
            < 500 => ErrorKind.InvalidRequest,
            _ => ErrorKind.Server,
        };
        return new GatewayError(model.ErrorStatus, kind, $"demo: this model always answers {model.ErrorStatus}");
    }

    public IEnumerable<DemoEvent> Play()
    {
        yield return new DemoEvent(EventKind.MessageStart)
        {
            Name = JsonText.From(request.Chat.Model),
            Usage = new Usage { Input = request.InputTokens, Output = 0 },
        };
        foreach (var e in Content())
        {
            yield return e;
            if (e.IsCut || e.Kind == EventKind.Error)
            {
                yield break;
            }
        }

        if (request.Model.Kind == "truncated")
        {
            yield break;
        }

        if (request.Model.Kind == "stall")
        {
            yield return new DemoEvent(EventKind.Usage) { Delay = Timeout.InfiniteTimeSpan };
        }

        yield return new DemoEvent(EventKind.Finish) { Stop = new StopReason(_stop) };
        yield return new DemoEvent(EventKind.Usage) { Usage = Figures() };
        yield return new DemoEvent(EventKind.End);
    }

    private Usage Figures() => new() { Input = request.InputTokens, Output = _output + _reasoning, Reasoning = _reasoning > 0 ? _reasoning : null };

    private IEnumerable<DemoEvent> Content() => request.Model.Kind switch
    {
        "story" or "slow-headers" => Text(DemoText.Story(Seed()).Take(request.Model.Length ?? StoryTokens)),
        "long" => Text(DemoText.Story(Seed()).Take(request.Model.Length ?? LongTokens)),
        "tools" => Tools(),
        "thinking" => Thinking(),
        "empty" => [],
        "refusal" => Block(BlockKind.Refusal, DemoText.Tokens("The demo model will not do that.")),
        "error-midstream" => BrokenOff(new DemoEvent(EventKind.Error) { Error = new GatewayError(529, ErrorKind.Overloaded, "demo: overloaded in the middle of an answer") }),
        "cut" => BrokenOff(new DemoEvent(EventKind.End) { IsCut = true }),
        "truncated" or "stall" => BrokenOff(null),
        DemoModel.StandIn => Text(DemoText.Tokens(Introduction() + Echo())),
        _ => Text(DemoText.Tokens(Echo())),
    };

    private string Introduction() => request.Chat.Format is { Kind: not FormatKind.Text }
        ? ""
        : $"This is the gateway's demo provider, which has no model \"{request.Chat.Model}\": configure a key to ask the real one. You wrote: ";

    private string Seed() => request.Model.Kind + request.LastText;

    private string Echo() => request.Chat.Format switch
    {
        { Kind: FormatKind.JsonSchema } format => DemoSchema.Least(format.Schema),
        { Kind: FormatKind.JsonObject } => "{\"demo\":true}",
        _ => request.LastText.Length > 0 ? request.LastText : "(there is no text to echo)",
    };

    /// <summary>What breaks off leaves its block open, as a broken stream does.</summary>
    private IEnumerable<DemoEvent> BrokenOff(DemoEvent? end)
    {
        foreach (var e in Text(DemoText.Story(Seed()).Take(TokensBeforeBreak)))
        {
            if (e.Kind != EventKind.BlockStop)
            {
                yield return e;
            }
        }

        if (end is not null)
        {
            yield return end;
        }
    }

    private IEnumerable<DemoEvent> Thinking()
    {
        var thought = $"The user wrote {request.LastText.Length} characters. The answer is to repeat them.";
        var index = _blocks++;
        yield return new DemoEvent(EventKind.BlockStart) { Index = index, Block = BlockKind.Reasoning };
        foreach (var token in DemoText.Tokens(thought))
        {
            _reasoning++;
            yield return Delta(index, BlockKind.Reasoning, DeltaKind.Text, token);
        }

        yield return Delta(index, BlockKind.Reasoning, DeltaKind.Signature, DemoText.Signature(thought));
        yield return new DemoEvent(EventKind.BlockStop) { Index = index, Block = BlockKind.Reasoning };
        foreach (var e in Text(DemoText.Tokens(Echo())))
        {
            yield return e;
        }
    }

    private IEnumerable<DemoEvent> Tools()
    {
        if (request.Results.Count > 0)
        {
            var answers = string.Join("; ", request.Results.Select(result => string.Concat(result.Content.OfType<TextPart>().Select(part => part.Text.Decode()))));
            return Text(DemoText.Tokens($"The tool answered: {answers}"));
        }

        return request.WantedTool() is { } call
            ? Call(call)
            : Text(DemoText.Tokens("There is no tool to call: give demo/tools some in the request."));
    }

    private IEnumerable<DemoEvent> Call(ToolCall call)
    {
        var index = _blocks++;
        var kind = call.Tool.Kind == ToolKind.Custom ? BlockKind.CustomTool : BlockKind.Tool;
        yield return new DemoEvent(EventKind.BlockStart)
        {
            Index = index,
            Block = kind,
            Id = JsonText.From("call_" + DemoText.Digest($"{request.Chat.Turns.Count} {call.Arguments}")),
            Name = call.Tool.Name,
            Namespace = call.Tool.Namespace,
        };
        foreach (var piece in DemoText.Pieces(call.Arguments))
        {
            _output++;
            yield return Delta(index, kind, DeltaKind.Text, piece);
        }

        yield return new DemoEvent(EventKind.BlockStop) { Index = index, Block = kind };
        _stop = StopKind.ToolCalls;
    }

    private IEnumerable<DemoEvent> Text(IEnumerable<string> tokens) => Block(BlockKind.Text, tokens);

    /// <summary>Tokens in one block, until they end or the caller's limit is reached.</summary>
    private IEnumerable<DemoEvent> Block(BlockKind kind, IEnumerable<string> tokens)
    {
        var index = _blocks++;
        yield return new DemoEvent(EventKind.BlockStart) { Index = index, Block = kind };
        _stop = kind == BlockKind.Refusal ? StopKind.Refusal : _stop;
        foreach (var token in tokens)
        {
            if (_output + _reasoning >= _most)
            {
                _stop = StopKind.Length;
                break;
            }

            _output++;
            yield return Delta(index, kind, DeltaKind.Text, token);
        }

        yield return new DemoEvent(EventKind.BlockStop) { Index = index, Block = kind };
    }

    private DemoEvent Delta(int index, BlockKind block, DeltaKind kind, string text) => new(EventKind.BlockDelta)
    {
        Delay = _pace,
        Index = index,
        Block = block,
        Delta = kind,
        Text = JsonText.From(text),
    };
}
