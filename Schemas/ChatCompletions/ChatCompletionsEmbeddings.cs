using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Looks at an answer of POST /v1/embeddings (platform.openai.com/docs/api-reference/embeddings/object) that passes verbatim.
/// The vectors may be many megabytes: they are walked over and never read.
/// </summary>
internal static class ChatCompletionsEmbeddings
{
    public static void Inspect(ReadOnlySpan<byte> body, StreamFacts facts)
    {
        var hasData = false;
        var members = new JsonMembers(body);
        while (members.MoveNext())
        {
            if (members.Is("data"u8))
            {
                hasData = members.Kind == JsonTokenType.StartArray;
            }
            else if (members.Is("usage"u8) && members.Kind == JsonTokenType.StartObject)
            {
                facts.Usage.Merge(ChatCompletionsUsage.Read(members.Raw));
            }
            else if (members.Is("error"u8) && members.Kind != JsonTokenType.Null)
            {
                facts.Error = ChatCompletionsErrors.ReadInBand(body);
                return;
            }
        }

        if (members.IsBroken || !hasData)
        {
            facts.Error = GatewayError.Upstream("The upstream's answer is no list of embeddings.");
            return;
        }

        facts.IsTerminated = true;
    }
}
