namespace BifrostLite.Configuration.Reading;

/// <summary>Kind of a value in the file.</summary>
internal enum NodeKind
{
    Section,
    List,
    Text,
    Number,
    Flag,
    Null,
}
