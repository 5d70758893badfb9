using System.Buffers;
using System.Globalization;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Passes on the body of a JSON string that stood inside another one, as an escaped body of its own: escapes stay as they
/// are spelt, are never cut, and become legal where the model wrote illegal ones (raw line breaks, "\d").
/// </summary>
internal sealed class InnerText
{
    private const int UnitLength = 6;

    private readonly byte[] _tail = new byte[UnitLength];
    private int _tailLength;
    private char _high;

    /// <summary>Takes the next unit of the inner JSON text.</summary>
    /// <param name="unit">A UTF-8 byte, or a UTF-16 unit.</param>
    /// <param name="isUnit">The outer string spelt it \uXXXX.</param>
    /// <param name="output">Gets what is complete.</param>
    /// <returns>False when the unit was the quote that ends the text.</returns>
    public bool Add(char unit, bool isUnit, IBufferWriter<byte> output)
    {
        if (isUnit && unit >= 0x80)
        {
            BreakTail(output);
            AddUnit(unit, output);
            return true;
        }

        if (_tailLength > 0 && AddToTail((byte)unit, output))
        {
            return true;
        }

        if (unit == '\\')
        {
            _tail[_tailLength++] = (byte)unit;
            return true;
        }

        FlushHigh(output);
        if (unit == '"')
        {
            return false;
        }

        if (unit < ' ')
        {
            JsonEscapes.WriteEscape((byte)unit, output);
            return true;
        }

        output.GetSpan(1)[0] = (byte)unit;
        output.Advance(1);
        return true;
    }

    /// <summary>The text was cut off: half an escape is left out.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        _tailLength = 0;
        FlushHigh(output);
    }

    /// <summary>Goes on with an escape; false where it turns out to be none and the byte stands for itself.</summary>
    private bool AddToTail(byte b, IBufferWriter<byte> output)
    {
        if (_tailLength == 1 && b != 'u')
        {
            if (!"\"\\/bfnrt"u8.Contains(b))
            {
                BreakTail(output);
                return false;
            }

            FlushHigh(output);
            output.Write([(byte)'\\', b]);
            _tailLength = 0;
            return true;
        }

        if (_tailLength > 1 && !char.IsAsciiHexDigit((char)b))
        {
            BreakTail(output);
            return false;
        }

        _tail[_tailLength++] = b;
        if (_tailLength == UnitLength)
        {
            _tailLength = 0;
            AddUnit((char)ushort.Parse(_tail.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), output);
        }

        return true;
    }

    /// <summary>A high surrogate waits for its low half, so that no frame ends between them.</summary>
    private void AddUnit(char unit, IBufferWriter<byte> output)
    {
        FlushHigh(output);
        if (char.IsHighSurrogate(unit))
        {
            _high = unit;
        }
        else
        {
            JsonEscapes.WriteUnit(unit, output);
        }
    }

    private void BreakTail(IBufferWriter<byte> output)
    {
        if (_tailLength > 0)
        {
            FlushHigh(output);
            output.Write("\\"u8);
            output.Write(_tail.AsSpan(0, _tailLength));
            _tailLength = 0;
        }
    }

    private void FlushHigh(IBufferWriter<byte> output)
    {
        if (_high != 0)
        {
            JsonEscapes.WriteUnit(_high, output);
            _high = default;
        }
    }
}
