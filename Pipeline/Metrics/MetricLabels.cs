using System.Text;

namespace BifrostLite.Pipeline.Metrics;

/// <summary>Names and values of labels, made safe for the text format.</summary>
internal static class MetricLabels
{
    private const int MostCharacters = 128;

    /// <summary>name="value" with what would break a line escaped, and too long values cut.</summary>
    public static void Append(StringBuilder text, string name, string value)
    {
        text.Append(text.Length > 0 ? "," : "").Append(name).Append("=\"");
        foreach (var character in value.AsSpan(0, Math.Min(value.Length, MostCharacters)))
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                < ' ' => text.Append(' '),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }

    /// <summary>A configured dimension as a label's name: letters, digits and underscores.</summary>
    public static string Name(string dimension)
    {
        var name = new StringBuilder(dimension.Length);
        foreach (var character in dimension)
        {
            name.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        return name.Length > 0 && char.IsAsciiDigit(name[0]) ? "_" + name : name.ToString();
    }
}
