namespace BifrostLite.Configuration;

/// <summary>A value that must never be shown. Printing it gives asterisks; only <see cref="Reveal"/> gives the value.</summary>
internal sealed class Secret(string value)
{
    private Prefixed? _behind;

    public bool IsEmpty => value.Length == 0;

    /// <summary>The value itself: for the credential header of an upstream call and nothing else.</summary>
    public string Reveal() => value;

    /// <summary>The value behind a word such as "Bearer ": asked for with the same word each time, it is put together once.</summary>
    public string RevealBehind(string prefix)
    {
        if (_behind is not { } behind || behind.Prefix != prefix)
        {
            _behind = behind = new Prefixed(prefix, prefix + value);
        }

        return behind.Whole;
    }

    public override string ToString() => "***";

    private sealed class Prefixed(string prefix, string whole)
    {
        public string Prefix => prefix;

        public string Whole => whole;
    }
}
