namespace BifrostLite.Configuration.Reading;

/// <summary>
/// One value of config.json together with its place in the file: what JsonDocument does not keep and an error message needs.
/// </summary>
internal sealed class Node(NodeKind kind, int offset)
{
    public static readonly Node Absent = new(NodeKind.Null, 0);

    public NodeKind Kind { get; private set; } = kind;

    /// <summary>Byte offset of the value in the file.</summary>
    public int Offset => offset;

    /// <summary>A text's characters (after the check with "env.NAME" replaced by the variable's value), a number's digits, "true" or "false".</summary>
    public string Text { get; set; } = "";

    /// <summary>Keys of a section in the file's order; of a repeated key the first stays.</summary>
    public List<Member> Members { get; } = [];

    public List<Node> Items { get; } = [];

    /// <summary>The text that stood here as an object (<see cref="Shapes.Shape.Reference"/>).</summary>
    public void BecomeText(string text)
    {
        Kind = NodeKind.Text;
        Text = text;
        Members.Clear();
    }

    /// <summary>The value of a key, or null.</summary>
    public Node? this[string name] => Find(name)?.Value;

    public Member? Find(string name)
    {
        foreach (var member in Members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>The text under a key, or null where it is absent or no text.</summary>
    public string? TextOf(string name) => this[name] is { Kind: NodeKind.Text } node ? node.Text : null;

    public bool IsTrue(string name) => this[name] is { Kind: NodeKind.Flag, Text: "true" };

    /// <summary>The items of the list under a key; none where it is absent or no list.</summary>
    public IReadOnlyList<Node> ItemsOf(string name) => this[name] is { Kind: NodeKind.List } node ? node.Items : [];

    /// <summary>The members of the section under a key; none where it is absent or no section.</summary>
    public IReadOnlyList<Member> MembersOf(string name) => this[name] is { Kind: NodeKind.Section } node ? node.Members : [];
}
