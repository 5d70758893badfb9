using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>
/// Copies a JSON body and blanks what may be a credential: texts under names that hold one, and every text below "headers".
/// Requests carry such for tool servers (OpenAI's mcp tool: authorization, headers; Anthropic's mcp_servers: authorization_token).
/// </summary>
internal static class Redaction
{
    private static readonly string[] Names =
    [
        "authorization", "authorization_token", "api_key", "apikey", "api-key", "x-api-key", "access_token", "refresh_token", "id_token", "bearer",
        "token", "password", "secret", "client_secret", "secret_key", "secret_access_key", "session_token", "credential", "credentials", "cookie",
    ];

    /// <summary>Writes the body, or null where it is no JSON.</summary>
    public static void Copy(ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        using var copy = new PooledBuffer(body.Length);
        if (!TryCopy(body, copy))
        {
            output.Write("null"u8);
            return;
        }

        output.Write(copy.Span);
    }

    private static bool TryCopy(ReadOnlySpan<byte> body, PooledBuffer output)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        var copied = 0;
        var headersDepth = -1;
        var isSecret = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isHeaders = reader.ValueTextEquals("headers"u8);
                    headersDepth = headersDepth >= 0 && reader.CurrentDepth > headersDepth ? headersDepth : isHeaders ? reader.CurrentDepth : -1;
                    isSecret = isHeaders || IsSecret(ref reader);
                    continue;
                }

                if (reader.TokenType == JsonTokenType.String && (isSecret || (headersDepth >= 0 && reader.CurrentDepth > headersDepth)))
                {
                    output.Write(body[copied..(int)reader.TokenStartIndex]);
                    output.Write("\"***\""u8);
                    copied = (int)reader.BytesConsumed;
                }

                isSecret = false;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        output.Write(body[copied..]);

        // Line breaks between tokens would tear a server-sent event apart.
        output.WrittenSpan.Replace((byte)'\n', (byte)' ');
        output.WrittenSpan.Replace((byte)'\r', (byte)' ');
        return !body.IsEmpty;
    }

    private static bool IsSecret(ref Utf8JsonReader name)
    {
        foreach (var secret in Names)
        {
            if (name.ValueSpan.Length == secret.Length && System.Text.Ascii.EqualsIgnoreCase(name.ValueSpan, secret))
            {
                return true;
            }
        }

        return false;
    }
}
