namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Takes one level of JSON string escapes off, byte by byte, so that an escape may be split over deltas. Bytes of
/// multi-byte UTF-8 come out as they went in; only \u gives units above 0xFF, see <see cref="IsEscapedUnit"/>.
/// </summary>
internal struct StringUnescaper
{
    private const int HexDigits = 4;

    private bool _inEscape;
    private int _hexLeft;
    private ushort _unit;

    /// <summary>The unit just read was spelt \uXXXX: it is a UTF-16 unit, where other units are UTF-8 bytes.</summary>
    public bool IsEscapedUnit { get; private set; }

    /// <summary>An escape has begun and is not yet over.</summary>
    public readonly bool IsInside => _inEscape;

    /// <returns>False while an escape is not complete.</returns>
    public bool TryRead(byte b, out char unit)
    {
        unit = (char)b;
        IsEscapedUnit = false;
        if (!_inEscape)
        {
            _inEscape = b == '\\';
            return !_inEscape;
        }

        return _hexLeft > 0 ? TryReadHex(b, out unit) : TryReadSimple(b, out unit);
    }

    private bool TryReadHex(byte b, out char unit)
    {
        // A bad digit counts as 0: what no reader takes must not make this one lose its place.
        _unit = (ushort)((_unit << 4) | (char.IsAsciiHexDigit((char)b) ? HexValue(b) : 0));
        _hexLeft--;
        unit = (char)_unit;
        _inEscape = _hexLeft > 0;
        IsEscapedUnit = !_inEscape;
        return IsEscapedUnit;
    }

    private bool TryReadSimple(byte b, out char unit)
    {
        unit = b switch
        {
            (byte)'n' => '\n',
            (byte)'r' => '\r',
            (byte)'t' => '\t',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            _ => (char)b,
        };
        if (b == 'u')
        {
            _hexLeft = HexDigits;
            _unit = 0;
            return false;
        }

        _inEscape = false;
        return true;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
