using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Errors of the OpenAI API (platform.openai.com/docs/guides/error-codes): {"error": {message, type, param, code}}, read
/// leniently from any vendor, written with the gateway's own members beside it.
/// </summary>
internal static class ResponsesErrors
{
    public static void Write(GatewayError error, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("is_bifrost_error"u8, error.Provider is null);
        json.Member("status_code"u8, (long)error.Status);
        if (error.Provider is null && error.Type is not null)
        {
            json.Member("type"u8, error.Type);
        }

        json.StartObject("error"u8);
        json.Member("message"u8, error.Message);
        json.Member("type"u8, error.Type ?? TypeOf(error.Kind));
        json.MemberOrNull("param"u8, error.Param);
        json.MemberOrNull("code"u8, error.Code);
        json.EndObject();
        json.StartObject("extra_fields"u8);
        ErrorFields.Write(error, ref json);
        json.EndObject();
        json.EndObject();
    }

    /// <summary>The code of a failed response: one of the API's own where the meaning is the same.</summary>
    public static string CodeOf(GatewayError error) => error.Kind switch
    {
        ErrorKind.RateLimit or ErrorKind.Billing => error.Code ?? "rate_limit_exceeded",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "server_is_overloaded",
        ErrorKind.InvalidRequest or ErrorKind.TooLarge => error.Code ?? "invalid_prompt",
        _ => "server_error",
    };

    /// <summary>An HTTP error's body, whatever it holds.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> body)
    {
        var parts = default(Parts);
        parts.TakeFrom(body);
        var message = parts.Message ?? $"the upstream answered with status {status}";
        var kind = parts.Code == "insufficient_quota" ? ErrorKind.Billing : ErrorKinds.OfStatus(status);
        return new GatewayError(status, kind, message) { Type = parts.Type, Code = parts.Code, Param = parts.Param };
    }

    /// <summary>Whether a body is {"error": {"message": "..."}}, as clients of this API expect it.</summary>
    public static bool IsEnvelope(ReadOnlySpan<byte> body)
    {
        var members = new JsonMembers(body);
        var isEnvelope = false;
        while (members.MoveNext())
        {
            if (members.Is("error"u8))
            {
                var parts = default(Parts);
                parts.TakeFrom(members.Raw);
                isEnvelope = !string.IsNullOrEmpty(parts.Message);
            }
        }

        return isEnvelope && !members.IsBroken;
    }

    /// <summary>An "error" event: its members, or an error object inside (recorded as well).</summary>
    public static GatewayError InStream(in ResponsesFrame frame)
    {
        var parts = default(Parts);
        if (!frame.Error.IsEmpty)
        {
            parts.TakeFrom(frame.Error);
        }

        return parts.Message is not null ? Make(parts) : Make(new Parts
        {
            Message = frame.Message.IsEmpty ? null : JsonEscapes.Decode(frame.Message),
            Code = frame.Code.IsEmpty ? null : JsonEscapes.Decode(frame.Code),
            Param = frame.Param.IsEmpty ? null : JsonEscapes.Decode(frame.Param),
        });
    }

    /// <summary>The error member of a failed response.</summary>
    public static GatewayError InAnswer(ReadOnlySpan<byte> error)
    {
        var parts = default(Parts);
        parts.TakeFrom(error);
        return Make(parts);
    }

    private static GatewayError Make(in Parts parts)
    {
        var (status, kind) = (parts.Code ?? parts.Type) switch
        {
            "rate_limit_exceeded" or "rate_limit_error" => (429, ErrorKind.RateLimit),
            "insufficient_quota" => (429, ErrorKind.Billing),
            "server_is_overloaded" or "slow_down" or "overloaded_error" => (503, ErrorKind.Overloaded),
            "invalid_prompt" or "invalid_request_error" or "context_length_exceeded" => (400, ErrorKind.InvalidRequest),
            _ => (502, ErrorKind.Server),
        };
        return new GatewayError(status, kind, parts.Message ?? "the upstream's answer failed without a reason")
        {
            Type = parts.Type,
            Code = parts.Code,
            Param = parts.Param,
        };
    }

    private static string TypeOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidRequest or ErrorKind.NotFound or ErrorKind.MethodNotAllowed or ErrorKind.TooLarge or ErrorKind.UnsupportedMedia => "invalid_request_error",
        ErrorKind.Authentication => "authentication_error",
        ErrorKind.Permission => "permission_error",
        ErrorKind.RateLimit => "rate_limit_error",
        ErrorKind.Billing => "insufficient_quota",
        ErrorKind.Overloaded or ErrorKind.Unavailable => "service_unavailable_error",
        ErrorKind.Timeout => "timeout_error",
        _ => "server_error",
    };

    /// <summary>What error bodies hold, decoded: they are for people and logs.</summary>
    private struct Parts
    {
        public string? Message { get; set; }

        public string? Type { get; private set; }

        public string? Code { get; set; }

        public string? Param { get; set; }

        public void TakeFrom(ReadOnlySpan<byte> json)
        {
            var members = new JsonMembers(json);
            while (members.MoveNext())
            {
                if (members.Is("error"u8) && members.Kind == JsonTokenType.StartObject)
                {
                    TakeFrom(members.Raw);
                }
                else if ((members.Is("message"u8) || members.Is("error"u8) || members.Is("detail"u8)) && !members.Text.IsEmpty)
                {
                    Message ??= JsonEscapes.Decode(members.Text);
                }
                else if (members.Is("type"u8) && !members.Text.SequenceEqual("error"u8))
                {
                    Type ??= Word(members);
                }
                else if (members.Is("code"u8))
                {
                    Code ??= Word(members);
                }
                else if (members.Is("param"u8))
                {
                    Param ??= Word(members);
                }
            }
        }

        private static string? Word(in JsonMembers member) =>
            !member.Text.IsEmpty ? JsonEscapes.Decode(member.Text)
            : member.Kind == JsonTokenType.Number ? JsonEscapes.Decode(member.Raw)
            : null;
    }
}
