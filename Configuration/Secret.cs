namespace BifrostLite.Configuration;

/// <summary>A value that must never be shown. Printing it gives asterisks; only <see cref="Reveal"/> gives the value.</summary>
internal sealed class Secret(string value)
{
    public bool IsEmpty => value.Length == 0;

    /// <summary>The value itself: for the credential header of an upstream call and nothing else.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
