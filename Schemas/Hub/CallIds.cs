using System.Security.Cryptography;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Ids of one conversation's tool calls as the target accepts them: unique, of its alphabet and length. The same id becomes
/// the same id on every turn, so what the target cached stays valid; the caller never sees the new ones.
/// </summary>
internal sealed class CallIds(RepairRules rules)
{
    /// <summary>48 bits keep the ids of one conversation apart.</summary>
    private const int HashDigits = 12;

    private static readonly JsonText Unnamed = JsonText.From("call");

    private readonly HashSet<JsonText> _taken = [];

    /// <summary>The id to use for the next call that came with <paramref name="id"/>.</summary>
    /// <param name="id">The caller's id; may be empty.</param>
    /// <param name="isTaken">An earlier call has the same id.</param>
    public JsonText Take(JsonText id, out bool isTaken)
    {
        id = id.IsEmpty ? Unnamed : id;
        var legal = Legal(id);
        isTaken = !_taken.Add(legal);
        for (var number = 2; isTaken && !_taken.Add(legal); number++)
        {
            legal = Legal(JsonText.From($"{id.Decode()}_{number}"));
        }

        return legal;
    }

    private JsonText Legal(JsonText id)
    {
        var isTooLong = rules.CallIdLength > 0 && id.Span.Length > rules.CallIdLength;
        var isForeign = rules.CallIdsAreWords && id.Span.ContainsAnyExcept(ToolNames.Letters);
        return isTooLong || isForeign ? Shortened(id) : id;
    }

    /// <summary>What of the id is legal, and a hash of all of it.</summary>
    private JsonText Shortened(JsonText id)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(id.Span))[..HashDigits];
        var limit = rules.CallIdLength > 0 ? rules.CallIdLength : ToolNames.MaxLength;
        return JsonText.From($"{ToolNames.Word(id, limit - HashDigits - 1)}_{hash}");
    }
}
