using System.Globalization;
using BifrostLite.Configuration.Rules;

namespace BifrostLite.Configuration.Reading;

/// <summary>What must hold between the parts of "governance": unique ids, references that lead somewhere, weights that add up.</summary>
internal sealed class GovernanceRules(ReadingContext reading)
{
    private const string Path = "$.governance";

    private readonly Dictionary<string, HashSet<string>> _ids = [];
    private bool _isVersion1;

    public void Check(Node root)
    {
        if (root["governance"] is not { Kind: NodeKind.Section } governance)
        {
            return;
        }

        _isVersion1 = root["version"] is { Kind: NodeKind.Number, Text: "1" };
        foreach (var list in (string[])["virtual_keys", "budgets", "rate_limits", "customers", "teams", "routing_rules", "pricing_overrides", "model_configs"])
        {
            CollectIds(governance, list);
        }

        CheckReferences(governance);
        CheckVirtualKeys(governance);
        CheckRateLimits(governance);
        CheckRoutingRules(governance);
        CheckPrices(governance);
    }

    private void CollectIds(Node governance, string list)
    {
        var ids = _ids[list] = [];
        Each(governance, list, (item, path) =>
        {
            if (item.TextOf("id") is { } id && !ids.Add(id))
            {
                reading.Report(item["id"]!.Offset, JsonPath.Child(path, "id"), $"\"{id}\" is already the id of another entry");
            }
        });
    }

    private void CheckReferences(Node governance)
    {
        foreach (var list in (string[])["virtual_keys", "customers", "teams", "model_configs", "providers"])
        {
            Each(governance, list, (item, path) =>
            {
                CheckReference(item, path, "budget_id", "budgets");
                CheckReference(item, path, "rate_limit_id", "rate_limits");
                CheckReference(item, path, "customer_id", "customers");
                CheckReference(item, path, "team_id", "teams");
                foreach (var budget in item.ItemsOf("budget_ids"))
                {
                    CheckId(budget, JsonPath.Child(path, "budget_ids"), "budgets");
                }

                foreach (var limit in item.ItemsOf("rate_limit_ids"))
                {
                    CheckId(limit, JsonPath.Child(path, "rate_limit_ids"), "rate_limits");
                }
            });
        }

        Each(governance, "model_configs", (item, path) =>
        {
            if (item.TextOf("scope") == "virtual_key" && item.TextOf("scope_id") is null or "")
            {
                reading.Report(item.Offset, path, "limits of this scope need \"scope_id\"");
            }

            CheckReference(item, path, "scope_id", "virtual_keys");
        });

        Each(governance, "budgets", (item, path) =>
        {
            CheckReference(item, path, "virtual_key_id", "virtual_keys");
            CheckReference(item, path, "customer_id", "customers");
            CheckReference(item, path, "team_id", "teams");
            CheckReference(item, path, "model_config_id", "model_configs");
        });
    }

