namespace BifrostLite.Configuration.Shapes;

/// <summary>What kind of JSON value a shape accepts.</summary>
internal enum ShapeKind
{
    Text,
    Whole,
    Real,
    Flag,
    List,
    Section,
    Either,
    Anything,
    Null,
}
