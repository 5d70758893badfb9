using System.Globalization;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>
/// Holds a tree of values against the tree of shapes and reports every difference. On the way replaces "env.NAME" by the variable's
/// value, and notes keys that have no effect in this version.
/// </summary>
internal sealed class ShapeCheck(ReadingContext reading)
{
    private const string VariablePrefix = "env.";
    private const string VaultPrefix = "vault.";

    public void Check(Node node, Shape shape, string path)
    {
        if (shape.TakesReference && node.Kind == NodeKind.Section && !TryFlatten(node, path))
        {
            return;
        }

        switch (shape.Kind)
        {
            case ShapeKind.Section when Is(node, NodeKind.Section, path, "an object"):
                CheckSection(node, shape, path);
                break;
            case ShapeKind.List when Is(node, NodeKind.List, path, "a list", ListHint(node, shape)):
                CheckList(node, shape, path);
                break;
            case ShapeKind.Text when Is(node, NodeKind.Text, path, "a text"):
                CheckText(node, shape, path);
                break;
            case ShapeKind.Flag:
                Is(node, NodeKind.Flag, path, "true or false");
                break;
            case ShapeKind.Whole or ShapeKind.Real when Is(node, NodeKind.Number, path, "a number"):
                CheckNumber(node, shape, path);
                break;
            case ShapeKind.Either:
                CheckAlternatives(node, shape, path);
                break;
        }
    }

    private void CheckSection(Node node, Shape shape, string path)
    {
        foreach (var member in node.Members)
        {
            var childPath = JsonPath.Child(path, member.Name);
            if (shape.Find(member.Name) is { } field)
            {
                var choice = field.ChosenBy is null ? null : node.TextOf(field.ChosenBy);
                NoticeOf(field, choice, member, childPath);
                Check(member.Value, field.ShapeFor(choice), childPath);
            }
            else if (shape.Others is { } others)
            {
                Check(member.Value, others, childPath);
            }
            else
            {
                reading.Report(member.Offset, childPath, "there is no such key", Suggest(member.Name, shape));
            }
        }

        foreach (var field in shape.Fields)
        {
            if (field.IsRequired && node[field.Name] is null)
            {
                reading.Report(node.Offset, path, $"\"{field.Name}\" is missing");
            }
        }
    }

    private void CheckList(Node node, Shape shape, string path)
    {
        if (node.Items.Count < shape.MinItems)
        {
            reading.Report(node.Offset, path, $"must have at least {shape.MinItems} item");
        }

        for (var i = 0; i < node.Items.Count; i++)
        {
            Check(node.Items[i], shape.Items!, JsonPath.Item(path, i));
        }
    }

    private void CheckText(Node node, Shape shape, string path)
    {
        if (!shape.IsLiteral && !TryResolve(node, shape, path))
        {
            return;
        }

        if (shape.Values.Count > 0 && !shape.Values.Contains(node.Text))
        {
            var known = shape.Values.Count <= 8 ? "one of " + string.Join(", ", shape.Values) : "a known name";
            reading.Report(node.Offset, path, $"must be {known}", NearestName.Find(node.Text, shape.Values));
        }
        else if (node.Text.Length > shape.MaxLength)
        {
            reading.Report(node.Offset, path, $"must have at most {shape.MaxLength} characters");
        }
        else if (TextForms.Complaint(shape.Form, node.Text) is { } complaint)
        {
            reading.Report(node.Offset, path, complaint);
        }
    }

    /// <summary>Turns an object that says where a text comes from into that text; false where something is wrong with it and was reported.</summary>
    private bool TryFlatten(Node node, string path)
    {
        var before = reading.Problems.Count;
        Check(node, Shape.Reference, path);
        if (reading.Problems.Count > before)
        {
            return false;
        }

        var type = node.TextOf("type");
        var reference = node.TextOf("ref") ?? node.TextOf("env_var") ?? "";
        var isVariable = type is null
            ? node.IsTrue("from_env") || reference.StartsWith(VariablePrefix, StringComparison.Ordinal)
            : type == "env";
        if (type == "vault" || reference.StartsWith(VaultPrefix, StringComparison.Ordinal))
        {
            reading.Report(node.Offset, path, "vault references are not supported; use env.NAME");
            return false;
        }

        if (isVariable ? reference.Length == 0 : node["value"] is null)
        {
            reading.Report(node.Offset, path, isVariable ? "names no environment variable" : "\"value\" is missing");
            return false;
        }

        var isPrefixed = !isVariable || reference.StartsWith(VariablePrefix, StringComparison.Ordinal);
        node.BecomeText(!isVariable ? node.TextOf("value")! : isPrefixed ? reference : VariablePrefix + reference);
        return true;
    }

    /// <summary>Replaces "env.NAME"; false where that failed and was reported.</summary>
    private bool TryResolve(Node node, Shape shape, string path)
    {
        if (node.Text.StartsWith(VaultPrefix, StringComparison.Ordinal) && shape.IsSecret)
        {
            reading.Report(node.Offset, path, "vault references are not supported; use env.NAME");
            return false;
        }

        if (!node.Text.StartsWith(VariablePrefix, StringComparison.Ordinal))
        {
            return true;
        }

        var name = node.Text[VariablePrefix.Length..];
        if (!IsVariableName(name))
        {
            reading.Report(node.Offset, path, "what follows \"env.\" is not the name of an environment variable (letters, digits, underscores)");
            return false;
        }

        var value = reading.Variable(name);
        if (string.IsNullOrEmpty(value))
        {
            reading.Report(node.Offset, path, $"the environment variable {name} is {(value is null ? "not set" : "empty")}; set it before the start");
            return false;
        }

        node.Text = value;
        return true;
    }

