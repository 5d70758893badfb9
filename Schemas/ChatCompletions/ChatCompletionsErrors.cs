using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Error bodies: OpenAI's {"error":{message,type,param,code}} within Bifrost's superset (event type, is_bifrost_error,
/// status_code), and whatever chat vendors answer instead when read.
/// </summary>
internal static class ChatCompletionsErrors
{
    /// <summary>An upstream's HTML page or stack trace must not become a megabyte of message.</summary>
    private const int MaxMessage = 2000;

    public static void Write(GatewayError error, IBufferWriter<byte> output)
    {
        var type = error.Type ?? TypeOf(error.Kind);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.StartObject("error"u8);
        json.Member("message"u8, error.Message);
        json.Member("type"u8, type);
        json.MemberOrNull("param"u8, error.Param);
        json.MemberOrNull("code"u8, error.Code);
        json.EndObject();
        json.Member("type"u8, type);
        json.Member("is_bifrost_error"u8, error.Provider is null);
        json.Member("status_code"u8, error.Status);
        if ((error.Provider ?? error.RequestType) is not null)
        {
            json.StartObject("extra_fields"u8);
            ErrorFields.Write(error, ref json);
            json.EndObject();
        }

        json.EndObject();
    }

    /// <summary>OpenAI's own shape: error is an object with a message.</summary>
    public static bool IsErrorBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var trimmed = body.TrimStart(" \r\n\t"u8);
            return !JsonSlice.Text(JsonSlice.Member(JsonSlice.Member(trimmed, "error"u8), "message"u8)).IsEmpty;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads an error body; anything else (HTML, nothing, cut JSON) is described by its status.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> body)
    {
        var known = new GatewayError(status, ErrorKinds.OfStatus(status), $"The upstream answered {status}.");
        try
        {
            return JsonSlice.IsObject(body.TrimStart(" \r\n\t"u8)) ? ReadObject(status, body, known) : known;
        }
        catch (JsonException)
        {
            return known;
        }
    }

    /// <summary>A failure told inside a 200 answer or stream; its own code decides the status where it has one.</summary>
    public static GatewayError ReadInBand(ReadOnlySpan<byte> body)
    {
        var error = Read(502, body);
        var status = int.TryParse(error.Code, out var code) && code is >= 400 and < 600 ? code : StatusOf(error.Type);
        return error with { Status = status, Kind = ErrorKinds.OfStatus(status) };
    }

    private static GatewayError ReadObject(int status, ReadOnlySpan<byte> body, GatewayError known)
    {
        var error = JsonSlice.Member(body, "error"u8);
        var holder = JsonSlice.IsObject(error) ? error : body;
        var message = Plain(JsonSlice.Member(holder, "message"u8))
            ?? Plain(error) // Hugging Face, older xAI: {"error":"text"}
            ?? Plain(JsonSlice.Member(body, "message"u8))
            ?? Plain(JsonSlice.Member(body, "detail"u8)); // Mistral, FastAPI

        // OpenRouter says "Provider returned error" and keeps what the provider said beside it (openrouter.ai/docs/api-reference/errors).
        var raw = Plain(JsonSlice.Member(JsonSlice.Member(holder, "metadata"u8), "raw"u8));
        var type = Plain(JsonSlice.Member(holder, "type"u8));
        return known with
        {
            Status = status,
            Message = raw is null ? message ?? known.Message : $"{message ?? known.Message}: {raw}",
            Type = type == "error" ? null : type,
            Code = Plain(JsonSlice.Member(holder, "code"u8)),
            Param = Plain(JsonSlice.Member(holder, "param"u8)),
        };
    }

    /// <summary>A string decoded, a number or list as it stands; null for nothing.</summary>
    private static string? Plain(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || JsonSlice.IsObject(value))
        {
            return null;
        }

        var text = value[0] == '"' ? JsonEscapes.Decode(JsonSlice.Text(value)) : Encoding.UTF8.GetString(value);
        return text.Length == 0 ? null : text.Length > MaxMessage ? text[..MaxMessage] : text;
    }

    /// <summary>OpenAI's words (platform.openai.com/docs/guides/error-codes).</summary>
    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest or ErrorKind.MethodNotAllowed or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia => "invalid_request_error",
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.NotFound => "not_found_error",
        ErrorKind.RateLimit => "rate_limit_error",
        ErrorKind.Billing => "insufficient_quota",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "service_unavailable_error",
        ErrorKind.Timeout => "timeout_error",
        ErrorKind.BadGateway => "upstream_error",
        _ => "server_error",
    };

    private static int StatusOf(string? type) => type switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "permission_error" => 403,
        "not_found_error" => 404,
        "rate_limit_error" or "rate_limit_exceeded" => 429,
        "insufficient_quota" => 402,
        "overloaded_error" => 529,
        _ => 502,
    };
}
