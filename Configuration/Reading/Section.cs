using System.Globalization;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>A checked section: values by key, with the shape's defaults where the file says nothing.</summary>
internal readonly struct Section(Node? node, Shape shape)
{
    /// <summary>Whether the file has this section at all.</summary>
    public bool IsGiven => node is not null;

    public bool Has(string name) => node?[name] is not null;

    public string Text(string name) => node?[name] is { } value ? value.Text : Default(name).Trim('"');

    public Secret Secret(string name) => new(Text(name));

    public bool Flag(string name) => (node?[name]?.Text ?? Default(name)) == "true";

    public int Whole(string name) => int.Parse(node?[name]?.Text ?? Default(name), CultureInfo.InvariantCulture);

    public double Real(string name) => double.Parse(node?[name]?.Text ?? Default(name), CultureInfo.InvariantCulture);

    /// <summary>A list of texts, or null where the file does not have it.</summary>
    public IReadOnlyList<string>? Texts(string name) => node?[name] is { } list ? [.. list.Items.Select(item => item.Text)] : null;

    public IReadOnlyDictionary<string, string> TextMap(string name)
    {
        var map = new Dictionary<string, string>();
        foreach (var member in node?.MembersOf(name) ?? [])
        {
            map[member.Name] = member.Value.Text;
        }

        return map;
    }

    public Section Child(string name) => new(node?[name], shape.Find(name)!.Shape);

    public Node? Raw(string name) => node?[name];

    private string Default(string name) => shape.Find(name)?.Default ?? "";
}
