using System.Runtime.InteropServices;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>Settings of a tool the provider runs, as its caller's dialect wrote them, that the target's own tool has no place for.</summary>
internal static class ServerToolMembers
{
    /// <summary>Records every member of the tool that is not among <paramref name="carried"/>; its type and name are said by which tool it is.</summary>
    public static void LoseOthers(Tool tool, ReadOnlySpan<string> carried, Losses losses)
    {
        if (!tool.Raw.IsObject || !JsonBody.TryParse(tool.Raw.Utf8, out var body, out _))
        {
            return;
        }

        using (body)
        {
            List<string> known = ["type", "name", "systemTool", .. carried];
            AddDefaults(body.Root, known);
            new RequestFields(body, losses).LoseOthers(body.Root, tool.Path, CollectionsMarshal.AsSpan(known), LossReason.Unsupported);
        }
    }

    /// <summary>What every other API does anyway: a container of the provider's choice, and tools that run without being asked about.</summary>
    private static void AddDefaults(JsonValue tool, List<string> known)
    {
        if (RequestFields.Has(tool, "container", out var container) && container.ValueKind == JsonValueKind.Object && IsOnlyType(container))
        {
            known.Add("container");
        }

        if (RequestFields.Has(tool, "require_approval", out var approval) && approval.ValueKind == JsonValueKind.String && approval.ValueEquals("never"u8))
        {
            known.Add("require_approval");
        }
    }

    private static bool IsOnlyType(JsonValue container)
    {
        foreach (var member in container.EnumerateObject())
        {
            if (!member.NameEquals("type"u8))
            {
                return false;
            }
        }

        return true;
    }
}
