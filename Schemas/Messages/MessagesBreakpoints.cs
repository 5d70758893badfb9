using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Cache breakpoints of one request: at most four (platform.claude.com/docs/en/build-with-claude/prompt-caching). The last
/// ones are kept, since the longest prefix is worth most.
/// </summary>
internal sealed class MessagesBreakpoints
{
    private const int Most = 4;

    private readonly bool _isTaken;
    private readonly Losses _losses;
    private int _surplus;

    public MessagesBreakpoints(ChatRequest request, MessagesTurns turns, TargetModel target, Losses losses)
    {
        _isTaken = target.TakesCacheControl;
        _losses = losses;
        _surplus = Count(request, turns) - Most;
    }

    public void Write(ref JsonEmitter json, CacheControl? cache)
    {
        if (cache is null)
        {
            return;
        }

        if (!_isTaken || _surplus-- > 0)
        {
            _losses.Add("cache_control", _isTaken ? LossReason.Clamped : LossReason.Unsupported);
            return;
        }

        json.StartObject("cache_control"u8);
        json.Member("type"u8, "ephemeral"u8);
        if (cache.Ttl is not null)
        {
            json.Member("ttl"u8, cache.Ttl);
        }

        json.EndObject();
    }

    private static int Count(ChatRequest request, MessagesTurns turns)
    {
        var count = request.Cache is null ? 0 : 1;
        count += request.Tools.Count(static t => t.Cache is not null && t.Kind == ToolKind.Function);
        count += turns.System.Count(static p => p.Cache is not null);
        foreach (var turn in turns.Turns)
        {
            count += turn.Parts.Count(static p => p is not ReasoningPart
                && (p.Cache is not null || (p is ToolResultPart result && result.Content.Exists(static c => c.Cache is not null))));
        }

        return count;
    }
}
