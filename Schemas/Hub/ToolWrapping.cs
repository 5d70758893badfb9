using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// A request whose tools a target can take, and the way back for its answer. Free-form tools become functions with one text
/// argument, namespaces and illegal letters go into the name, structured output becomes a tool that must be called. The
/// caller's request stays as it is: make one wrapping per candidate, write <see cref="Request"/>, and put
/// <see cref="Unwrap"/> between the decoder and the guard.
/// </summary>
internal sealed class ToolWrapping
{
    private static readonly RawJson InputSchema = new(
        """{"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool as plain text."}},"required":["input"],"additionalProperties":false}"""u8.ToArray());

    private readonly List<Tool> _tools;
    private ToolAliases? _aliases;
    private readonly TargetModel _target;
    private readonly Losses _losses;

    private ToolWrapping(ChatRequest request, TargetModel target, Losses losses)
    {
        Request = request;
        _target = target;
        _losses = losses;
        _tools = request.Tools;
    }

    /// <summary>What is to be written for the target: the caller's own request where nothing had to change.</summary>
    public ChatRequest Request { get; private set; }

    private ToolAliases Aliases => _aliases ??= new ToolAliases(_tools);

    public static ToolWrapping For(ChatRequest request, TargetModel target, Losses losses)
    {
        var wrapping = new ToolWrapping(request, target, losses);
        var takesFormat = target.TakesSchemaFormat || request.Format is not { Kind: FormatKind.JsonSchema };
        if (!takesFormat || !IsPlain(request, target))
        {
            var copy = request.Copy();
            wrapping.WrapTools(copy);
            wrapping.WrapTurns(copy);
            wrapping.WrapChoice(copy);
            if (!takesFormat)
            {
                StructuredAnswer.Force(copy, target, wrapping.Aliases, losses);
            }

            if (wrapping._aliases is { IsEmpty: false } || !takesFormat)
            {
                wrapping.Request = copy;
            }
        }

        return wrapping;
    }

    /// <summary>The sink to decode into: <paramref name="next"/> itself where there is nothing to undo.</summary>
    public IResponseSink Unwrap(IResponseSink next) => _aliases is { IsEmpty: false } aliases ? new ToolUnwrapping(next, aliases, _losses) : next;

