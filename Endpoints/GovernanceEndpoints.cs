using System.Globalization;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;
using BifrostLite.Pipeline;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Admission.Management;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Endpoints;

/// <summary>
/// /api/governance/{virtual-keys,teams,customers,budgets,rate-limits}: Bifrost's management API (docs/openapi/paths/management/governance.yaml).
/// Without governance.auth_config it is not there, but for virtual-keys/quota, which asks for the key itself. A virtual key's value is shown in the answer that makes it and never again.
/// </summary>
internal sealed class GovernanceEndpoints(GovernanceRecords records, GovernanceView view, Gatekeeper gatekeeper, ConfigSource config)
{
    private const int MaxBodyBytes = 1 << 20;
    private const int DefaultPage = 1000;

    private static readonly GatewayError NoStore = new(503, ErrorKind.Unavailable,
        "there is no config_store to keep it in: declare it in config.json, or configure a store");

    /// <summary>One change at a time: each is checked against what the others made.</summary>
    private SemaphoreSlim Changing { get; } = new(1, 1);

    public static void Map(IEndpointRouteBuilder app)
    {
        var services = app.ServiceProvider;
        var endpoints = new GovernanceEndpoints(
            services.GetRequiredService<GovernanceRecords>(), services.GetRequiredService<GovernanceView>(), services.GetRequiredService<Gatekeeper>(),
            services.GetRequiredService<ConfigSource>());
        foreach (var kind in GovernanceKind.All)
        {
            app.Map($"/api/governance/{kind.Path}/{{id?}}", (RequestDelegate)(http => endpoints.ServeAsync(http, kind)));
        }
    }

    private async Task ServeAsync(HttpContext http, GovernanceKind kind)
    {
        var id = http.Request.RouteValues["id"] as string;
        if (kind.IsVirtualKey && id == "quota" && HttpMethods.IsGet(http.Request.Method))
        {
            await QuotaAsync(http);
            return;
        }

        if (config.Current.Governance.Admin is not { } admin)
        {
            await Nowhere.AnswerAsync(http);
            return;
        }

        if (!Administration.Admits(http.Request, config.Current, admin))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"bifrost-lite\", charset=\"UTF-8\"";
            await RefuseAsync(http, new GatewayError(401, ErrorKind.Authentication, "this needs the user name and password of governance.auth_config"));
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await ReadAsync(http, kind, id);
            return;
        }

