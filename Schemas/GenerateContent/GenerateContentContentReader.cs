using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Reads contents (ai.google.dev/api/caching#Content). Calls and responses need no ids here: missing ones are made from
/// their place, and a response belongs to the first call of its function that has none yet.
/// </summary>
internal sealed class GenerateContentContentReader(JsonBody body, ChatRequest request)
{
    /// <summary>Members of a part that are read, in both spellings.</summary>
    private static readonly string[] PartMembers =
    [
        "text", "thought", "thoughtSignature", "thought_signature", "functionCall", "function_call", "functionResponse", "function_response",
        "inlineData", "inline_data", "fileData", "file_data",
    ];

    private readonly RequestFields _fields = new(body, request.Losses);
    private readonly List<(JsonText Name, JsonText Id)> _unanswered = [];
    private int _calls;

    public GatewayError? ReadContents(JsonValue contents)
    {
        if (contents.ValueKind == JsonValueKind.Object)
        {
            return ReadContent(contents, "contents");
        }

        if (contents.ValueKind != JsonValueKind.Array)
        {
            return GatewayError.Invalid("contents must be an array", "contents");
        }

        var number = 0;
        foreach (var content in contents.EnumerateArray())
        {
            if (ReadContent(content, $"contents[{number++}]") is { } error)
            {
                return error;
            }
        }

        return null;
    }

    public GatewayError? ReadSystem(JsonValue system, string path) =>
        system.ValueKind == JsonValueKind.String
            ? Add(new TextPart(body.Text(system)) { Path = path }, request.System)
            : ReadParts(system, path, request.System);

    private static GatewayError? Add(Part part, List<Part> parts)
    {
        parts.Add(part);
        return null;
    }

    private GatewayError? ReadContent(JsonValue content, string path)
    {
        if (content.ValueKind != JsonValueKind.Object)
        {
            return GatewayError.Invalid($"{path} must be an object", path);
        }

        var role = GenerateContentJson.Text(body, content, "role", "role");
        if (!role.IsEmpty && !role.Is("user"u8) && !role.Is("model"u8) && !role.Is("function"u8))
        {
            return GatewayError.Invalid($"{path}.role must be user or model", $"{path}.role");
        }

        var turn = new Turn(role.Is("model"u8) ? Role.Assistant : Role.User);
        request.Turns.Add(turn);
        return ReadParts(content, path, turn.Parts);
    }

    /// <summary>parts is a list; a lone object is accepted upstream, too.</summary>
    private GatewayError? ReadParts(JsonValue content, string path, List<Part> parts)
    {
        if (GenerateContentJson.Member(content, "parts", "parts") is not { } list)
        {
            return null;
        }

        if (list.ValueKind == JsonValueKind.Object)
        {
            return ReadPart(list, $"{path}.parts", parts);
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            return GatewayError.Invalid($"{path}.parts must be an array", $"{path}.parts");
        }

        var number = 0;
        foreach (var part in list.EnumerateArray())
        {
            if (ReadPart(part, $"{path}.parts[{number++}]", parts) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private GatewayError? ReadPart(JsonValue part, string path, List<Part> parts)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            return GatewayError.Invalid($"{path} must be an object", path);
        }

        var state = GenerateContentSignature.Open(GenerateContentJson.Text(body, part, "thoughtSignature", "thought_signature"));
        if (GenerateContentJson.Member(part, "text", "text") is { } text)
        {
            ReadText(part, body.Text(text), state, path, parts);
        }
        else if (GenerateContentJson.Member(part, "functionCall", "function_call") is { } call)
        {
            return ReadCall(call, state, path, parts);
        }
        else if (GenerateContentJson.Member(part, "functionResponse", "function_response") is { } response)
        {
            return ReadResponse(response, path, parts);
        }
        else if (ReadMedia(part, path) is { } media)
        {
            parts.Add(media);
            _fields.LoseOthers(part, path, PartMembers);
        }
        else
        {
            foreach (var member in part.EnumerateObject())
            {
                parts.Add(new ExtensionPart(member.Name, body.Raw(member.Value)) { Path = path });
            }
        }

        return null;
    }

    /// <summary>Thoughts of a stream come in pieces, the last one with the signature: they are one reasoning.</summary>
    private static void ReadText(JsonValue part, JsonText text, ReasoningState? state, string path, List<Part> parts)
    {
        var isThought = GenerateContentJson.Member(part, "thought", "thought") is { ValueKind: JsonValueKind.True };
        if (isThought && parts is [.., ReasoningPart { State: null } open])
        {
            parts[^1] = open with { Text = new JsonText((byte[])[.. open.Text.Span, .. text.Span]), State = state };
        }
        else if (isThought)
        {
            parts.Add(new ReasoningPart(text) { State = state, Path = path });
        }
        else
        {
            parts.Add(new TextPart(text) { Path = path });
            if (state is not null)
            {
                parts.Add(new ReasoningPart(default) { State = state, Path = path });
            }
        }
    }

    private GatewayError? ReadCall(JsonValue call, ReasoningState? state, string path, List<Part> parts)
    {
        var name = GenerateContentJson.Text(body, call, "name", "name");
        if (name.IsEmpty)
        {
            return GatewayError.Invalid($"{path}.functionCall.name must be a string", $"{path}.functionCall.name");
        }

        var id = GenerateContentJson.Text(body, call, "id", "id");
        if (id.IsEmpty)
        {
            id = JsonText.From($"call_{_calls}");
        }

        _calls++;
        _unanswered.Add((name, id));
        var args = GenerateContentJson.Member(call, "args", "args") is { ValueKind: JsonValueKind.Object } value ? JsonQuote.Of(body.Raw(value)) : default;
        parts.Add(new ToolCallPart(id, name) { Arguments = args, State = state, Path = path });
        return null;
    }

    private GatewayError? ReadResponse(JsonValue response, string path, List<Part> parts)
    {
        var name = GenerateContentJson.Text(body, response, "name", "name");
        var id = GenerateContentJson.Text(body, response, "id", "id");
        var at = _unanswered.FindIndex(u => id.IsEmpty ? u.Name.Equals(name) : u.Id.Equals(id));
        if (at >= 0)
        {
            id = _unanswered[at].Id;
            _unanswered.RemoveAt(at);
        }
        else if (id.IsEmpty)
        {
            return GatewayError.Invalid($"{path}.functionResponse answers no functionCall", $"{path}.functionResponse.name");
        }

        var result = GenerateContentJson.Member(response, "response", "response") ?? default;
        _fields.LoseOthers(response, $"{path}.functionResponse", ["id", "name", "response", "parts"]);
        var part = new ToolResultPart(id)
        {
            Name = name,
            Path = path,
            IsError = result.ValueKind == JsonValueKind.Object && result.TryGetProperty("error"u8, out _),
        };
        parts.Add(part);
        part.Content.Add(new TextPart(ResultText(result)) { Path = path });
        return ReadParts(response, path, part.Content);
    }

    /// <summary>The text under the one key that holds it, or the whole object as JSON.</summary>
    private JsonText ResultText(JsonValue result)
    {
        if (result.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        var members = result.EnumerateObject();
        if (members.MoveNext() && members.Current is { Name: "output" or "result" or "content" or "error" } only && !members.MoveNext())
        {
            return only.Value.ValueKind == JsonValueKind.String ? body.Text(only.Value) : JsonQuote.Of(body.Raw(only.Value));
        }

        return JsonQuote.Of(body.Raw(result));
    }

    private Part? ReadMedia(JsonValue part, string path)
    {
        var inline = GenerateContentJson.Member(part, "inlineData", "inline_data");
        var file = GenerateContentJson.Member(part, "fileData", "file_data");
        if ((inline ?? file) is not { } data)
        {
            return null;
        }

        var type = GenerateContentJson.Text(body, data, "mimeType", "mime_type").Decode();
        var source = new MediaSource
        {
            MediaType = type,
            Base64 = GenerateContentMedia.Standard(GenerateContentJson.Text(body, data, "data", "data")),
            Url = GenerateContentJson.Text(body, data, "fileUri", "file_uri"),
        };
        var kind = type.Length > 0 ? type : GenerateContentMedia.TypeOf(source.Url.Decode());
        return kind.Split('/')[0] switch
        {
            "image" => new ImagePart(source) { Path = path },
            "audio" => new AudioPart(source) { Path = path },
            "video" => new VideoPart(source) { Path = path },
            _ => new DocumentPart(source) { Name = GenerateContentJson.Text(body, data, "displayName", "display_name"), Path = path },
        };
    }
}
