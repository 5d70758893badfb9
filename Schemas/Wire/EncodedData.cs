namespace BifrostLite.Schemas.Wire;

/// <summary>Finds pictures, sound and files in a JSON body, where they stand in base64: their tokens cannot be told from their length.</summary>
internal static class EncodedData
{
    /// <summary>No text, and no code either, goes on for so long without a blank, a quote or an escape.</summary>
    private const int Window = 2048;

    /// <summary>Whether there may be any. Looks at a few bytes of each window of text.</summary>
    public static bool IsIn(ReadOnlySpan<byte> json)
    {
        while (json.Length >= Window)
        {
            var end = json[..Window].LastIndexOfAny((byte)' ', (byte)'"', (byte)'\\');
            if (end < 0)
            {
                return true;
            }

            json = json[(end + 1)..];
        }

        return false;
    }
}
