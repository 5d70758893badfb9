using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Takes the text out of {"input":"text"} while it grows. In goes the escaped body of a JSON string that holds that object,
/// cut anywhere; out comes the escaped body of the text, cut only between escapes. Arguments of any other form come out as
/// they are. White space and further members are tolerated.
/// </summary>
internal sealed class InputUnwrapper
{
    /// <summary>So much may stand before the input; more is taken for something else.</summary>
    private const int MaxPreamble = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _preamble = new();
    private readonly InnerText _text = new();
    private StringUnescaper _outer;
    private JsonBalance _other;
    private State _state;
    private int _keyLength;
    private bool _isInputKey;
    private bool _isKeyEscape;
    private bool _hasInput;

    private enum State
    {
        BeforeObject,
        BeforeKey,
        InKey,
        AfterKey,
        BeforeValue,
        InInput,
        InOther,
        AfterInput,
        Over,

        /// <summary>No object with an input: everything passes as it is.</summary>
        Verbatim,
    }

    private static ReadOnlySpan<byte> Key => "input"u8;

    /// <summary>Another member than the input was there; it is lost.</summary>
    public bool HasOtherMembers { get; private set; }

    public void Add(ReadOnlySpan<byte> escaped, IBufferWriter<byte> output)
    {
        if (_state == State.Verbatim)
        {
            output.Write(escaped);
            return;
        }

        if (!_hasInput)
        {
            _preamble.Write(escaped);
        }

        foreach (var b in escaped)
        {
            if (_outer.TryRead(b, out var unit))
            {
                Step(unit, output);
                if (_state == State.Verbatim)
                {
                    break;
                }
            }
        }

        if (!_hasInput && (_state == State.Verbatim || _preamble.WrittenCount > MaxPreamble))
        {
            GiveUp(output);
        }
    }

    /// <summary>The arguments are over: what was held back comes out.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        if (_state == State.InInput)
        {
            _text.Complete(output);
        }
        else if (!_hasInput && _state != State.Verbatim && (_state != State.Over || HasOtherMembers))
        {
            GiveUp(output);
        }
    }

    private void GiveUp(IBufferWriter<byte> output)
    {
        _state = State.Verbatim;
        HasOtherMembers = false;
        output.Write(_preamble.WrittenSpan);
    }

    private void Step(char unit, IBufferWriter<byte> output)
    {
        switch (_state)
        {
            case State.InInput:
                if (!_text.Add(unit, _outer.IsEscapedUnit, output))
                {
                    _state = State.AfterInput;
                }

                break;
            case State.InKey:
                StepKey(unit);
                break;
            case State.InOther:
                StepOther(unit);
                break;
            default:
                if (unit is not (' ' or '\n' or '\r' or '\t'))
                {
                    StepMark(unit);
                }

                break;
        }
    }

    /// <summary>A character outside strings and values.</summary>
    private void StepMark(char unit)
    {
        switch (_state, unit)
        {
            case (State.BeforeObject, '{'):
                _state = State.BeforeKey;
                break;
            case (State.BeforeKey, '"'):
                _state = State.InKey;
                _keyLength = 0;
                _isInputKey = !_hasInput;
                break;
            case (State.BeforeKey, '}') when !HasOtherMembers:
                _state = State.Over;
                break;
            case (State.AfterKey, ':'):
                _state = State.BeforeValue;
                break;
            case (State.BeforeValue, '"') when _isInputKey:
                _state = State.InInput;
                _hasInput = true;
                break;
            case (State.BeforeValue, _) when !_isInputKey:
                HasOtherMembers = true;
                _other = default;
                _other.Step(unit);
                _state = State.InOther;
                break;
            case (State.AfterInput, ','):
                _state = State.BeforeKey;
                break;
            default:
                // Behind the input nothing can be taken back any more.
                _state = _hasInput ? State.Over : State.Verbatim;
                break;
        }
    }

    private void StepKey(char unit)
    {
        if (_isKeyEscape)
        {
            _isKeyEscape = false;
        }
        else if (unit == '"')
        {
            _isInputKey &= _keyLength == Key.Length;
            _state = State.AfterKey;
            return;
        }
        else
        {
            _isKeyEscape = unit == '\\';
        }

        _isInputKey &= _keyLength < Key.Length && unit == Key[_keyLength];
        _keyLength++;
    }

    private void StepOther(char unit)
    {
        if (_other.IsInside || unit is not (',' or '}'))
        {
            _other.Step(unit);
        }
        else if (unit == ',')
        {
            _state = State.BeforeKey;
        }
        else
        {
            _state = _hasInput ? State.Over : State.Verbatim;
        }
    }
}
