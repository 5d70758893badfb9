namespace BifrostLite.Configuration.Reading;

/// <summary>One key of a section and where it stands.</summary>
/// <param name="Name">The key.</param>
/// <param name="Offset">Byte offset of the key in the file.</param>
/// <param name="Value">Its value.</param>
internal sealed record Member(string Name, int Offset, Node Value);