        await ChangeAsync(http, kind, id);
    }

    private async Task ChangeAsync(HttpContext http, GovernanceKind kind, string? id)
    {
        await Changing.WaitAsync(http.RequestAborted);
        try
        {
            await ((http.Request.Method, id) switch
            {
                ("POST", null) => SaveAsync(http, kind, Guid.NewGuid().ToString(), isNew: true),
                ("PUT" or "PATCH", not null) => SaveAsync(http, kind, id, isNew: false),
                ("DELETE", not null) => DeleteAsync(http, kind, id),
                _ => RefuseAsync(http, new GatewayError(405, ErrorKind.MethodNotAllowed, $"{http.Request.Path} does not take {http.Request.Method}")),
            });
        }
        finally
        {
            Changing.Release();
        }
    }

    /// <summary>Whoever has a virtual key may ask what is left of it; nobody else learns that there is one.</summary>
    private Task QuotaAsync(HttpContext http)
    {
        var refusal = gatekeeper.Admit(http, config.Current.Client, out var caller);
        return refusal is not null || caller is null
            ? RefuseAsync(http, refusal ?? Refusals.KeyRequired)
            : WriteAsync(http, 200, view.Quota(records.Current, caller.Id));
    }

    private Task ReadAsync(HttpContext http, GovernanceKind kind, string? id)
    {
        var answer = new Node(NodeKind.Section, 0);
        if (id is not null)
        {
            if (Find(kind, id) is not { } document)
            {
                return RefuseAsync(http, Missing(kind, id));
            }

            GovernanceDraft.Set(answer, kind.One, view.Of(document));
            return WriteAsync(http, 200, answer);
        }

        var all = records.Current.Documents.Where(document => document.List == kind.List).ToList();
        var (limit, offset) = (Number(http, "limit", DefaultPage), Number(http, "offset", 0));
        var page = new Node(NodeKind.List, 0);
        page.Items.AddRange(all.Skip(offset).Take(limit).Select(document => view.Of(document)));
        GovernanceDraft.Set(answer, kind.List, page);
        GovernanceDraft.Set(answer, "count", Number(page.Items.Count));
        GovernanceDraft.Set(answer, "total_count", Number(all.Count));
        GovernanceDraft.Set(answer, "limit", Number(limit));
        GovernanceDraft.Set(answer, "offset", Number(offset));
        return WriteAsync(http, 200, answer);
    }

    private async Task SaveAsync(HttpContext http, GovernanceKind kind, string id, bool isNew)
    {
        var before = isNew ? null : Find(kind, id);
        var refusal = Changeable(kind, id, before, isNew) ?? (http.Request.HasJsonContentType()
            ? null
            : new GatewayError(415, ErrorKind.UnsupportedMedia, "the body must be application/json"));
        if (refusal is not null)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        var read = await RequestBody.ReadAsync(http.Request, MaxBodyBytes, http.RequestAborted);
        using var body = read.Body;
        var value = isNew && kind.IsVirtualKey ? "sk-bf-" + Guid.NewGuid() : null;
        byte[] json = [];
        refusal = read.Error ?? GovernanceDraft.Make(kind, id, body!.Memory.ToArray(), before, records.Current, ref value, out json)
            ?? Taken(kind, id, value);
        refusal ??= await records.PutAsync(kind.List, id, json);
        if (refusal is not null)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        var answer = new Node(NodeKind.Section, 0);
        GovernanceDraft.Set(answer, "message", GovernanceDraft.Text($"{kind.Title} {(isNew ? "created" : "updated")} successfully"));
        GovernanceDraft.Set(answer, kind.One, view.Of(new GovernanceDocument(kind.List, id, Encoding.UTF8.GetString(json), false), value));
        await WriteAsync(http, 200, answer);
    }

    private async Task DeleteAsync(HttpContext http, GovernanceKind kind, string id)
    {
        var refusal = Changeable(kind, id, Find(kind, id), isNew: false) ?? GovernanceDraft.Removal(kind, id, records.Current);
        refusal ??= await records.DeleteAsync(kind.List, id);
        if (refusal is not null)
        {
            await RefuseAsync(http, refusal);
            return;
        }

        var answer = new Node(NodeKind.Section, 0);
        GovernanceDraft.Set(answer, "message", GovernanceDraft.Text($"{kind.Title} deleted successfully"));
        await WriteAsync(http, 200, answer);
    }

    private GatewayError? Changeable(GovernanceKind kind, string id, GovernanceDocument? before, bool isNew) =>
        !records.CanStore ? NoStore
        : !isNew && before is null ? Missing(kind, id)
        : before is { IsDeclared: true }
            ? new GatewayError(409, ErrorKind.InvalidRequest, $"{kind.Title} \"{id}\" is declared in config.json; change it there")
        : null;

    /// <summary>Two keys of one value would be one key with two sets of rights.</summary>
    private GatewayError? Taken(GovernanceKind kind, string id, string? value)
    {
        if (value is null || !kind.IsVirtualKey)
        {
            return null;
        }

        var hash = KeyHash.Of(value).ToHex();
        return records.Current.VirtualKeys.Any(key => key.Id != id && key.Hash?.ToHex() == hash)
            ? new GatewayError(409, ErrorKind.InvalidRequest, "another virtual key has this value")
            : null;
    }

    private GovernanceDocument? Find(GovernanceKind kind, string id) =>
        records.Current.Documents.FirstOrDefault(document => document.List == kind.List && document.Id == id);

    private static GatewayError Missing(GovernanceKind kind, string id) => new(404, ErrorKind.NotFound, $"{kind.Title} \"{id}\" not found");

    private static int Number(HttpContext http, string name, int otherwise) =>
        int.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static Node Number(int number) => new(NodeKind.Number, 0) { Text = number.ToString(CultureInfo.InvariantCulture) };

    private static Task RefuseAsync(HttpContext http, GatewayError error) => GatewayErrors.WriteAsync(http, Dialects.Chat, error);

    private static async Task WriteAsync(HttpContext http, int status, Node answer)
    {
        var body = NodeJson.Write(answer);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
