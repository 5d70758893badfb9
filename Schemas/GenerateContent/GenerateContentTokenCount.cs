using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// countTokens. The Gemini API (ai.google.dev/api/tokens) takes bare contents or a whole request below
/// generateContentRequest, which must name its model; Vertex AI (cloud.google.com/vertex-ai/…/count-tokens) takes some of a
/// request's members at the top. Both answer {"totalTokens":n,…}.
/// </summary>
internal static class GenerateContentTokenCount
{
    private static readonly byte[][] TopMembers =
        ["contents"u8.ToArray(), "systemInstruction"u8.ToArray(), "tools"u8.ToArray(), "generationConfig"u8.ToArray()];

    public static ReadOnlySpan<byte> Total => "totalTokens"u8;

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        var counted = source;
        if (JsonBody.TryParse(source.Body, out var body, out _))
        {
            using (body)
            {
                counted = body.RawOf(body.Root, "generateContentRequest"u8) is { IsObject: true } whole ? source with { Body = whole.Utf8 } : source;
            }
        }

        var error = GenerateContentRequestReader.Read(counted, out request);
        if (error is null)
        {
            // The path has it too, and that one was resolved.
            request.Extra.RemoveAll(static extra => extra.Name == "model");
        }

        return error;
    }

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        using var whole = new PooledBuffer();
        new GenerateContentRequestWriter(request, target, whole, losses).Write();
        var json = new JsonEmitter(output);
        json.StartObject();
        if (target.WrapsCountedRequest)
        {
            json.StartObject("generateContentRequest"u8);
            json.Member("model"u8, "models/" + target.Model);
            JsonPick.Copy(whole.Span, null, ref json);
            json.EndObject();
        }
        else
        {
            JsonPick.Copy(whole.Span, TopMembers, ref json);
        }

        json.EndObject();
    }
}
