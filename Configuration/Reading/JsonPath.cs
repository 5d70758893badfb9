namespace BifrostLite.Configuration.Reading;

/// <summary>Builds JSON paths: $.providers.openai.keys[0].weight.</summary>
internal static class JsonPath
{
    public const string Root = "$";

    public static string Child(string path, string name) =>
        IsPlain(name) ? $"{path}.{name}" : $"{path}['{name.Replace("'", "\\'", StringComparison.Ordinal)}']";

    public static string Item(string path, int index) => $"{path}[{index}]";

    private static bool IsPlain(string name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('_' or '-' or '$'))
            {
                return false;
            }
        }

        return name.Length > 0;
    }
}
