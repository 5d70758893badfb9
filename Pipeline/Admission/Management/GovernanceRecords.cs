using System.Globalization;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;
using BifrostLite.Schemas.Hub;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Admission.Management;

/// <summary>
/// What holds of "governance": config.json's entries and those made at run time, which are kept in the store. The file wins where both
/// have an id. Stored entries have the file's form; a virtual key is stored as its hash.
/// </summary>
internal sealed partial class GovernanceRecords(Stores stores, ConfigSource config, TimeProvider clock, ILogger<GovernanceRecords> log) : BackgroundService
{
    /// <summary>How long a change made by another instance may take to hold here.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(30);

    private const string KindPrefix = "governance:";
    private const int PageSize = 500;

    private volatile GovernanceConfig _stored = new();

    /// <summary>Entries have been made, changed or removed at run time.</summary>
    public event Action? Changed;

    public bool CanStore => stores.State is not null;

    public GovernanceConfig Current => Merge(config.Current.Governance, _stored);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync();
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Keeps an entry; the error says why it could not.</summary>
    public async Task<GatewayError?> PutAsync(string list, string id, byte[] json)
    {
        var now = clock.GetUtcNow();
        var result = await stores.State!.PutAsync(new StoredRecord { Kind = KindPrefix + list, Id = id, CreatedAt = now, UpdatedAt = now, Body = json });
        await LoadAsync();
        return Unkept(result.Fault);
    }

    public async Task<GatewayError?> DeleteAsync(string list, string id)
    {
        var result = await stores.State!.DeleteAsync(KindPrefix + list, id);
        await LoadAsync();
        return Unkept(result.Fault);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (config.Current.IsStateShared && CanStore)
        {
            await Task.Delay(Round, clock, stoppingToken);
            await LoadAsync();
        }
    }

    private static GatewayError? Unkept(StoreFault? fault) =>
        fault is null ? null : new GatewayError(503, ErrorKind.Unavailable, "the store would not keep it: " + fault.Message);

    private static GovernanceConfig Merge(GovernanceConfig file, GovernanceConfig stored) => file with
    {
        VirtualKeys = [.. file.VirtualKeys, .. stored.VirtualKeys.Where(key => file.VirtualKeys.All(other => other.Id != key.Id))],
        Teams = [.. file.Teams, .. stored.Teams.Where(team => file.Teams.All(other => other.Id != team.Id))],
        Customers = [.. file.Customers, .. stored.Customers.Where(customer => file.Customers.All(other => other.Id != customer.Id))],
        Budgets = [.. file.Budgets, .. stored.Budgets.Where(budget => file.Budgets.All(other => other.Id != budget.Id))],
        RateLimits = [.. file.RateLimits, .. stored.RateLimits.Where(limit => file.RateLimits.All(other => other.Id != limit.Id))],
        ModelLimits = [.. file.ModelLimits, .. stored.ModelLimits.Where(model => file.ModelLimits.All(other => other.Id != model.Id))],
        Documents =
        [
            .. file.Documents,
            .. stored.Documents.Where(document => !file.Documents.Any(other => other.List == document.List && other.Id == document.Id)),
        ],
    };

    private async Task LoadAsync()
    {
        if (stores.State is null)
        {
            return;
        }

        var governance = new Node(NodeKind.Section, 0);
        var documents = new List<GovernanceDocument>();
        foreach (var kind in GovernanceKind.All)
        {
            var list = new Node(NodeKind.List, 0);
            if (!await ReadAsync(kind, list, documents))
            {
                return;
            }

            governance.Members.Add(new Member(kind.List, 0, list));
        }

        var root = new Node(NodeKind.Section, 0);
        root.Members.Add(new Member("governance", 0, governance));
        _stored = GovernanceBinding.Bind(root, version: 2) with { Documents = documents };
        Changed?.Invoke();
    }

    /// <summary>A key that is to go once expired goes for good here; until then it is refused as if it were gone.</summary>
    private bool IsOver(Node entry) =>
        entry.IsTrue("delete_after_expire")
        && DateTimeOffset.TryParse(entry.TextOf("expires_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
        && end <= clock.GetUtcNow();

    private async Task<bool> ReadAsync(GovernanceKind kind, Node list, List<GovernanceDocument> documents)
    {
        string? after = null;
        var over = new List<string>();
        while (true)
        {
            var page = await stores.State!.ListAsync(new RecordQuery { Kind = KindPrefix + kind.List, After = after, Limit = PageSize });
            if (page.Fault is { } fault)
            {
                Unread(log, kind.List, fault.Message);
                return false;
            }

            foreach (var record in page.Value)
            {
                after = record.Id;
                if (NodeReader.Read(new ReadingContext(kind.List, record.Body.ToArray(), static _ => null)) is { } entry)
                {
                    if (IsOver(entry))
                    {
                        over.Add(record.Id);
                        continue;
                    }

                    list.Items.Add(entry);
                    documents.Add(new GovernanceDocument(kind.List, record.Id, Encoding.UTF8.GetString(record.Body.Span), false));
                }
            }

            if (page.Value.Count < PageSize)
            {
                break;
            }
        }

        foreach (var id in over)
        {
            await stores.State.DeleteAsync(KindPrefix + kind.List, id);
        }

        return true;
    }

    [LoggerMessage(61, LogLevel.Error, "the stored governance.{List} cannot be read, so what was in force stays so: {Fault}")]
    private static partial void Unread(ILogger log, string list, string fault);
}