    private void CheckVirtualKeys(Node governance) => Each(governance, "virtual_keys", (item, path) =>
    {
        if (item["team_id"] is not null && item["customer_id"] is not null)
        {
            reading.Report(item.Find("customer_id")!.Offset, path, "a virtual key belongs to a team or to a customer, not to both");
        }

        if (item["expires_at"] is { Kind: NodeKind.Text } moment
            && !DateTimeOffset.TryParse(moment.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            reading.Report(moment.Offset, JsonPath.Child(path, "expires_at"), "must be a moment such as 2027-01-31T00:00:00Z");
        }

        foreach (var entry in item.ItemsOf("provider_configs"))
        {
            NoticeMissing(item, entry, path);
            CheckReference(entry, path, "rate_limit_id", "rate_limits");
            CheckReference(entry, path, "budget_id", "budgets");
        }
    });

    /// <summary>Older files leave the lists out and mean everything.</summary>
    private void NoticeMissing(Node key, Node entry, string path)
    {
        foreach (var list in (string[])["allowed_models", "key_ids"])
        {
            if (entry.Kind == NodeKind.Section && entry[list] is null && !_isVersion1 && !key.IsTrue("allow_all_providers"))
            {
                reading.Notice($"{path} (line {reading.Line(entry.Offset)}): provider \"{entry.TextOf("provider")}\" has no \"{list}\", which allows none; write [\"*\"] for all");
            }
        }
    }

    private void CheckRateLimits(Node governance) => Each(governance, "rate_limits", (item, path) =>
    {
        foreach (var kind in (string[])["token", "request"])
        {
            if (item[kind + "_max_limit"] is not null && item[kind + "_reset_duration"] is null)
            {
                reading.Report(item.Offset, path, $"{kind}_max_limit needs {kind}_reset_duration");
            }
        }
    });

    private void CheckRoutingRules(Node governance) => Each(governance, "routing_rules", (item, path) =>
    {
        if (item.TextOf("scope") is "team" or "customer" or "virtual_key" && item.TextOf("scope_id") is null or "")
        {
            reading.Report(item.Offset, path, "a rule of this scope needs \"scope_id\"");
        }

        if (!RuleCondition.TryParse(item.TextOf("cel_expression") ?? "", out _, out var problem))
        {
            // As in Bifrost, such a rule is left out and does not keep the gateway from starting.
            reading.Notice($"{JsonPath.Child(path, "cel_expression")} (line {reading.Line(item.Offset)}) cannot be read, the rule is skipped: {problem}");
        }
        else if (item.TextOf("cel_expression")?.Contains("complexity_tier", StringComparison.Ordinal) == true && item["enabled"] is not { Kind: NodeKind.Flag, Text: "false" })
        {
            // Bifrost: where no classifier gives a tier, the condition does not hold (docs.getbifrost.ai/features/complexity-router).
            reading.Notice($"{JsonPath.Child(path, "cel_expression")} (line {reading.Line(item.Offset)}) asks for complexity_tier, "
                + "which this gateway does not find out: what hangs on it never holds");
        }

        var total = 0d;
        foreach (var target in item.ItemsOf("targets"))
        {
            total += target["weight"] is { Kind: NodeKind.Number } weight ? double.Parse(weight.Text, CultureInfo.InvariantCulture) : 0;
        }

        // Three targets of 0.333 are meant to be a whole.
        if (item.ItemsOf("targets").Count > 0 && Math.Abs(total - 1) > 0.01)
        {
            reading.Report(item["targets"]!.Offset, JsonPath.Child(path, "targets"),
                $"the weights must add up to 1, not {total.ToString("0.###", CultureInfo.InvariantCulture)}");
        }
    });

    private void CheckPrices(Node governance) => Each(governance, "pricing_overrides", (item, path) =>
    {
        if (item["pricing_patch"] is { Kind: NodeKind.Text } patch && !PricingBinding.IsPatch(patch.Text))
        {
            reading.Report(patch.Offset, JsonPath.Child(path, "pricing_patch"), "must be a JSON object of prices, such as {\"input_cost_per_token\":0.000003}");
        }
    });

    private void CheckReference(Node item, string path, string key, string list)
    {
        if (item[key] is { Kind: NodeKind.Text, Text.Length: > 0 } reference)
        {
            CheckId(reference, JsonPath.Child(path, key), list);
        }
    }

    private void CheckId(Node reference, string path, string list)
    {
        if (reference.Kind == NodeKind.Text && !_ids[list].Contains(reference.Text))
        {
            reading.Report(reference.Offset, path, $"governance.{list} has no \"{reference.Text}\"", NearestName.Find(reference.Text, _ids[list]));
        }
    }

    private static void Each(Node governance, string list, Action<Node, string> visit)
    {
        var items = governance.ItemsOf(list);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Kind == NodeKind.Section)
            {
                visit(items[i], JsonPath.Item(JsonPath.Child(Path, list), i));
            }
        }
    }
}
