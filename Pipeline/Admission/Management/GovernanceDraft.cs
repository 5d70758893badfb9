using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Admission.Management;

/// <summary>
/// An entry on its way into the store: what a request says, over what there was, checked by the rules of config.json. Requests are
/// Bifrost's (docs/openapi/schemas/management/governance.yaml): ids are made up here, members that only answers have are ignored.
/// </summary>
internal static class GovernanceDraft
{
    private static readonly string[] OfAnswers =
    [
        "created_at", "updated_at", "config_hash", "team", "customer", "virtual_keys", "teams", "keys", "allow_all_keys", "created_by_user_id", "source",
        "value_hash", "value_preview", "current_usage", "last_reset", "token_current_usage", "token_last_reset", "request_current_usage", "request_last_reset",
    ];

    /// <summary>The entry as it is to be stored, or what is wrong with it.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="id">Its id.</param>
    /// <param name="request">The body of the request.</param>
    /// <param name="before">What there is under the id; null for a new one.</param>
    /// <param name="governance">Everything else, for references.</param>
    /// <param name="value">A virtual key's new value; null where it keeps the old.</param>
    /// <param name="json">The entry.</param>
    public static GatewayError? Make(
        GovernanceKind kind, string id, byte[] request, GovernanceDocument? before, GovernanceConfig governance, ref string? value, out byte[] json)
    {
        json = [];
        var reading = new ReadingContext("body", request, static _ => null);
        if (NodeReader.Read(reading) is not { Kind: NodeKind.Section } said || reading.HasProblems)
        {
            return Wrong(reading, "the body must be a JSON object");
        }

        var entry = before is null ? new Node(NodeKind.Section, 0) : Parse(before.Json);
        Merge(entry, said, kind, ref value);
        Set(entry, "id", Text(id));
        if (value is not null)
        {
            Set(entry, "value_hash", Text(KeyHash.Of(value).ToHex()));
            Set(entry, "value_preview", Text(GovernanceBinding.Preview(value)));
        }

        json = NodeJson.Write(entry);
        var checking = new ReadingContext("body", json, static _ => null);
        var written = NodeReader.Read(checking)!;
        new ShapeCheck(checking).Check(written, kind.Shape, JsonPath.Root);
        if (!checking.HasProblems)
        {
            new GovernanceRules(checking).Check(Whole(governance, kind, id, written));
        }

        return checking.HasProblems ? Wrong(checking, "the entry is not valid") : null;
    }

    /// <summary>Why an entry cannot go: others name it.</summary>
    public static GatewayError? Removal(GovernanceKind kind, string id, GovernanceConfig governance)
    {
        var reading = new ReadingContext("governance", [], static _ => null);
        new GovernanceRules(reading).Check(Whole(governance, kind, id, null));
        return reading.HasProblems
            ? new GatewayError(409, ErrorKind.InvalidRequest, $"{kind.Title} \"{id}\" is still named by others: {Describe(reading)}")
            : null;
    }

    public static Node Parse(string json) => NodeReader.Read(new ReadingContext("store", System.Text.Encoding.UTF8.GetBytes(json), static _ => null))!;

    public static Node Text(string text) => new(NodeKind.Text, 0) { Text = text };

    public static void Set(Node section, string name, Node value)
    {
        Remove(section, name);
        section.Members.Add(new Member(name, 0, value));
    }

    public static void Remove(Node section, string name)
    {
        if (section.Find(name) is { } member)
        {
            section.Members.Remove(member);
        }
    }

    private static void Merge(Node entry, Node said, GovernanceKind kind, ref string? value)
    {
        foreach (var member in said.Members)
        {
            if (member.Name == "value" && kind.IsVirtualKey)
            {
                value = member.Value is { Kind: NodeKind.Text, Text.Length: > 0 } ? member.Value.Text : value;
            }
            else if (member.Name == "budget" && member.Value.Kind == NodeKind.Section)
            {
                // Older clients send one budget where newer ones send a list.
                var list = new Node(NodeKind.List, 0);
                list.Items.Add(member.Value);
                Set(entry, "budgets", list);
            }
            else if (!OfAnswers.Contains(member.Name))
            {
                Remove(entry, member.Name);
                if (member.Value.Kind != NodeKind.Null)
                {
                    entry.Members.Add(member);
                }
            }
        }

        NameBudgets(entry);
        foreach (var grant in entry.ItemsOf("provider_configs"))
        {
            Tidy(grant);
            NameBudgets(grant);
        }
    }

    private static void NameBudgets(Node owner)
    {
        foreach (var budget in owner.ItemsOf("budgets"))
        {
            Tidy(budget);
            if (budget.Kind == NodeKind.Section && budget["id"] is null)
            {
                budget.Members.Add(new Member("id", 0, Text(Guid.NewGuid().ToString())));
            }
        }
    }

    private static void Tidy(Node entry)
    {
        foreach (var name in OfAnswers)
        {
            Remove(entry, name);
        }
    }

    /// <summary>All of "governance" with the entry in its place, or without it.</summary>
    private static Node Whole(GovernanceConfig governance, GovernanceKind changed, string id, Node? entry)
    {
        var section = new Node(NodeKind.Section, 0);
        foreach (var kind in GovernanceKind.All)
        {
            var list = new Node(NodeKind.List, 0);
            foreach (var document in governance.Documents)
            {
                if (document.List == kind.List && (kind != changed || document.Id != id))
                {
                    list.Items.Add(Parse(document.Json));
                }
            }

            if (kind == changed && entry is not null)
            {
                list.Items.Add(entry);
            }

            section.Members.Add(new Member(kind.List, 0, list));
        }

        var root = new Node(NodeKind.Section, 0);
        root.Members.Add(new Member("governance", 0, section));
        return root;
    }

    private static GatewayError Wrong(ReadingContext reading, string otherwise) =>
        GatewayError.Invalid(reading.HasProblems ? Describe(reading) : otherwise);

    private static string Describe(ReadingContext reading) =>
        string.Join("; ", reading.Problems.Take(5).Select(problem => problem.Path.Length > 0 ? $"{problem.Path}: {problem.Message}" : problem.Message));
}
