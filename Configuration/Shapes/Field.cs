namespace BifrostLite.Configuration.Shapes;

/// <summary>One key of a section.</summary>
/// <param name="Name">The key as it stands in the file.</param>
/// <param name="Shape">What its value must be.</param>
/// <param name="Description">One sentence for the JSON Schema and the reader of the file.</param>
/// <param name="Default">What holds when the key is absent, as JSON; null where there is nothing.</param>
/// <param name="Effect">Whether it does anything yet.</param>
internal sealed record Field(string Name, Shape Shape, string Description, string? Default = null, Effect Effect = Effect.Full)
{
    public bool IsRequired { get; init; }

    /// <summary>The sibling key whose value chooses the shape among <see cref="Cases"/>; null where the shape is always the same.</summary>
    public string? ChosenBy { get; init; }

    /// <summary>Shapes by the value of the sibling <see cref="ChosenBy"/>; another value leaves <see cref="Shape"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, Shape>> Cases { get; init; } = [];

    public Field Required() => this with { IsRequired = true };

    /// <summary>The same key where nothing is done with it yet.</summary>
    public Field NotYet() => this with { Effect = Effect.NotYet };

    public Field NotNeeded() => this with { Effect = Effect.NotNeeded };

    public Field Bookkeeping() => this with { Effect = Effect.Bookkeeping };

    /// <summary>The shape for a given value of the deciding sibling.</summary>
    public Shape ShapeFor(string? choice) => CaseOf(choice) ?? Shape;

    /// <summary>What it does for a given value of the deciding sibling: of a case each key says so itself, <see cref="Effect"/> is for the others.</summary>
    public Effect EffectFor(string? choice) => CaseOf(choice) is null ? Effect : Effect.Full;

    private Shape? CaseOf(string? choice)
    {
        foreach (var (value, shape) in Cases)
        {
            if (value == choice)
            {
                return shape;
            }
        }

        return null;
    }
}
