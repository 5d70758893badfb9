namespace BifrostLite.Configuration.Rules;

/// <summary>A value in the condition of a routing rule. What a request does not have is unknown, and so is all that hangs on it.</summary>
internal readonly record struct RuleValue
{
    public static readonly RuleValue Unknown;

    private RuleValue(bool? truth, double? number, string? text, IReadOnlyList<RuleValue>? list)
    {
        Truth = truth;
        Number = number;
        Text = text;
        List = list;
    }

    public bool? Truth { get; }

    public double? Number { get; }

    public string? Text { get; }

    public IReadOnlyList<RuleValue>? List { get; }

    public static RuleValue Of(bool truth) => new(truth, null, null, null);

    public static RuleValue Of(double number) => new(null, number, null, null);

    public static RuleValue Of(string? text) => text is null ? Unknown : new(null, null, text, null);

    public static RuleValue Of(IReadOnlyList<RuleValue> list) => new(null, null, null, list);

    /// <summary>Below, at or above zero as this is less, equal or more; null where the two cannot be compared.</summary>
    public int? CompareTo(RuleValue other) =>
        Text is not null && other.Text is not null ? string.CompareOrdinal(Text, other.Text)
        : Number is { } a && other.Number is { } b ? a.CompareTo(b)
        : Truth is { } left && other.Truth is { } right ? left.CompareTo(right)
        : null;
}

/// <summary>What a condition may ask about a request.</summary>
internal interface IRuleFacts
{
    /// <summary>budget_used, tokens_used or request: percent of the fullest limit that holds.</summary>
    double Used(string measure);

    /// <summary>A variable's value; null where the request has none.</summary>
    string? Variable(string name);

    string? Header(string name);

    string? Parameter(string name);
}
