using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Cache;

/// <summary>Embeddings as vectors of length 1, so that their scalar product says how alike two texts are.</summary>
internal static class Embedding
{
    /// <summary>
    /// What to embed of a request: who says what, turn by turn. Null where that is not the whole question: an image, a document or a tool's result
    /// decides about an answer as well, and no embedding of text sees it.
    /// </summary>
    public static JsonText? TextOf(ChatRequest request)
    {
        using var text = new PooledBuffer(256);
        foreach (var turn in request.Turns)
        {
            text.Write(turn.Role == Role.User ? "user: "u8 : turn.Role == Role.Assistant ? "assistant: "u8 : "system: "u8);
            foreach (var part in turn.Parts)
            {
                if (part is not TextPart { Text: var words })
                {
                    return null;
                }

                text.Write(words.Span);
                text.Write("\\n"u8);
            }
        }

        return text.Length == 0 ? null : new JsonText(text.Span.ToArray());
    }

    /// <summary>The body of a request for an embedding (platform.openai.com/docs/api-reference/embeddings/create).</summary>
    public static byte[] Ask(string model, JsonText text)
    {
        using var body = new PooledBuffer(text.Span.Length + 128);
        var json = new JsonEmitter(body);
        json.StartObject();
        json.Member("model"u8, model);
        json.Member("input"u8, text);
        json.Member("encoding_format"u8, "float");
        json.EndObject();
        return body.Span.ToArray();
    }

    /// <summary>The first embedding of an answer; null where there is none.</summary>
    public static float[]? Read(ReadOnlyMemory<byte> answer)
    {
        var first = new JsonElements(JsonPick.Member(answer, "data"u8).Span);
        if (!first.MoveNext())
        {
            return null;
        }

        var members = new JsonMembers(first.Raw);
        while (members.MoveNext())
        {
            if (members.Is("embedding"u8))
            {
                return Normal(Numbers(members.Raw));
            }
        }

        return null;
    }

    public static byte[] Encode(float[] vector) => MemoryMarshal.AsBytes<float>(vector).ToArray();

    /// <summary>The cosine of a vector and one that was encoded; -1 where their lengths differ, as those of two models do.</summary>
    public static float Similarity(float[] vector, ReadOnlySpan<byte> encoded)
    {
        var other = MemoryMarshal.Cast<byte, float>(encoded);
        if (other.Length != vector.Length)
        {
            return -1;
        }

        var sums = Vector<float>.Zero;
        var at = 0;
        for (; at <= other.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            sums += new Vector<float>(vector, at) * new Vector<float>(other[at..]);
        }

        var sum = Vector.Sum(sums);
        for (; at < other.Length; at++)
        {
            sum += vector[at] * other[at];
        }

        return sum;
    }

    private static List<float> Numbers(ReadOnlySpan<byte> array)
    {
        var numbers = new List<float>();
        var elements = new JsonElements(array);
        while (elements.MoveNext())
        {
            numbers.Add(Utf8Parser.TryParse(elements.Raw, out float number, out _) ? number : 0);
        }

        return numbers;
    }

    private static float[]? Normal(List<float> numbers)
    {
        var length = 0d;
        foreach (var number in numbers)
        {
            length += (double)number * number;
        }

        length = Math.Sqrt(length);
        return length > 0 ? [.. numbers.ConvertAll(number => (float)(number / length))] : null;
    }
}
