using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Puts extra_fields into a provider's own error body, as the unified routes' envelopes have them (contract of Bifrost's errors).</summary>
internal static class ErrorExtras
{
    public static ReadOnlyMemory<byte> Splice(Exchange exchange, ReadOnlyMemory<byte> body)
    {
        var json = body.Span;
        var end = json.LastIndexOf((byte)'}');
        if (!exchange.Route.IsUnified || end < 2 || json[..end].TrimEnd(" \r\n\t"u8)[^1] == '{' || json.IndexOf("\"extra_fields\":"u8) >= 0)
        {
            return body;
        }

        using var spliced = new PooledBuffer(json.Length + 256);
        spliced.Write(json[..end]);
        var emitter = new JsonEmitter(spliced);
        emitter.StartMembers();
        emitter.StartObject("extra_fields"u8);
        emitter.Member("provider"u8, exchange.Candidate?.Provider.Name ?? "");
        emitter.Member("model_requested"u8, exchange.Model);
        emitter.Member("request_type"u8, RequestTypes.Of(exchange.Route, exchange.WantsStream));
        emitter.EndObject();
        spliced.Write(json[end..]);
        return spliced.Memory.ToArray();
    }
}
