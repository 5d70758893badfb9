using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Typed look at members of a request body. A null member counts as absent. The first member of a wrong type becomes
/// <see cref="Error"/>; reading goes on and its result is thrown away.
/// </summary>
internal sealed class ChatCompletionsFields(JsonBody body)
{
    public GatewayError? Error { get; private set; }

    public void Fail(string path, string what) => Error ??= GatewayError.Invalid($"{path} {what}.", path);

    /// <summary>The member where it is there and no null.</summary>
    public static bool Has(JsonElement owner, string name, out JsonElement value)
    {
        value = default;
        return owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>The member where it is there and of this kind; another kind is an error.</summary>
    public bool Has(JsonElement owner, string name, string path, JsonValueKind kind, out JsonElement value)
    {
        if (!Has(owner, name, out value))
        {
            return false;
        }

        if (value.ValueKind == kind)
        {
            return true;
        }

        Fail(Join(path, name), kind == JsonValueKind.Array ? "must be an array" : "must be an object");
        return false;
    }

    public RawJson Raw(JsonElement value) => body.Raw(value);

    /// <summary>A string's escaped text; empty for other kinds.</summary>
    public JsonText TextOf(JsonElement value) => body.Text(value);

    public JsonText Text(JsonElement owner, string name, string path)
    {
        if (!Has(owner, name, out var value))
        {
            return default;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(Join(path, name), "must be a string");
        }

        return body.Text(value);
    }

    public JsonText Required(JsonElement owner, string name, string path)
    {
        var text = Text(owner, name, path);
        if (text.IsEmpty)
        {
            Fail(Join(path, name), "is required");
        }

        return text;
    }

    /// <summary>A string that is one of a few plain words.</summary>
    public string? Word(JsonElement owner, string name, string path)
    {
        var text = Text(owner, name, path);
        return text.IsEmpty ? null : text.Decode();
    }

    public bool? Flag(JsonElement owner, string name, string path)
    {
        if (!Has(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fail(Join(path, name), "must be true or false");
            return null;
        }

        return value.GetBoolean();
    }

    public double? Number(JsonElement owner, string name, string path)
    {
        if (!Has(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            Fail(Join(path, name), "must be a number");
            return null;
        }

        return number;
    }

    public long? Integer(JsonElement owner, string name, string path)
    {
        var number = Number(owner, name, path);
        if (number is { } given && (given != Math.Floor(given) || Math.Abs(given) > long.MaxValue / 2))
        {
            Fail(Join(path, name), "must be a whole number");
            return null;
        }

        return (long?)number;
    }

    /// <summary>The breakpoint on a part, message or tool: cache_control, or OpenAI's prompt_cache_breakpoint.</summary>
    public CacheControl? Cache(JsonElement owner, string path)
    {
        if (Has(owner, "cache_control", out var control))
        {
            return new CacheControl(Word(control, "ttl", Join(path, "cache_control")));
        }

        return Has(owner, "prompt_cache_breakpoint", out _) ? new CacheControl(null) : null;
    }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
