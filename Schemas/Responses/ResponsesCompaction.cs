using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Compaction items (platform.openai.com/docs/api-reference/responses/compact) that the gateway made itself, where the provider
/// compacts nothing: their encrypted_content is a summary under a mark. What OpenAI made stays closed.
/// </summary>
internal static class ResponsesCompaction
{
    /// <summary>What stands before the summary, so that the model knows what it is.</summary>
    private const string Lead = "Summary of the conversation so far:\n\n";

    public static ReadOnlySpan<byte> Mark => "bflc1:"u8;

    /// <summary>The encrypted_content of a summary.</summary>
    public static string Seal(string summary) => Encoding.ASCII.GetString(Mark) + Convert.ToBase64String(Encoding.UTF8.GetBytes(summary));

    /// <summary>The text a compaction item stands for; null where the gateway did not make it.</summary>
    public static string? Open(ReadOnlySpan<byte> encrypted)
    {
        if (!encrypted.StartsWith(Mark))
        {
            return null;
        }

        var sealedText = encrypted[Mark.Length..];
        var summary = new byte[Base64.GetMaxDecodedFromUtf8Length(sealedText.Length)];
        return Base64.DecodeFromUtf8(sealedText, summary, out _, out var length) == System.Buffers.OperationStatus.Done
            ? Lead + Encoding.UTF8.GetString(summary, 0, length)
            : null;
    }

    /// <summary>The answer of the operation: the user's messages, then the one item that stands for all the rest.</summary>
    public static void Write(string id, long created, IReadOnlyList<ReadOnlyMemory<byte>> items, ReadOnlySpan<byte> answer, PooledBuffer output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("id"u8, "resp_" + id);
        json.Member("object"u8, "response.compaction"u8);
        json.Member("created_at"u8, created);
        json.StartArray("output"u8);
        foreach (var item in items)
        {
            if (JsonPick.Text(item.Span, "role"u8) == "user")
            {
                json.Raw(item.Span);
            }
        }

        json.StartObject();
        json.Member("id"u8, "cmp_" + id);
        json.Member("type"u8, "compaction"u8);
        json.Member("encrypted_content"u8, Seal(TextOf(answer)));
        json.EndObject();
        json.EndArray();
        JsonPick.Copy(answer, ["usage"u8.ToArray()], ref json);
        json.EndObject();
    }

    /// <summary>All text of a response's messages.</summary>
    private static string TextOf(ReadOnlySpan<byte> answer)
    {
        using var response = JsonDocument.Parse(answer.ToArray());
        var text = new StringBuilder();
        foreach (var item in response.RootElement.GetProperty("output"u8).EnumerateArray())
        {
            if (item.TryGetProperty("content"u8, out var content) && content.ValueKind == JsonValueKind.Array)
            {
                foreach (var part in content.EnumerateArray())
                {
                    text.Append(part.TryGetProperty("text"u8, out var said) && item.GetProperty("type"u8).ValueEquals("message"u8) ? said.GetString() : "");
                }
            }
        }

        return text.ToString();
    }
}