    /// <summary>
    /// Every tool and call is a function with a name that is legal on any wire, as nearly all are: then nothing is renamed, and a long
    /// conversation need not be copied to find that out.
    /// </summary>
    private static bool IsPlain(ChatRequest request, TargetModel target)
    {
        foreach (var tool in request.Tools)
        {
            if (tool.Kind != ToolKind.Server && !IsPlain(tool.Namespace, tool.Name, tool.Kind == ToolKind.Custom, target))
            {
                return false;
            }
        }

        foreach (var turn in request.Turns)
        {
            foreach (var part in turn.Parts)
            {
                if (part is ToolCallPart call && !IsPlain(call.Namespace, call.Name, call.IsCustom, target))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsPlain(JsonText space, JsonText name, bool isCustom, TargetModel target) =>
        space.IsEmpty && (!isCustom || target.TakesCustomTools) && ToolNames.IsLegal(name);

    private void WrapTools(ChatRequest request)
    {
        for (var i = 0; i < request.Tools.Count; i++)
        {
            var tool = request.Tools[i];
            if (tool.Kind == ToolKind.Server)
            {
                continue;
            }

            var isWrapped = tool.Kind == ToolKind.Custom && !_target.TakesCustomTools;
            var alias = Aliases.Add(tool.Namespace, tool.Name, isWrapped ? AliasKind.Custom : AliasKind.Renamed);
            if (isWrapped)
            {
                _losses.Add(tool.Path, LossReason.Moved);
                tool = tool with { Kind = ToolKind.Function, Description = DescriptionOf(tool), Parameters = InputSchema, Format = default };
            }

            request.Tools[i] = tool with { Name = alias.Wire, Namespace = default };
        }
    }

    /// <summary>Earlier calls must look as the target would have made them.</summary>
    private void WrapTurns(ChatRequest request)
    {
        for (var i = 0; i < request.Turns.Count; i++)
        {
            var turn = request.Turns[i];
            if (!turn.Parts.Exists(static p => p is ToolCallPart or ToolResultPart))
            {
                continue;
            }

            var copy = new Turn(turn.Role, turn.Parts.Count) { Name = turn.Name };
            foreach (var part in turn.Parts)
            {
                copy.Parts.Add(part switch
                {
                    ToolCallPart call => Wrapped(call),
                    ToolResultPart result => Wrapped(result),
                    _ => part,
                });
            }

            request.Turns[i] = copy;
        }
    }

    private ToolCallPart Wrapped(ToolCallPart call)
    {
        var isWrapped = call.IsCustom && !_target.TakesCustomTools;
        var alias = Aliases.Add(call.Namespace, call.Name, isWrapped ? AliasKind.Custom : AliasKind.Renamed);
        return call with
        {
            Name = alias.Wire,
            Namespace = default,
            IsCustom = call.IsCustom && !isWrapped,
            Arguments = isWrapped ? WrappedInput(call.Arguments) : call.Arguments,
        };
    }

    private ToolResultPart Wrapped(ToolResultPart result) => result with
    {
        Name = result.Name.IsEmpty ? default : Aliases.WireOf(result.Name),
        IsCustom = result.IsCustom && _target.TakesCustomTools,
    };

    private void WrapChoice(ChatRequest request)
    {
        if (request.ToolChoice is { } choice && (!choice.Name.IsEmpty || choice.Allowed.Count > 0))
        {
            request.ToolChoice = choice with
            {
                Name = choice.Name.IsEmpty ? default : Aliases.WireOf(choice.Name),
                Allowed = Array.ConvertAll([.. choice.Allowed], Aliases.WireOf),
            };
        }
    }

    /// <summary>The text as the one argument of a function: {"input":"..."}, escaped once more.</summary>
    private static JsonText WrappedInput(JsonText text)
    {
        var json = new ArrayBufferWriter<byte>(text.Span.Length + 16);
        var emitter = new JsonEmitter(json);
        emitter.StartObject();
        emitter.Member("input"u8, text);
        emitter.EndObject();
        return JsonText.FromUtf8(json.WrittenSpan);
    }

    /// <summary>The tool's own words, and the form of its input, which a function has no other place for.</summary>
    private static JsonText DescriptionOf(Tool tool)
    {
        var text = new ArrayBufferWriter<byte>(256);
        text.Write(tool.Description.Span);
        text.Write(tool.Description.IsEmpty ? ""u8 : "\\n\\n"u8);
        text.Write("Pass the whole input as plain text in the argument \\\"input\\\"; it is not JSON."u8);
        if (!tool.Format.IsAbsent && JsonBody.TryParse(tool.Format.Utf8, out var body, out _))
        {
            using (body)
            {
                WriteGrammar(body, text);
            }
        }

        return new JsonText(text.WrittenMemory);
    }

    /// <summary>Responses keeps syntax and definition in the format itself, chat one level deeper under "grammar".</summary>
    private static void WriteGrammar(JsonBody body, IBufferWriter<byte> text)
    {
        var grammar = body.Root;
        if (grammar.ValueKind == JsonValueKind.Object && grammar.TryGetProperty("grammar"u8, out var nested))
        {
            grammar = nested;
        }

        if (grammar.ValueKind != JsonValueKind.Object || !grammar.TryGetProperty("definition"u8, out var definition))
        {
            return;
        }

        text.Write(" It must match this "u8);
        if (grammar.TryGetProperty("syntax"u8, out var syntax))
        {
            text.Write(body.Text(syntax).Span);
            text.Write(" "u8);
        }

        text.Write("grammar:\\n"u8);
        text.Write(body.Text(definition).Span);
    }
}
