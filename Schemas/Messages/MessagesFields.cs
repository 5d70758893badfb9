using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Typed members of a request. A member that is absent or null is null; one of the wrong kind is the request's error, of
/// which the first is kept with its path.
/// </summary>
internal sealed class MessagesFields(JsonBody body)
{
    public JsonBody Body => body;

    public GatewayError? Error { get; private set; }

    public void Fail(string path, string message) => Error ??= GatewayError.Invalid($"{path}: {message}", path);

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    public bool IsObject(JsonElement element, string path)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        Fail(path, "must be an object");
        return false;
    }

    /// <summary>The items of an array; none where the member is absent.</summary>
    public JsonElement.ArrayEnumerator Items(JsonElement source, string name, string path)
    {
        if (TryGet(source, name, out var value))
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                return value.EnumerateArray();
            }

            Fail(Join(path, name), "must be an array");
        }

        return default;
    }

    public JsonText Text(JsonElement source, string name, string path)
    {
        if (TryGet(source, name, out var value) && value.ValueKind != JsonValueKind.String)
        {
            Fail(Join(path, name), "must be a string");
        }

        return body.Text(value);
    }

    public JsonText Required(JsonElement source, string name, string path)
    {
        if (!TryGet(source, name, out _))
        {
            Fail(Join(path, name), "field required");
        }

        return Text(source, name, path);
    }

    /// <summary>A short word of the API's own, decoded.</summary>
    public string? Word(JsonElement source, string name, string path) => Text(source, name, path) is { IsEmpty: false } text ? text.Decode() : null;

    public long? Integer(JsonElement source, string name, string path)
    {
        if (!TryGet(source, name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
        {
            return number;
        }

        Fail(Join(path, name), "must be an integer");
        return null;
    }

    public double? Number(JsonElement source, string name, string path)
    {
        if (!TryGet(source, name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
        {
            return number;
        }

        Fail(Join(path, name), "must be a number");
        return null;
    }

    public bool? Bool(JsonElement source, string name, string path)
    {
        if (!TryGet(source, name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        Fail(Join(path, name), "must be a boolean");
        return null;
    }

    /// <summary>An object member as it stands; absent where there is none.</summary>
    public RawJson Object(JsonElement source, string name, string path) =>
        TryGet(source, name, out var value) && IsObject(value, Join(path, name)) ? body.Raw(value) : default;

    public List<JsonText> Texts(JsonElement source, string name, string path)
    {
        var texts = new List<JsonText>();
        foreach (var item in Items(source, name, path))
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

    public CacheControl? Cache(JsonElement source, string path)
    {
        if (!TryGet(source, "cache_control", out var value) || !IsObject(value, Join(path, "cache_control")))
        {
            return null;
        }

        return new CacheControl(Word(value, "ttl", Join(path, "cache_control")));
    }

    public static bool TryGet(JsonElement source, string name, out JsonElement value)
    {
        value = default;
        return source.ValueKind == JsonValueKind.Object && source.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
