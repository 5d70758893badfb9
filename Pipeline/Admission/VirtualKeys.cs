using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Pipeline.Admission.Management;

namespace BifrostLite.Pipeline.Admission;

/// <summary>The virtual keys and the limits of models in force; a reload, or a change at run time, puts a new book in place of the old.</summary>
internal sealed class VirtualKeys
{
    private readonly LimitCounters _counters;
    private volatile KeyBook _book;
    private volatile ModelLimits _models;

    public VirtualKeys(ConfigSource source, GovernanceRecords records, LimitCounters counters)
    {
        _counters = counters;
        (_book, _models) = (BookOf(records.Current), ModelsOf(records.Current));
        source.Changed += _ => Take(records.Current);
        records.Changed += () => Take(records.Current);
    }

    public KeyBook Book => _book;

    /// <summary>What holds for everybody, key or none.</summary>
    public ModelLimits Models => _models;

    private void Take(GovernanceConfig governance) => (_book, _models) = (BookOf(governance), ModelsOf(governance));

    private ModelLimits ModelsOf(GovernanceConfig governance)
    {
        var limits = new List<ModelLimit>();
        foreach (var model in governance.ModelLimits)
        {
            var counters = _counters.Of(
                model.Limits, governance, model.IsProviders ? "provider" : "model", "model:" + model.Id, budget => !model.IsProviders && budget.ModelConfigId == model.Id);
            if (counters.Count > 0)
            {
                limits.Add(new ModelLimit(model, counters));
            }
        }

        return new ModelLimits(limits);
    }

    private KeyBook BookOf(GovernanceConfig governance) => new([.. governance.VirtualKeys.Select(key => Make(key, governance))]);

    private VirtualKey Make(VirtualKeyConfig key, GovernanceConfig governance)
    {
        var grants = new List<ProviderGrant>();
        foreach (var grant in key.Providers)
        {
            var place = $"{key.Id}:{grant.Provider}:{grants.Count}";
            grants.Add(new ProviderGrant(
                grant, _counters.Of(grant.Limits, governance, "provider", place, budget => grant.Id is not null && budget.ProviderConfigId == grant.Id)));
        }

        var limits = _counters.Of(key.Limits, governance, "virtual key", key.Id, budget => budget.VirtualKeyId == key.Id);
        var team = governance.Teams.FirstOrDefault(team => team.Id == key.TeamId);
        if (team is not null)
        {
            limits.AddRange(_counters.Of(team.Limits, governance, "team", "team:" + team.Id, budget => budget.TeamId == team.Id));
        }

        var customerId = key.CustomerId ?? team?.CustomerId;
        if (governance.Customers.FirstOrDefault(customer => customer.Id == customerId) is { } customer)
        {
            limits.AddRange(
                _counters.Of(customer.Limits, governance, "customer", "customer:" + customer.Id, budget => budget.CustomerId == customer.Id));
        }

        return new VirtualKey(key, grants, limits);
    }
}
