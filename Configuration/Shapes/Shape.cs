namespace BifrostLite.Configuration.Shapes;

/// <summary>
/// What a value of config.json must look like: one node of the tree from which the checks, the JSON Schema, the defaults and the
/// "did you mean" all come. Immutable.
/// </summary>
internal sealed record Shape(ShapeKind Kind)
{
    public static readonly Shape Text = new(ShapeKind.Text);

    public static readonly Shape NotEmpty = new(ShapeKind.Text) { Form = TextForm.NotEmpty };

    /// <summary>Text in which "env.NAME" stands for itself (expressions, descriptions).</summary>
    public static readonly Shape Literal = new(ShapeKind.Text) { IsLiteral = true };

    public static readonly Shape Secret = new(ShapeKind.Text) { IsSecret = true, TakesReference = true };

    /// <summary>Text that Bifrost also writes as an object that says where the value comes from.</summary>
    public static readonly Shape Setting = new(ShapeKind.Text) { TakesReference = true };

    public static readonly Shape Url = new(ShapeKind.Text) { Form = TextForm.Url, TakesReference = true };

    public static readonly Shape SafeUrl = new(ShapeKind.Text) { Form = TextForm.SafeUrl };

    public static readonly Shape Duration = new(ShapeKind.Text) { Form = TextForm.Duration };

    public static readonly Shape Period = new(ShapeKind.Text) { Form = TextForm.Period };

    public static readonly Shape Flag = new(ShapeKind.Flag);

    public static readonly Shape Texts = ListOf(Text);

    public static readonly Shape TextMap = MapOf(Text);

    public static readonly Shape Anything = new(ShapeKind.Anything);

    public static readonly Shape Null = new(ShapeKind.Null);

    /// <summary>A text written as an object: Bifrost's SecretVar (core/schemas/secretvar.go), in its older and its newer form.</summary>
    public static readonly Shape Reference = Section(
        new("value", Literal, "The value itself."),
        new("type", OneOf("plain_text", "env", "vault"), "Where the value comes from."),
        new("ref", Literal, "env.NAME, where the type is env."),
        new("env_var", Literal, "Environment variable that holds the value, with or without \"env.\"."),
        new("from_env", Flag, "Whether the value comes from the environment.")).Named("reference");

    /// <summary>Name under "$defs" in the JSON Schema; null for a shape written out where it is used.</summary>
    public string? Name { get; init; }

    public bool IsSecret { get; init; }

    public bool IsLiteral { get; init; }

    /// <summary>The text may also be written as an object, see <see cref="Reference"/>.</summary>
    public bool TakesReference { get; init; }

    public TextForm Form { get; init; }

    public int? MaxLength { get; init; }

    /// <summary>The only texts allowed; empty for any.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    public double? Minimum { get; init; }

    /// <summary>The minimum itself is not allowed.</summary>
    public bool IsMinimumExclusive { get; init; }

    public double? Maximum { get; init; }

    /// <summary>Shape of a list's items.</summary>
    public Shape? Items { get; init; }

    public int MinItems { get; init; }

    /// <summary>The known keys of a section.</summary>
    public IReadOnlyList<Field> Fields { get; init; } = [];

    /// <summary>Shape of a section's other keys; null where no other key is allowed.</summary>
    public Shape? Others { get; init; }

    public IReadOnlyList<Shape> Alternatives { get; init; } = [];

    public static Shape Whole(long? minimum = null, long? maximum = null) => new(ShapeKind.Whole) { Minimum = minimum, Maximum = maximum };

    public static Shape Real(double? minimum = null, double? maximum = null) => new(ShapeKind.Real) { Minimum = minimum, Maximum = maximum };

    public static Shape OneOf(params string[] values) => new(ShapeKind.Text) { Values = values, IsLiteral = true };

    public static Shape ListOf(Shape items, int minItems = 0) => new(ShapeKind.List) { Items = items, MinItems = minItems };

    public static Shape MapOf(Shape others) => new(ShapeKind.Section) { Others = others };

    public static Shape Section(params Field[] fields) => new(ShapeKind.Section) { Fields = fields };

    public static Shape Either(params Shape[] alternatives) => new(ShapeKind.Either) { Alternatives = alternatives };

    public Shape Named(string name) => this with { Name = name };

    public Field? Find(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }
}
