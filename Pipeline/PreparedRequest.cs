using System.Text;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>A request body for one candidate: the caller's own bytes with a few splices, or a translation.</summary>
internal sealed class PreparedRequest : IDisposable
{
    private static readonly byte[] IncludeUsage = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] StreamOptions = "\"stream_options\":{\"include_usage\":true}"u8.ToArray();

    /// <summary>Most requests are this much longer at most in another dialect: one buffer, no growth.</summary>
    private const int Margin = 256;

    private PooledBuffer? _written;

    private PreparedRequest()
    {
    }

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Whose a usage frame will be that the caller did not ask for.</summary>
    public UnaskedUsage UnaskedUsage { get; private set; }

    /// <summary>Makes the body for the exchange's candidate; <paramref name="error"/> says why it cannot be made.</summary>
    public static PreparedRequest TryMake(Exchange exchange, out GatewayError? error)
    {
        var prepared = new PreparedRequest();
        error = exchange.Turn?.Aim(exchange);
        if (error is not null)
        {
            return prepared;
        }

        if (exchange.Candidate!.IsVerbatim)
        {
            prepared.Splice(exchange);
        }
        else
        {
            error = prepared.Translate(exchange);
        }

        if (error is null && ExtraParams.AreAsked(exchange) && ExtraParams.Merged(exchange.Body!.Span, prepared.Body.Span) is { } merged)
        {
            prepared._written?.Dispose();
            prepared._written = merged;
            prepared.Body = merged.Memory;
        }

        return prepared;
    }

    /// <summary>
    /// The provider answers, so nobody needs the body any more: a coding agent's 200 KB would lie in memory while its stream runs.
    /// Over HTTP/1.1 the request went out whole before the answer was read; over HTTP/2 it may still be on its way.
    /// </summary>
    public void Answered(Version version)
    {
        if (version.Major < 2)
        {
            Body = default;
            Dispose();
        }
    }

    public void Dispose()
    {
        _written?.Dispose();
        _written = null;
    }

    /// <summary>Model, fallbacks and usage reporting are spliced; every other byte stays.</summary>
    private void Splice(Exchange exchange)
    {
        var candidate = exchange.Candidate!;
        var peek = exchange.Peek!;
        if (IsModelAll(exchange, candidate, peek))
        {
            _written = candidate.Model == peek.Model ? null
                : JsonSplice.Replaced(exchange.Body!.Span, peek.ModelValue, peek.IsForm ? Encoding.UTF8.GetBytes(candidate.Model) : Quoted(candidate));
            Body = _written?.Memory ?? exchange.Body!.Memory;
            return;
        }

        var splice = new JsonSplice(exchange.Body!.Memory);
        foreach (var member in peek.Superseded)
        {
            splice.RemoveMember(member);
        }

        splice.RemoveMember(peek.FallbacksMember);
        SpliceModel(exchange, candidate, peek, splice);
        if (WantsUsage(exchange, candidate, peek))
        {
            UnaskedUsage = candidate.Provider.SendsNullUsage ? UnaskedUsage.OursAfterNulls : UnaskedUsage.Ours;
            AskForUsage(splice, peek);
        }

        if (!splice.IsEmpty)
        {
            _written = splice.Apply();
        }

        Body = _written?.Memory ?? exchange.Body.Memory;
    }

    /// <summary>The model stands in the provider's path or in its body, as it did at the caller's door or not; some hosts want their version of the API instead.</summary>
    private static void SpliceModel(Exchange exchange, Candidate candidate, RequestPeek peek, JsonSplice splice)
    {
        if (candidate.Route.BodyVersion.Length > 0)
        {
            splice.RemoveMember(peek.ModelMember);
            splice.InsertMember(peek.AfterBrace, VersionMember(candidate.Route.BodyVersion));
        }
        else if (exchange.Path.Model.Length == 0 && candidate.Model != peek.Model)
        {
            splice.Replace(peek.ModelValue, Quoted(candidate));
        }

        if (exchange.Path.Model.Length > 0 && !candidate.Route.Path.Contains(ProviderRoute.ModelPlace, StringComparison.Ordinal))
        {
            splice.InsertMember(peek.AfterBrace, ModelMember(candidate.Model));
        }
    }

    /// <summary>Whether the model's name is the only thing that may have to change.</summary>
    private static bool IsModelAll(Exchange exchange, Candidate candidate, RequestPeek peek) =>
        exchange.Path.Model.Length == 0 && candidate.Route.BodyVersion.Length == 0 && peek.FallbacksMember.IsEmpty && peek.Voided is null
        && !WantsUsage(exchange, candidate, peek);

    private static bool WantsUsage(Exchange exchange, Candidate candidate, RequestPeek peek) =>
        exchange.WantsStream && candidate.Dialect.HasUsageOption && candidate.Provider.TakesStreamOptions && peek.IncludeUsage is null;

    private static byte[] Quoted(Candidate candidate) => candidate.Memo.Quoted ??= JsonSplice.Quote(candidate.Model);

    /// <summary>For a model that stood in the caller's path and must stand in the provider's body.</summary>
    private static byte[] ModelMember(string model) => [.. "\"model\":\""u8, .. JsonText.From(model).Span, (byte)'"'];

    /// <summary>For a provider whose path has the model and whose body must have the version instead.</summary>
    private static byte[] VersionMember(string version) => [.. "\"anthropic_version\":\""u8, .. JsonText.From(version).Span, (byte)'"'];

    private static void AskForUsage(JsonSplice splice, RequestPeek peek)
    {
        if (!peek.IncludeUsageValue.IsEmpty)
        {
            splice.Replace(peek.IncludeUsageValue, "true"u8.ToArray());
        }
        else if (!peek.StreamOptionsValue.IsEmpty)
        {
            splice.InsertMember(peek.StreamOptionsValue.Start + 1, IncludeUsage);
        }
        else
        {
            splice.RemoveMember(peek.StreamOptionsMember);
            splice.InsertMember(peek.AfterBrace, StreamOptions);
        }
    }

    private GatewayError? Translate(Exchange exchange)
    {
        var candidate = exchange.Candidate!;
        if (exchange.ReadRequest() is { } error)
        {
            return error;
        }

        foreach (var loss in exchange.Request!.Losses.Kept)
        {
            exchange.Losses.Add(loss.Path, loss.Reason);
        }

        var target = candidate.Target;
        _written = new PooledBuffer(exchange.Body!.Memory.Length + Margin);
        exchange.Wrapping = ToolWrapping.For(exchange.Request, target, exchange.Losses);
        if (candidate.Route.Operation == Operation.CountTokens)
        {
            candidate.Dialect.WriteTokenCount(exchange.Wrapping.Request, target, _written, exchange.Losses);
        }
        else
        {
            candidate.Dialect.WriteRequest(exchange.Wrapping.Request, target, _written, exchange.Losses);
        }

        if (ExtraParams.AreAsked(exchange))
        {
            exchange.Losses.Forget(ExtraParams.Member); // it is put in afterwards
        }

        Body = _written.Memory;
        return exchange.IsStrict && exchange.Losses.Count > 0 ? GatewayErrors.Strict(exchange.Losses, candidate.Provider.Name) : null;
    }
}
