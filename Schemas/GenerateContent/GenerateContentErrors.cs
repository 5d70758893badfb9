using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Google's error object {"error":{"code","message","status","details"}} in and out
/// (google.aip.dev/193, ai.google.dev/gemini-api/docs/troubleshooting). A stream without alt=sse puts it in an array.
/// </summary>
internal static class GenerateContentErrors
{
    private static readonly (string Status, ErrorKind Kind)[] Known =
    [
        ("INVALID_ARGUMENT", ErrorKind.InvalidRequest),
        ("FAILED_PRECONDITION", ErrorKind.InvalidRequest),
        ("OUT_OF_RANGE", ErrorKind.InvalidRequest),
        ("UNAUTHENTICATED", ErrorKind.Authentication),
        ("PERMISSION_DENIED", ErrorKind.Permission),
        ("NOT_FOUND", ErrorKind.NotFound),
        ("RESOURCE_EXHAUSTED", ErrorKind.RateLimit),
        ("UNAVAILABLE", ErrorKind.Unavailable),
        ("DEADLINE_EXCEEDED", ErrorKind.Timeout),
        ("INTERNAL", ErrorKind.Server),
    ];

    public static void Write(GatewayError error, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.StartObject("error"u8);
        json.Member("code"u8, error.Status);
        json.Member("message"u8, error.Message.Length == 0 ? "the provider reported an error without a message" : error.Message);
        json.Member("status"u8, StatusOf(error));
        json.EndObject();
        json.EndObject();
    }

    public static GatewayError Read(int status, ReadOnlySpan<byte> body) => TryRead(body, status) ?? Bare(status);

    public static bool IsBody(ReadOnlySpan<byte> body) => body.TrimStart(" \r\n\t"u8).StartsWith("{"u8) && TryRead(body, 500) is not null;

    /// <summary>The error in a chunk or body that holds one, else null. <paramref name="status"/> 0 takes the body's own code.</summary>
    public static GatewayError? TryRead(ReadOnlySpan<byte> body, int status)
    {
        if (!JsonBody.TryParse(body.ToArray(), out var parsed, out _))
        {
            return null;
        }

        using (parsed)
        {
            var root = parsed.Root;
            root = root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0 ? root[0] : root;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error"u8, out var error) && error.ValueKind == JsonValueKind.Object
                ? Read(parsed, error, status)
                : null;
        }
    }

    private static GatewayError Read(JsonBody body, JsonValue error, int status)
    {
        if (status == 0)
        {
            status = error.TryGetProperty("code"u8, out var code) && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var own) && own is >= 400 and < 600
                ? own
                : 502;
        }

        var message = error.TryGetProperty("message"u8, out var text) ? body.Text(text).Decode() : "";
        var word = error.TryGetProperty("status"u8, out var name) ? body.Text(name).Decode() : "";
        var reason = ReasonOf(body, error);
        var kind = reason == "API_KEY_INVALID" ? ErrorKind.Authentication : KindOf(word, status);
        return new GatewayError(status, kind, message.Length == 0 ? Bare(status).Message : message)
        {
            Type = word.Length == 0 ? null : word,
            Code = reason,
        };
    }

    /// <summary>details: the ErrorInfo's reason. A wrong key is only an INVALID_ARGUMENT but for this.</summary>
    private static string? ReasonOf(JsonBody body, JsonValue error)
    {
        if (error.TryGetProperty("details"u8, out var details) && details.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in details.EnumerateArray())
            {
                if (detail.ValueKind == JsonValueKind.Object && detail.TryGetProperty("reason"u8, out var reason))
                {
                    return body.Text(reason).Decode();
                }
            }
        }

        return null;
    }

    private static GatewayError Bare(int status) => new(status, KindOf("", status), $"the provider answered with status {status}");

    private static ErrorKind KindOf(string word, int status)
    {
        foreach (var known in Known)
        {
            if (known.Status == word)
            {
                return known.Kind;
            }
        }

        return ErrorKinds.OfStatus(status);
    }

    private static string StatusOf(GatewayError error) => error.Kind switch
    {
        ErrorKind.Authentication => "UNAUTHENTICATED",
        ErrorKind.Permission => "PERMISSION_DENIED",
        ErrorKind.NotFound => "NOT_FOUND",
        ErrorKind.RateLimit or ErrorKind.Billing => "RESOURCE_EXHAUSTED",
        ErrorKind.Overloaded or ErrorKind.Unavailable or ErrorKind.BadGateway => "UNAVAILABLE",
        ErrorKind.Timeout => "DEADLINE_EXCEEDED",
        ErrorKind.Server => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    };
}
