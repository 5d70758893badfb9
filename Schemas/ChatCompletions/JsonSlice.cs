using System.Buffers.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>Reads slices that <see cref="JsonMembers"/> and <see cref="JsonElements"/> hand out; a wrong kind reads as nothing.</summary>
internal static class JsonSlice
{
    /// <summary>A string's escaped body; empty for anything else.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) => value.Length > 2 && value[0] == '"' ? value[1..^1] : default;

    /// <summary>A whole number, also where a vendor spells it 12.0.</summary>
    public static long? Number(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return null;
        }

        if (JsonDigits.TryRead(value, out var plain))
        {
            return plain;
        }

        if (Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length)
        {
            return number;
        }

        var isNumber = Utf8Parser.TryParse(value, out double real, out used) && used == value.Length;
        return isNumber && Math.Abs(real) < 9e18 ? (long)real : null;
    }

    public static bool IsArray(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '[';

    public static bool IsObject(ReadOnlySpan<byte> value) => !value.IsEmpty && value[0] == '{';

    /// <summary>The value of one member of an object; empty where it is not there or null.</summary>
    public static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        if (!IsObject(json))
        {
            return default;
        }

        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual(name))
            {
                return members.Value;
            }
        }

        return default;
    }
}