    private void CheckNumber(Node node, Shape shape, string path)
    {
        double value;
        if (shape.Kind == ShapeKind.Whole)
        {
            if (!long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            {
                reading.Report(node.Offset, path, "must be a whole number");
                return;
            }

            value = whole;
        }
        else
        {
            value = double.Parse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        if (value < shape.Minimum || value > shape.Maximum || (shape.IsMinimumExclusive && value <= shape.Minimum) || double.IsInfinity(value))
        {
            reading.Report(node.Offset, path, $"must be {Range(shape)}, not {node.Text}");
        }
    }

    private void CheckAlternatives(Node node, Shape shape, string path)
    {
        foreach (var alternative in shape.Alternatives)
        {
            if (alternative.Kind == ShapeKind.Anything || KindOf(alternative) == node.Kind)
            {
                Check(node, alternative, path);
                return;
            }
        }

        var wanted = string.Join(" or ", shape.Alternatives.Select(alternative => Words(KindOf(alternative))));
        reading.Report(node.Offset, path, $"must be {wanted}, not {Words(node.Kind)}");
    }

    private bool Is(Node node, NodeKind wanted, string path, string words, string hint = "")
    {
        if (node.Kind == wanted)
        {
            return true;
        }

        reading.Report(node.Offset, path, $"must be {words}, not {Words(node.Kind)}{hint}");
        return false;
    }

    private void NoticeOf(Field field, string? choice, Member member, string path)
    {
        if (IsOff(member.Value) || IsDefault(field, member.Value))
        {
            return;
        }

        var why = field.EffectFor(choice) switch
        {
            Effect.NotYet => "read and checked, but has no effect in this version",
            Effect.NotNeeded => "not needed by this gateway and has no effect",
            _ => null,
        };
        if (why is not null)
        {
            reading.Notice($"{path} (line {reading.Line(member.Offset)}) is {why}");
        }
    }

    /// <summary>An empty or switched-off section changes nothing, so there is nothing to tell.</summary>
    private static bool IsOff(Node value) => value.Kind switch
    {
        NodeKind.Null => true,
        NodeKind.Flag => value.Text == "false",
        NodeKind.List => value.Items.Count == 0,
        NodeKind.Section => value.Members.Count == 0 || value["enabled"] is { Kind: NodeKind.Flag, Text: "false" },
        _ => false,
    };

    private static bool IsDefault(Field field, Node value) =>
        value.Kind is NodeKind.Flag or NodeKind.Number or NodeKind.Text && field.Default?.Trim('"') == value.Text;

    /// <summary>The nearest key of the section, or the place one level down where exactly this key belongs.</summary>
    private static string? Suggest(string name, Shape shape)
    {
        foreach (var field in shape.Fields)
        {
            if (field.Shape.Kind == ShapeKind.Section && field.Shape.Find(name) is not null)
            {
                return $"{field.Name}.{name}";
            }

            if (field.Shape.Items?.Kind == ShapeKind.Section && field.IsRequired && field.Shape.Items.Find(name) is not null)
            {
                return $"{field.Name}[].{name}";
            }
        }

        // Bifrost's migration guide to 1.5 ("allowed_keys Renamed to key_ids").
        if (name == "allowed_keys" && shape.Find("key_ids") is not null)
        {
            return "key_ids";
        }

        return NearestName.Find(name, shape.Fields.Select(field => field.Name));
    }

    private static string ListHint(Node node, Shape shape) =>
        node.Kind == NodeKind.Text && shape.Items?.Kind == ShapeKind.Text && !shape.Items.IsSecret ? "; write it in brackets: [\"...\"]" : "";

    private static string Range(Shape shape)
    {
        var low = shape.Minimum?.ToString(CultureInfo.InvariantCulture);
        var high = shape.Maximum?.ToString(CultureInfo.InvariantCulture);
        var least = shape.IsMinimumExclusive ? $"more than {low}" : $"at least {low}";
        return (low, high) switch
        {
            (not null, not null) when !shape.IsMinimumExclusive => $"between {low} and {high}",
            (not null, not null) => $"{least} and at most {high}",
            (not null, null) => least,
            (null, not null) => $"at most {high}",
            _ => "a number in range",
        };
    }

    private static NodeKind KindOf(Shape shape) => shape.Kind switch
    {
        ShapeKind.Section => NodeKind.Section,
        ShapeKind.List => NodeKind.List,
        ShapeKind.Flag => NodeKind.Flag,
        ShapeKind.Whole or ShapeKind.Real => NodeKind.Number,
        ShapeKind.Null => NodeKind.Null,
        _ => NodeKind.Text,
    };

    private static string Words(NodeKind kind) => kind switch
    {
        NodeKind.Section => "an object",
        NodeKind.List => "a list",
        NodeKind.Text => "a text",
        NodeKind.Number => "a number",
        NodeKind.Flag => "true or false",
        _ => "null",
    };

    private static bool IsVariableName(string name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character != '_')
            {
                return false;
            }
        }

        return name.Length > 0 && !char.IsAsciiDigit(name[0]);
    }
}
