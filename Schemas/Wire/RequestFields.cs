using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Typed look at members of a request body, whichever dialect it is of. A null member counts as absent, as the APIs treat
/// it. The first member of a wrong kind becomes <see cref="Error"/>; reading goes on and its result is thrown away.
/// </summary>
/// <param name="body">The parsed body, which text and raw values point into.</param>
/// <param name="losses">Where members nobody reads are recorded.</param>
internal sealed class RequestFields(JsonBody body, Losses losses)
{
    public JsonBody Body => body;

    public GatewayError? Error { get; private set; }

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The member where it is there and no null.</summary>
    public static bool Has(JsonValue owner, string name, out JsonValue value)
    {
        value = default;
        return owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public static bool Has(JsonValue owner, ReadOnlySpan<byte> name, out JsonValue value)
    {
        value = default;
        return owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public void Fail(string path, string what) => Error ??= GatewayError.Invalid($"{path} {what}", path);

    /// <summary>Records members of an object that no reader knows. Null, false, empty lists and empty objects say nothing.</summary>
    public void LoseOthers(JsonValue owner, string path, ReadOnlySpan<string> known, string reason = LossReason.Unknown)
    {
        if (owner.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in owner.EnumerateObject())
        {
            if (!IsKnown(member, known) && !IsIdle(member.Value))
            {
                losses.Add(Join(path, member.Name), reason);
            }
        }
    }

    /// <summary>The member where it is there and of this kind; another kind is an error.</summary>
    public bool Has(JsonValue owner, string name, string path, JsonValueKind kind, out JsonValue value)
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

    public bool IsObject(JsonValue element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        Fail(path, "must be an object");
        return false;
    }

    public RawJson Raw(JsonValue value) => body.Raw(value);

    public RawJson RawMember(JsonValue owner, ReadOnlySpan<byte> name) => Has(owner, name, out var value) ? body.Raw(value) : default;

    /// <summary>An object member as it stands; absent where there is none.</summary>
    public RawJson Object(JsonValue owner, string name, string path) =>
        Has(owner, name, path, JsonValueKind.Object, out var value) ? body.Raw(value) : default;

    /// <summary>The items of an array; none where the member is absent.</summary>
    public JsonItemWalk Items(JsonValue owner, string name, string path) =>
        Has(owner, name, path, JsonValueKind.Array, out var value) ? value.EnumerateArray() : default;

    /// <summary>A string value's escaped text; empty for other kinds.</summary>
    public JsonText TextOf(JsonValue value) => body.Text(value);

    public JsonText Text(JsonValue owner, string name, string path)
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

    /// <summary>A string that must be there and hold something.</summary>
    public JsonText Required(JsonValue owner, string name, string path)
    {
        var text = Text(owner, name, path);
        if (text.IsEmpty)
        {
            Fail(Join(path, name), "is required");
        }

        return text;
    }

    /// <summary>A string that must be there and may be empty.</summary>
    public JsonText Present(JsonValue owner, string name, string path)
    {
        if (!Has(owner, name, out _))
        {
            Fail(Join(path, name), "is required");
        }

        return Text(owner, name, path);
    }

    /// <summary>A string that is one of a few plain words.</summary>
    public string? Word(JsonValue owner, string name, string path)
    {
        var text = Text(owner, name, path);
        return text.IsEmpty ? null : text.Word();
    }

    public List<JsonText> Texts(JsonValue owner, string name, string path)
    {
        var texts = new List<JsonText>();
        foreach (var item in Items(owner, name, path))
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                Fail(Join(path, name), "must hold strings");
                break;
            }

            texts.Add(body.Text(item));
        }

        return texts;
    }

    public bool? Flag(JsonValue owner, string name, string path)
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

    public double? Number(JsonValue owner, string name, string path)
    {
        if (!Has(owner, name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            Fail(Join(path, name), "must be a number");
            return null;
        }

        return number;
    }

    public long? Integer(JsonValue owner, string name, string path)
    {
        if (Has(owner, name, out var value) && JsonDigits.TryRead(value.Raw, out var plain))
        {
            return plain;
        }

        var number = Number(owner, name, path);
        if (number is { } given && (given != Math.Floor(given) || Math.Abs(given) > long.MaxValue / 2))
        {
            Fail(Join(path, name), "must be a whole number");
            return null;
        }

        return (long?)number;
    }

    /// <summary>The breakpoint on a part, message, tool or request: cache_control, or OpenAI's prompt_cache_breakpoint.</summary>
    public CacheControl? Cache(JsonValue owner, string path)
    {
        if (Has(owner, "cache_control", path, JsonValueKind.Object, out var control))
        {
            return new CacheControl(Word(control, "ttl", Join(path, "cache_control")));
        }

        return Has(owner, "prompt_cache_breakpoint"u8, out _) ? new CacheControl(null) : null;
    }

    /// <summary>Compared as bytes: reading the name as a string would allocate one for every member.</summary>
    private static bool IsKnown(JsonMember member, ReadOnlySpan<string> known)
    {
        foreach (var name in known)
        {
            if (member.NameEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsIdle(JsonValue value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().MoveNext(),
        _ => false,
    };
}
