using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>
/// Embeddings made of a hash: unit vectors, the same for the same text, as floats or base64
/// (https://platform.openai.com/docs/api-reference/embeddings/create).
/// </summary>
internal static class DemoEmbeddings
{
    private const int DefaultDimensions = 256;
    private const int MostDimensions = 4096;

    /// <summary>Writes the answer, or returns what is wrong with the request.</summary>
    public static GatewayError? Write(byte[] body, IBufferWriter<byte> output)
    {
        JsonDocument request;
        try
        {
            request = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return GatewayError.Invalid("the body is not JSON");
        }

        using (request)
        {
            var root = request.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("input", out var input))
            {
                return GatewayError.Invalid("input is missing", "input");
            }

            var dimensions = root.TryGetProperty("dimensions", out var given) && given.TryGetInt32(out var wanted) ? wanted : DefaultDimensions;
            if (dimensions is < 1 or > MostDimensions)
            {
                return GatewayError.Invalid($"dimensions must be from 1 to {MostDimensions}", "dimensions");
            }

            var isBase64 = root.TryGetProperty("encoding_format", out var format) && format.ValueKind == JsonValueKind.String && format.ValueEquals("base64"u8);
            var model = root.TryGetProperty("model", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
            WriteList(new Ask(Inputs(input), dimensions, isBase64), model, TokensOf(input), output);
            return null;
        }
    }

    /// <summary>A text, an array of texts, an array of tokens, or an array of such arrays.</summary>
    private static List<string> Inputs(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Array || (input.GetArrayLength() > 0 && input[0].ValueKind == JsonValueKind.Number))
        {
            return [input.GetRawText()];
        }

        var inputs = new List<string>();
        foreach (var item in input.EnumerateArray())
        {
            inputs.Add(item.GetRawText());
        }

        return inputs;
    }

    private static int TokensOf(JsonElement input) => TextTokens.Count(JsonMarshal.GetRawUtf8Value(input));

    private static void WriteList(Ask ask, string model, int tokens, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        for (var i = 0; i < ask.Inputs.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, i);
            WriteVector(Vector(ask.Inputs[i], ask.Dimensions), ask.IsBase64, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, tokens);
        json.WriteNumber("total_tokens"u8, tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteVector(float[] vector, bool isBase64, Utf8JsonWriter json)
    {
        if (isBase64)
        {
            json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes<float>(vector));
            return;
        }

        json.WriteStartArray("embedding"u8);
        foreach (var number in vector)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static float[] Vector(string text, int dimensions)
    {
        var vector = new float[dimensions];
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var length = 0.0;
        for (var i = 0; i < dimensions; i++)
        {
            if (i > 0 && i % seed.Length == 0)
            {
                seed = SHA256.HashData(seed);
            }

            vector[i] = (seed[i % seed.Length] - 127.5f) / 127.5f;
            length += vector[i] * vector[i];
        }

        var scale = (float)(1 / Math.Sqrt(length));
        for (var i = 0; i < dimensions; i++)
        {
            vector[i] *= scale;
        }

        return vector;
    }

    /// <summary>What is to be embedded, and in which form.</summary>
    private sealed record Ask(List<string> Inputs, int Dimensions, bool IsBase64);
}
