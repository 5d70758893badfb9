using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Names of the caller's tools on a target's wire, which knows no namespaces and takes only ^[a-zA-Z0-9_-]{1,64}$. A tool
/// has the same name on every turn, so that what the target cached stays valid. Names that are legal stay as they are.
/// </summary>
internal sealed class ToolAliases
{
    private const int HashDigits = 8;

    private static ReadOnlySpan<byte> Separator => "__"u8;

    private readonly Dictionary<(JsonText Namespace, JsonText Name), ToolAlias> _byTool = [];
    private readonly Dictionary<JsonText, ToolAlias> _byWire = [];
    private readonly HashSet<JsonText> _taken = [];

    /// <summary>Plain legal names come first: no other tool may take them.</summary>
    public ToolAliases(IEnumerable<Tool> tools)
    {
        foreach (var tool in tools)
        {
            if (tool.Namespace.IsEmpty && ToolNames.IsLegal(tool.Name))
            {
                _taken.Add(tool.Name);
            }
        }
    }

    /// <summary>Nothing on the wire differs from what the caller knows.</summary>
    public bool IsEmpty => _byWire.Count == 0;

    /// <summary>The alias of a tool, made where the tool is met first; later calls for it give the same one.</summary>
    public ToolAlias Add(JsonText space, JsonText name, AliasKind kind)
    {
        if (_byTool.TryGetValue((space, name), out var known))
        {
            return known;
        }

        var wire = space.IsEmpty && ToolNames.IsLegal(name) ? name : Free(space, name);
        _taken.Add(wire);
        var alias = new ToolAlias(wire, name, space, kind);
        _byTool[(space, name)] = alias;
        if (kind != AliasKind.Renamed || !space.IsEmpty || !wire.Equals(name))
        {
            _byWire[wire] = alias;
        }

        return alias;
    }

    /// <summary>A tool of the gateway's own, called as near to <paramref name="name"/> as the caller's tools allow.</summary>
    public ToolAlias AddAnswer(JsonText name)
    {
        var alias = new ToolAlias(Free(default, name), name, default, AliasKind.Answer);
        _taken.Add(alias.Wire);
        _byWire[alias.Wire] = alias;
        return alias;
    }

    /// <summary>The wire name of a tool that is named without its namespace.</summary>
    public JsonText WireOf(JsonText name)
    {
        if (_byTool.TryGetValue((default, name), out var plain))
        {
            return plain.Wire;
        }

        foreach (var alias in _byTool.Values)
        {
            if (alias.Name.Equals(name))
            {
                return alias.Wire;
            }
        }

        return name;
    }

    public ToolAlias? Find(ReadOnlySpan<byte> wire) =>
        _byWire.Count > 0 && _byWire.TryGetValue(new JsonText(wire.ToArray()), out var alias) ? alias : null;

    private JsonText Free(JsonText space, JsonText name)
    {
        var full = space.IsEmpty ? name : new JsonText((byte[])[.. space.Span, .. Separator, .. name.Span]);
        if (ToolNames.IsLegal(full) && !_taken.Contains(full))
        {
            return full;
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{space}\0{name}")))[..HashDigits];
        return JsonText.From($"{ToolNames.Word(full, ToolNames.MaxLength - HashDigits - 1)}_{hash}");
    }
}
