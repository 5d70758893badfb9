using System.Globalization;

namespace BifrostLite.Pipeline.Admission.Signed;

/// <summary>Remembers signatures for as long as they could be shown again; in two halves, so that forgetting is dropping one.</summary>
internal sealed class ReplayWindow(TimeProvider clock, TimeSpan length)
{
    /// <summary>8 bytes each: some megabytes at most. Under a flood older ones go earlier.</summary>
    private const int MostInHalf = 200_000;

    private readonly Lock _lock = new();
    private HashSet<long> _current = [];
    private HashSet<long> _before = [];
    private DateTimeOffset _begun = clock.GetUtcNow();

    /// <summary>True the first time.</summary>
    /// <param name="signature">64 hexadecimal digits; 16 of them tell enough.</param>
    public bool IsNew(string signature)
    {
        if (!long.TryParse(signature.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mark))
        {
            return false;
        }

        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now - _begun >= length || _current.Count >= MostInHalf)
            {
                (_before, _current, _begun) = (_current, [], now);
            }

            return !_before.Contains(mark) && _current.Add(mark);
        }
    }
}
