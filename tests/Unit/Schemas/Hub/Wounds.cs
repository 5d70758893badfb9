using System.Text;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>Damages JSON at random, the same way for the same seed.</summary>
internal static class Wounds
{
    private static readonly string[] Junk =
        ["\\ud800", "\"", "{", "}", "[", "]", ",", "null", "1e999", "-", "\0", "\\", "99999999999999999999", "true", ":", "\xff"];

    /// <summary>One to three wounds: a piece cut out, doubled, cut off, or replaced by junk.</summary>
    public static byte[] Damage(string text, Random random)
    {
        for (var wounds = random.Next(1, 4); wounds > 0 && text.Length > 0; wounds--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(12), text.Length - at);
            text = random.Next(8) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, text.Substring(at, length)),
                2 => text[..at],
                3 or 4 => SwapValue(text, random),
                _ => text.Remove(at, Math.Min(1, length)).Insert(at, Junk[random.Next(Junk.Length)]),
            };
        }

        return Encoding.Latin1.GetBytes(text);
    }

    /// <summary>Puts a value of another type behind some colon, which keeps the JSON whole.</summary>
    private static string SwapValue(string text, Random random)
    {
        var colon = text.IndexOf("\":", random.Next(text.Length), StringComparison.Ordinal);
        if (colon < 0)
        {
            return text;
        }

        string[] values = ["5", "\"x\"", "null", "{}", "[]", "true", "[1]", "{\"a\":1}", "1e999", "-1"];
        return text.Insert(colon + 2, $"{values[random.Next(values.Length)]},\"z\":");
    }
}
