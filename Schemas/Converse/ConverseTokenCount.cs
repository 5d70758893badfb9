using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Bedrock's CountTokens (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html):
/// {"input":{"converse":{…}}} with the members of ConverseTokensRequest, answered by {"inputTokens":n}.
/// </summary>
internal static class ConverseTokenCount
{
    private static readonly byte[][] Members =
        ["messages"u8.ToArray(), "system"u8.ToArray(), "toolConfig"u8.ToArray(), "additionalModelRequestFields"u8.ToArray()];

    public static ReadOnlySpan<byte> Total => "inputTokens"u8;

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        if (!JsonBody.TryParse(source.Body, out var body, out var why))
        {
            request = new ChatRequest { Dialect = ConverseDialect.DialectName };
            return GatewayError.Invalid($"the request body is {why}");
        }

        using (body)
        {
            if (body.Root.ValueKind == JsonValueKind.Object && body.Root.TryGetProperty("input"u8, out var input)
                && body.RawOf(input, "converse"u8) is { IsObject: true } converse)
            {
                return ConverseRequestReader.Read(source with { Body = converse.Utf8 }, out request);
            }
        }

        request = new ChatRequest { Dialect = ConverseDialect.DialectName };
        return GatewayError.Invalid("input must hold converse or invokeModel", "input");
    }

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        using var whole = new PooledBuffer();
        new ConverseRequestWriter(request, target, whole, losses).Write();
        var json = new JsonEmitter(output);
        json.StartObject();
        json.StartObject("input"u8);
        json.StartObject("converse"u8);
        JsonPick.Copy(whole.Span, Members, ref json);
        json.EndObject();
        json.EndObject();
        json.EndObject();
    }
}
