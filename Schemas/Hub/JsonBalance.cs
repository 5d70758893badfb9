namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Watches arguments grow and says whether they are a whole JSON object, array or string so far. In goes the escaped
/// body of a JSON string, cut anywhere: a quote of the argument text appears as \" and its backslash as \\.
/// </summary>
internal struct JsonBalance
{
    private StringUnescaper _outer;
    private int _depth;
    private bool _inString;
    private bool _afterBackslash;
    private bool _hasBegun;
    private bool _isBroken;

    /// <summary>Numbers and literals never count: nothing says that they are over.</summary>
    public readonly bool IsComplete => _hasBegun && !_isBroken && _depth == 0 && !_inString;

    /// <summary>Within a string, object or array.</summary>
    public readonly bool IsInside => _depth > 0 || _inString;

    public void Add(ReadOnlySpan<byte> escaped)
    {
        foreach (var b in escaped)
        {
            if (_outer.TryRead(b, out var unit))
            {
                Step(unit);
            }
        }
    }

    /// <summary>The next character of the JSON text itself.</summary>
    public void Step(char unit)
    {
        if (_inString)
        {
            if (_afterBackslash)
            {
                _afterBackslash = false;
            }
            else if (unit == '\\')
            {
                _afterBackslash = true;
            }
            else if (unit == '"')
            {
                _inString = false;
            }

            return;
        }

        switch (unit)
        {
            case '"':
                _inString = _hasBegun = true;
                break;
            case '{' or '[':
                _depth++;
                _hasBegun = true;
                break;
            case '}' or ']':
                _isBroken |= --_depth < 0;
                break;
        }
    }
}
