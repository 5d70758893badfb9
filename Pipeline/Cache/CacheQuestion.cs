using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Cache;

/// <summary>
/// What decides about a request's answer, as two fingerprints. The order of top-level members and white space do not count, nor do members that
/// change nothing about the answer (who asks, how it is streamed); every other byte does.
/// </summary>
/// <param name="Whole">Of everything: equal for requests that ask the same.</param>
/// <param name="Setting">Of everything but the conversation: equal for requests that ask in the same way.</param>
/// <param name="Messages">How many messages the conversation has.</param>
internal sealed record CacheQuestion(byte[] Whole, byte[] Setting, int Messages)
{
    /// <param name="body">The caller's body, a JSON object.</param>
    /// <param name="config">What counts.</param>
    /// <param name="isRepeated">Answers repeat what was asked (a Responses object has the request's user and metadata): then all of it counts.</param>
    /// <param name="about">What else decides: whose request it is, the cache key, the caller's API and the like.</param>
    public static CacheQuestion Read(ReadOnlySpan<byte> body, CacheConfig config, bool isRepeated, params ReadOnlySpan<string> about)
    {
        using var settings = new PooledBuffer(1024);
        using var conversation = new PooledBuffer(body.Length);
        foreach (var text in about)
        {
            settings.Write(Encoding.UTF8.GetBytes(text));
            settings.Write("\0"u8);
        }

        var messages = 0;
        foreach (var at in Places(body, config, isRepeated))
        {
            var name = at.Name.Of(body);
            var value = at.Value.Of(body);
            if (IsConversation(name))
            {
                messages += WriteConversation(value, config, conversation);
                continue;
            }

            settings.Write(name);
            WriteCompact(value, settings);
        }

        var setting = SHA256.HashData(settings.Span);
        conversation.Write(setting);
        return new CacheQuestion(SHA256.HashData(conversation.Span), setting, messages);
    }

    /// <summary>A fingerprint narrowed to further facts, as text.</summary>
    public static string Narrow(byte[] fingerprint, params ReadOnlySpan<string> facts)
    {
        using var buffer = new PooledBuffer(256);
        buffer.Write(fingerprint);
        foreach (var fact in facts)
        {
            buffer.Write("\0"u8);
            buffer.Write(Encoding.UTF8.GetBytes(fact));
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.Span).AsSpan(0, 16));
    }

    /// <summary>The members that count, by name.</summary>
    private static List<Place> Places(ReadOnlySpan<byte> body, CacheConfig config, bool isRepeated)
    {
        var places = new List<Place>();
        var members = new JsonMembers(body);
        while (members.MoveNext())
        {
            if (!IsDelivery(members.Name) && (isRepeated || !IsCallers(members.Name)) && !(config.ExcludesSystem && IsSystem(members.Name)))
            {
                var name = new ByteRange(members.NameStart + 1, members.Name.Length);
                places.Add(new Place(Encoding.UTF8.GetString(members.Name), name, new ByteRange(members.ValueStart, members.Raw.Length)));
            }
        }

        places.Sort(static (one, other) => string.CompareOrdinal(one.Text, other.Text));
        return places;
    }

    /// <summary>Members that say how it is delivered; the model counts elsewhere, by its own name.</summary>
    private static bool IsDelivery(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("model"u8) || name.SequenceEqual("stream"u8) || name.SequenceEqual("stream_options"u8) || name.SequenceEqual("fallbacks"u8);

    /// <summary>Members that say who asks.</summary>
    private static bool IsCallers(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("user"u8) || name.SequenceEqual("metadata"u8) || name.SequenceEqual("safety_identifier"u8) || name.SequenceEqual("prompt_cache_key"u8);

    private static bool IsSystem(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("system"u8) || name.SequenceEqual("instructions"u8) || name.SequenceEqual("systemInstruction"u8) || name.SequenceEqual("system_instruction"u8);

    private static bool IsConversation(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("messages"u8) || name.SequenceEqual("input"u8) || name.SequenceEqual("contents"u8);

    private static int WriteConversation(ReadOnlySpan<byte> value, CacheConfig config, PooledBuffer output)
    {
        if (JsonScan.KindOf(value) != JsonTokenType.StartArray)
        {
            WriteCompact(value, output);
            return 1;
        }

        var messages = 0;
        var elements = new JsonElements(value);
        while (elements.MoveNext())
        {
            if (config.ExcludesSystem && JsonPick.Text(elements.Raw, "role"u8) is "system" or "developer")
            {
                continue;
            }

            messages++;
            WriteCompact(elements.Raw, output);
        }

        return messages;
    }

    /// <summary>A value without the white space between its tokens, and an end mark that no JSON holds.</summary>
    private static void WriteCompact(ReadOnlySpan<byte> json, PooledBuffer output)
    {
        while (json.Length > 0)
        {
            var length = json.IndexOfAny("\" \n\r\t"u8);
            length = length < 0 ? json.Length : json[length] == '"' ? JsonScan.SkipString(json, length) : length;
            output.Write(json[..length]);
            json = json[JsonScan.SkipBlanks(json, length)..];
        }

        output.Write("\0"u8);
    }

    /// <summary>A member of the body.</summary>
    private sealed record Place(string Text, ByteRange Name, ByteRange Value);
}
