using System.Buffers.Text;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Numbers with two digits behind the point at most, as temperatures and the like are: the search for the shortest way to write any other
/// takes ten times as long, and ends with the same letters.
/// </summary>
internal static class Hundredths
{
    /// <summary>False where the number is none of these.</summary>
    public static bool TryWrite(double value, Span<byte> output, out int written)
    {
        written = 0;
        var hundredths = value * 100;
        if (!(hundredths is > 0 and < 10_000))
        {
            return false;
        }

        var whole = (int)Math.Round(hundredths);
        if (whole / 100.0 != value)
        {
            return false;
        }

        Utf8Formatter.TryFormat(whole / 100, output, out written);
        if (whole % 100 != 0)
        {
            output[written++] = (byte)'.';
            output[written++] = (byte)('0' + (whole / 10 % 10));
            if (whole % 10 != 0)
            {
                output[written++] = (byte)('0' + (whole % 10));
            }
        }

        return true;
    }
}
