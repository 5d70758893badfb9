using System.Buffers.Text;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Kinds of output items that answers of other dialects become.</summary>
internal enum ResponsesItemKind
{
    None,
    Message,
    Reasoning,
    Function,
    Custom,
    Image,
    Search,
    Interpreter,
    Mcp,
}

/// <summary>The output item that is being put together; one object serves all items of an answer.</summary>
internal sealed class ResponsesOpenItem : IDisposable
{
    /// <summary>Of an item's number: no answer has that many.</summary>
    private const int MostDigits = 10;

    public ResponsesItemKind Kind { get; private set; }

    public JsonText Id { get; private set; }

    public int Number { get; private set; }

    public JsonText CallId { get; private set; }

    public JsonText Name { get; private set; }

    public JsonText Namespace { get; private set; }

    /// <summary>The origin's own form of a server tool's call.</summary>
    public RawJson Raw { get; private set; }

    public ServerToolOutcome? Outcome { get; set; }

    /// <summary>Number of the content or summary part that is open, or of the next one.</summary>
    public int Part { get; set; }

    public bool IsPartOpen { get; set; }

    public bool IsRefusal { get; set; }

    /// <summary>Byte of <see cref="Text"/> at which the block began whose citations are pending: several blocks make one part.</summary>
    public int BlockStart { get; set; }

    /// <summary>Text of the open part, arguments, input or base64.</summary>
    public PooledBuffer Text { get; } = new();

    /// <summary>Finished parts: JSON, commas between them.</summary>
    public PooledBuffer Parts { get; } = new();

    public PooledBuffer Annotations { get; } = new();

    public int AnnotationCount { get; set; }

    public PooledBuffer Logprobs { get; } = new();

    /// <summary>Opaque reasoning state.</summary>
    public PooledBuffer State { get; } = new();

    public bool IsRedacted { get; set; }

    /// <summary>The type's own word.</summary>
    public ReadOnlySpan<byte> Type => Kind switch
    {
        ResponsesItemKind.Message => "message"u8,
        ResponsesItemKind.Reasoning => "reasoning"u8,
        ResponsesItemKind.Function => "function_call"u8,
        ResponsesItemKind.Custom => "custom_tool_call"u8,
        ResponsesItemKind.Image => "image_generation_call"u8,
        ResponsesItemKind.Search => "web_search_call"u8,
        ResponsesItemKind.Interpreter => "code_interpreter_call"u8,
        _ => "mcp_call"u8,
    };

    public bool IsServerTool => Kind >= ResponsesItemKind.Image;

    public ResponsesPlace Place => new(Id, Number);

    public ResponsesPlace PartPlace => new(Id, Number, Part, Kind == ResponsesItemKind.Reasoning);

    public void Begin(ResponsesItemKind kind, int number, JsonText id, in ResponseEvent e)
    {
        (Kind, Number, Id) = (kind, number, id);
        CallId = new JsonText(e.Id.ToArray());
        Name = new JsonText(e.Name.ToArray());
        Namespace = new JsonText(e.Namespace.ToArray());
        Raw = new RawJson(e.Raw.ToArray());
        Outcome = null;
        Part = 0;
        IsPartOpen = IsRefusal = IsRedacted = false;
        Parts.Clear();
        State.Clear();
        ClearPart();
    }

    public void Close() => Kind = ResponsesItemKind.None;

    public void ClearPart()
    {
        BlockStart = AnnotationCount = 0;
        Text.Clear();
        Annotations.Clear();
        Logprobs.Clear();
    }

    public void Dispose()
    {
        Text.Dispose();
        Parts.Dispose();
        Annotations.Dispose();
        Logprobs.Dispose();
        State.Dispose();
    }

    /// <summary>Id of an item the upstream gave none: the kind's prefix, the exchange (ASCII that needs no escapes), the item's number.</summary>
    public static JsonText MakeId(ResponsesItemKind kind, string exchange, int number)
    {
        var prefix = kind switch
        {
            ResponsesItemKind.Message => "msg_"u8,
            ResponsesItemKind.Reasoning => "rs_"u8,
            ResponsesItemKind.Function => "fc_"u8,
            ResponsesItemKind.Custom => "ctc_"u8,
            ResponsesItemKind.Image => "ig_"u8,
            ResponsesItemKind.Search => "ws_"u8,
            ResponsesItemKind.Interpreter => "ci_"u8,
            _ => "mcp_"u8,
        };
        var id = new byte[prefix.Length + exchange.Length + 1 + MostDigits];
        prefix.CopyTo(id);
        var length = prefix.Length + Encoding.ASCII.GetBytes(exchange, id.AsSpan(prefix.Length));
        id[length++] = (byte)'_';
        Utf8Formatter.TryFormat(number, id.AsSpan(length), out var digits);
        return new JsonText(id.AsMemory(0, length + digits));
    }
}
