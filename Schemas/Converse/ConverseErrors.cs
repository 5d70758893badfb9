using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// AWS exceptions in and out: {"__type","message"} as the body of an HTTP error, {"message"} as a framed exception
/// (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html). Names are PascalCase over HTTP
/// and camelCase in streams.
/// </summary>
internal static class ConverseErrors
{
    private const string Fallback = "the provider reported an error without a message";

    private static readonly (string Name, ErrorKind Kind, int Status)[] Known =
    [
        ("ValidationException", ErrorKind.InvalidRequest, 400),
        ("MalformedHttpRequestException", ErrorKind.InvalidRequest, 400),
        ("UnrecognizedClientException", ErrorKind.Authentication, 401),
        ("NotAuthorizedException", ErrorKind.Authentication, 401),
        ("ExpiredTokenException", ErrorKind.Authentication, 401),
        ("IncompleteSignatureException", ErrorKind.Authentication, 401),
        ("InvalidSignatureException", ErrorKind.Authentication, 403),
        ("AccessDeniedException", ErrorKind.Permission, 403),
        ("OptInRequiredException", ErrorKind.Permission, 403),
        ("ResourceNotFoundException", ErrorKind.NotFound, 404),
        ("UnknownOperationException", ErrorKind.NotFound, 404),
        ("ModelTimeoutException", ErrorKind.Timeout, 408),
        ("RequestTimeoutException", ErrorKind.Timeout, 408),
        ("ThrottlingException", ErrorKind.RateLimit, 429),
        ("ModelNotReadyException", ErrorKind.RateLimit, 429),
        ("ServiceQuotaExceededException", ErrorKind.Billing, 402),
        ("ServiceUnavailableException", ErrorKind.Unavailable, 503),
        ("ModelErrorException", ErrorKind.Server, 424),
        ("ModelStreamErrorException", ErrorKind.Server, 502),
        ("InternalServerException", ErrorKind.Server, 500),
        ("InternalFailure", ErrorKind.Server, 500),
    ];

    /// <summary>The body of an HTTP error answer.</summary>
    public static void Write(GatewayError error, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("__type"u8, NameOf(error));
        json.Member("message"u8, MessageOf(error));
        json.EndObject();
    }

    /// <summary>The payload of a framed exception.</summary>
    public static void WritePayload(GatewayError error, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("message"u8, MessageOf(error));
        json.EndObject();
    }

    /// <summary>The member of the ConverseStream union that says what <paramref name="error"/> means.</summary>
    public static ReadOnlySpan<byte> StreamNameOf(GatewayError error) => error.Kind switch
    {
        ErrorKind.InvalidRequest or ErrorKind.Authentication or ErrorKind.Permission or ErrorKind.NotFound
            or ErrorKind.TooLarge or ErrorKind.MethodNotAllowed or ErrorKind.UnsupportedMedia => "validationException"u8,
        ErrorKind.RateLimit or ErrorKind.Billing => "throttlingException"u8,
        ErrorKind.Overloaded or ErrorKind.Unavailable => "serviceUnavailableException"u8,
        ErrorKind.BadGateway or ErrorKind.Timeout => "modelStreamErrorException"u8,
        _ => "internalServerException"u8,
    };

    /// <summary>Reads an HTTP error body; anything that is no JSON object counts only by its status.</summary>
    public static GatewayError Read(int status, ReadOnlySpan<byte> body)
    {
        var (type, message, _) = Members(body);
        var kind = KindOf(type, status);
        return new GatewayError(status, kind, message ?? $"the provider answered with status {status}") { Type = type };
    }

    /// <summary>Reads a framed exception; the status is the one its HTTP twin has.</summary>
    public static GatewayError ReadFrame(ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        var (type, message, original) = Members(payload);
        type ??= Pascal(name);
        var status = original is >= 400 and < 600 ? original : StatusOf(type);
        return new GatewayError(status, KindOf(type, status), message ?? Fallback) { Type = type };
    }

    public static bool IsBody(ReadOnlySpan<byte> body) => Members(body).Message is not null;

    private static ErrorKind KindOf(string? type, int status)
    {
        foreach (var known in Known)
        {
            if (string.Equals(known.Name, type, StringComparison.OrdinalIgnoreCase))
            {
                return known.Kind;
            }
        }

        return ErrorKinds.OfStatus(status);
    }

    private static int StatusOf(string type)
    {
        foreach (var known in Known)
        {
            if (string.Equals(known.Name, type, StringComparison.OrdinalIgnoreCase))
            {
                return known.Status;
            }
        }

        return 502;
    }

    /// <summary>The upstream's own exception where it was one, so that an AWS client sees what AWS said.</summary>
    private static string NameOf(GatewayError error)
    {
        foreach (var known in Known)
        {
            if (known.Name == error.Type)
            {
                return known.Name;
            }
        }

        return error.Kind switch
        {
            ErrorKind.InvalidRequest or ErrorKind.TooLarge or ErrorKind.MethodNotAllowed or ErrorKind.UnsupportedMedia => "ValidationException",
            ErrorKind.Authentication => "UnrecognizedClientException",
            ErrorKind.Permission => "AccessDeniedException",
            ErrorKind.NotFound => "ResourceNotFoundException",
            ErrorKind.RateLimit => "ThrottlingException",
            ErrorKind.Billing => "ServiceQuotaExceededException",
            ErrorKind.Overloaded or ErrorKind.Unavailable => "ServiceUnavailableException",
            ErrorKind.Timeout => "ModelTimeoutException",
            ErrorKind.BadGateway => "ModelErrorException",
            _ => "InternalServerException",
        };
    }

    private static string MessageOf(GatewayError error)
    {
        var message = error.Message.Length == 0 ? Fallback : error.Message;
        return error.Param is { } param && !message.Contains(param, StringComparison.Ordinal) ? $"{param}: {message}" : message;
    }

    /// <summary>Type, message and the model's own status; "Message" is what older AWS front ends write.</summary>
    private static (string? Type, string? Message, int Original) Members(ReadOnlySpan<byte> body)
    {
        string? type = null, message = null;
        var original = 0;
        try
        {
            var reader = ConverseJson.Reader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return default;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    var text = JsonEscapes.Decode(reader.ValueSpan);
                    message = name.SequenceEqual("message"u8) || name.SequenceEqual("Message"u8) ? text : message;
                    type = name.SequenceEqual("__type"u8) || (type is null && name.SequenceEqual("code"u8)) ? Bare(text) : type;
                }
                else if (name.SequenceEqual("originalStatusCode"u8) && reader.TokenType == JsonTokenType.Number)
                {
                    reader.TryGetInt32(out original);
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return default;
        }

        return (type, string.IsNullOrWhiteSpace(message) ? null : message, original);
    }

    /// <summary>"com.amazon.coral.validate#ValidationException:http://..." is ValidationException.</summary>
    private static string Bare(string type)
    {
        type = type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..];
        var colon = type.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? type : type[..colon];
    }

    private static string Pascal(ReadOnlySpan<byte> name) =>
        name.IsEmpty ? "InternalServerException" : char.ToUpperInvariant((char)name[0]) + Encoding.ASCII.GetString(name[1..]);
}
