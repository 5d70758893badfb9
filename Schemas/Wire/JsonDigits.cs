namespace BifrostLite.Schemas.Wire;

/// <summary>Numbers as nearly all of them stand in usage: a few digits and nothing else.</summary>
internal static class JsonDigits
{
    /// <summary>So many digits surely fit into a long.</summary>
    private const int Most = 18;

    /// <returns>False for everything else, numbers of other shapes included.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out long number)
    {
        number = 0;
        if (json.Length is 0 or > Most)
        {
            return false;
        }

        foreach (var digit in json)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + digit - '0';
        }

        return true;
    }
}
