using System.Globalization;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;
using BifrostLite.Pipeline.Admission.Limits;

namespace BifrostLite.Pipeline.Admission.Management;

/// <summary>Entries as answers show them: a virtual key masked, budgets and limits with what is used of them.</summary>
internal sealed class GovernanceView(LimitCounters counters, TimeProvider clock)
{
    /// <param name="document">The entry.</param>
    /// <param name="value">A virtual key's value, for the one answer that shows it.</param>
    public Node Of(GovernanceDocument document, string? value = null)
    {
        var entry = GovernanceDraft.Parse(document.Json);
        if (document.List == GovernanceKind.VirtualKeys.List)
        {
            var preview = entry.TextOf("value_preview");
            GovernanceDraft.Set(entry, "value", GovernanceDraft.Text(value ?? (string.IsNullOrEmpty(preview) ? "***" : preview)));
            GovernanceDraft.Remove(entry, "value_hash");
            GovernanceDraft.Remove(entry, "value_preview");
        }

        GovernanceDraft.Set(entry, "source", GovernanceDraft.Text(document.IsDeclared ? "config.json" : "store"));
        switch (document.List)
        {
            case "budgets":
                ShowMoney(entry);
                break;
            case "rate_limits":
                ShowRate(entry, document.Id);
                break;
            default:
                ShowInside(entry, PlaceOf(document));
                break;
        }

        return entry;
    }

    /// <summary>The name of counters whose limits have none, as <see cref="VirtualKeys"/> gives it.</summary>
    private static string PlaceOf(GovernanceDocument document) => document.List switch
    {
        "teams" => "team:" + document.Id,
        "customers" => "customer:" + document.Id,
        "model_configs" => "model:" + document.Id,
        _ => document.Id,
    };

    /// <summary>What a key's owner may see of it: its limits and what is used of them (Bifrost's VirtualKeyQuotaResponse).</summary>
    public Node Quota(GovernanceConfig governance, string keyId)
    {
        var key = Of(governance.Documents.First(document => document.List == GovernanceKind.VirtualKeys.List && document.Id == keyId));
        var answer = new Node(NodeKind.Section, 0);
        GovernanceDraft.Set(answer, "virtual_key_name", GovernanceDraft.Text(key.TextOf("name") ?? ""));
        GovernanceDraft.Set(answer, "is_active", key["is_active"] ?? new Node(NodeKind.Flag, 0) { Text = "true" });
        var budgets = new Node(NodeKind.List, 0);
        budgets.Items.AddRange(key.ItemsOf("budgets"));
        budgets.Items.AddRange(Named(governance, "budgets", key.TextOf("budget_id")));
        GovernanceDraft.Set(answer, "budgets", budgets);
        var limit = key["rate_limit"] ?? Named(governance, "rate_limits", key.TextOf("rate_limit_id")).FirstOrDefault();
        GovernanceDraft.Set(answer, "rate_limit", limit ?? new Node(NodeKind.Null, 0));
        GovernanceDraft.Set(answer, "provider_configs", key["provider_configs"] ?? new Node(NodeKind.Null, 0));
        return answer;
    }

    private IEnumerable<Node> Named(GovernanceConfig governance, string list, string? id) =>
        governance.Documents.Where(document => document.List == list && document.Id == id).Select(document => Of(document));

    private void ShowInside(Node owner, string place)
    {
        if (owner["rate_limit"] is { Kind: NodeKind.Section } limit)
        {
            ShowRate(limit, limit.TextOf("id") is { Length: > 0 } id ? id : place);
        }

        foreach (var budget in owner.ItemsOf("budgets"))
        {
            ShowMoney(budget);
        }

        var grants = owner.ItemsOf("provider_configs");
        for (var i = 0; i < grants.Count; i++)
        {
            ShowInside(grants[i], $"{place}:{grants[i].TextOf("provider")}:{i}");
        }
    }

    private void ShowMoney(Node budget)
    {
        if (counters.Find("budget:" + budget.TextOf("id"))?.Now(clock.GetUtcNow()) is var (used, start, _))
        {
            Show(budget, "", used / LimitCounters.Dollar, start);
        }
    }

    private void ShowRate(Node limit, string id)
    {
        foreach (var kind in (string[])["token", "request"])
        {
            if (counters.Find($"rate:{id}:{kind}s")?.Now(clock.GetUtcNow()) is var (used, start, _))
            {
                Show(limit, kind + "_", used, start);
            }
        }
    }

    private static void Show(Node entry, string prefix, decimal used, DateTimeOffset start)
    {
        GovernanceDraft.Set(entry, prefix + "current_usage", new Node(NodeKind.Number, 0) { Text = used.ToString("0.#########", CultureInfo.InvariantCulture) });
        GovernanceDraft.Set(entry, prefix + "last_reset", GovernanceDraft.Text(start.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
    }
}
