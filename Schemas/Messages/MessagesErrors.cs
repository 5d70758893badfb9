using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Errors of the Messages API, read and written: {"type":"error","error":{"type","message"}}
/// (platform.claude.com/docs/en/api/errors). Only Anthropic's own type words ever leave.
/// </summary>
internal static class MessagesErrors
{
    private const string Conflict = "conflict_error";

    /// <summary>A body that is no JSON is shown this far: enough for a proxy's words, too little for a page.</summary>
    private const int MaxPlainText = 300;

    public static void Write(GatewayError error, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("type"u8, "error"u8);
        json.StartObject("error"u8);
        json.Member("type"u8, error.Type == Conflict ? Conflict : TypeOf(error.Kind));
        json.Member("message"u8, MessageOf(error));
        json.EndObject();
        json.EndObject();
    }

    /// <summary>Whether a body is the dialect's own envelope, with a type of its vocabulary and a message.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> body)
    {
        if (!JsonBody.TryParse(body.ToArray(), out var json, out _))
        {
            return false;
        }

        using (json)
        {
            return TextOf(json.Root, "type"u8) == "error" && json.Root.TryGetProperty("error"u8, out var error)
                && KindOf(TextOf(error, "type"u8)) is not null && !string.IsNullOrEmpty(TextOf(error, "message"u8));
        }
    }

    /// <summary>Reads an error body; what is none of the dialect's gives an error from the status alone.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> body)
    {
        if (!JsonBody.TryParse(body.ToArray(), out var json, out _))
        {
            return FromStatus(status, PlainText(status, body));
        }

        using (json)
        {
            return Read(status, json.Root) ?? FromStatus(status, $"the upstream answered {status} without a message");
        }
    }

    /// <summary>The error an error event tells of. Streams carry no status: it follows from the type.</summary>
    public static GatewayError ReadEvent(ReadOnlySpan<byte> data)
    {
        if (!JsonBody.TryParse(data.ToArray(), out var json, out _))
        {
            return GatewayError.Upstream("the upstream sent an error event that is not JSON");
        }

        using (json)
        {
            return Read(0, json.Root) ?? GatewayError.Upstream("the upstream sent an error event without a message");
        }
    }

    private static GatewayError? Read(int status, JsonValue root)
    {
        // Vertex wraps its own errors in an array.
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
        {
            root = root[0];
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var error = root.TryGetProperty("error"u8, out var inner) ? inner : root;
        var type = TextOf(error, "type"u8) ?? TextOf(error, "status"u8);
        var message = error.ValueKind == JsonValueKind.String ? Decode(error) : TextOf(error, "message"u8) ?? TextOf(error, "detail"u8);
        if (string.IsNullOrEmpty(message))
        {
            return null;
        }

        var known = KindOf(type);
        var answered = status > 0 ? status : known is { } word ? StatusOf(word) : 500;
        return new GatewayError(answered, known ?? ErrorKinds.OfStatus(answered), message) { Type = type };
    }

    private static GatewayError FromStatus(int status, string message) => new(status, ErrorKinds.OfStatus(status), message);

    private static string PlainText(int status, ReadOnlySpan<byte> body)
    {
        var text = JsonEscapes.Decode(body[..Math.Min(body.Length, MaxPlainText)]).Trim();
        return text.Length == 0 || text[0] == '<' ? $"the upstream answered {status} without a readable error" : $"the upstream answered {status}: {text}";
    }

    private static string? TextOf(JsonValue element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Decode(value)
            : null;

    // GetString throws on a lone surrogate, which some upstreams echo from the request.
    private static string Decode(JsonValue value) =>
        JsonEscapes.Decode(value.Raw[1..^1]);

    private static string MessageOf(GatewayError error)
    {
        if (error.Message.Length == 0)
        {
            return "the request failed";
        }

        return error.Param is { Length: > 0 } param && !error.Message.Contains(param, StringComparison.Ordinal)
            ? $"{param}: {error.Message}"
            : error.Message;
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest or ErrorKind.MethodNotAllowed or ErrorKind.UnsupportedMedia => "invalid_request_error",
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.NotFound => "not_found_error",
        ErrorKind.TooLarge => "request_too_large",
        ErrorKind.RateLimit => "rate_limit_error",
        ErrorKind.Billing => "billing_error",
        ErrorKind.Overloaded => "overloaded_error",
        ErrorKind.Timeout => "timeout_error",
        _ => "api_error",
    };

    private static ErrorKind? KindOf(string? type) => type switch
    {
        "invalid_request_error" or Conflict => ErrorKind.InvalidRequest,
        "authentication_error" => ErrorKind.Authentication,
        "permission_error" => ErrorKind.Permission,
        "not_found_error" => ErrorKind.NotFound,
        "request_too_large" => ErrorKind.TooLarge,
        "rate_limit_error" => ErrorKind.RateLimit,
        "billing_error" => ErrorKind.Billing,
        "overloaded_error" => ErrorKind.Overloaded,
        "timeout_error" => ErrorKind.Timeout,
        "api_error" => ErrorKind.Server,
        _ => null,
    };

    private static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest => 400,
        ErrorKind.Authentication => 401,
        ErrorKind.Billing => 402,
        ErrorKind.Permission => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.TooLarge => 413,
        ErrorKind.RateLimit => 429,
        ErrorKind.Timeout => 504,
        ErrorKind.Overloaded => 529,
        _ => 500,
    };
}
