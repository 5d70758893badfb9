using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>A piece of a turn. The set of subclasses is closed: a writer's switch names them all.</summary>
internal abstract record Part
{
    public CacheControl? Cache { get; init; }

    /// <summary>Where the part stood in the request, for losses: "messages[2].content[0]".</summary>
    public string Path { get; init; } = "";
}

/// <summary>Text of any turn.</summary>
internal sealed record TextPart(JsonText Text) : Part
{
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    /// <summary>What the text was found by, where the caller searched for it: dialects with a place for that need it apart.</summary>
    public SearchResult? Result { get; init; }
}

/// <summary>A search result of the caller's own. For dialects without such a thing its text is title, source and passages.</summary>
/// <param name="Source">Where it was found.</param>
/// <param name="Title">Its title.</param>
/// <param name="Passages">What was found.</param>
/// <param name="Citations">Whether the answer shall cite it.</param>
internal sealed record SearchResult(JsonText Source, JsonText Title, IReadOnlyList<JsonText> Passages, bool Citations)
{
    public TextPart AsText()
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var line in (ReadOnlySpan<JsonText>)[Title, Source, .. Passages])
        {
            if (!line.IsEmpty)
            {
                text.Write(text.WrittenCount > 0 ? "\\n"u8 : default);
                text.Write(line.Span);
            }
        }

        return new TextPart(new JsonText(text.WrittenMemory)) { Result = this };
    }
}

/// <summary>What the model said when it refused on an earlier turn (chat and Responses have a part for it).</summary>
internal sealed record RefusalPart(JsonText Text) : Part;

/// <summary>Where the bytes of an image, document or sound are: exactly one of Base64, Url, FileId, Text is set.</summary>
internal sealed record MediaSource
{
    /// <summary>Base64 as it stood (no data: prefix).</summary>
    public JsonText Base64 { get; init; }

    public JsonText Url { get; init; }

    public JsonText FileId { get; init; }

    /// <summary>Plain text of a text document.</summary>
    public JsonText Text { get; init; }

    /// <summary>E.g. image/png, application/pdf; empty where unknown.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Writes the bytes in base64, those of a text document encoded; nothing where the source is elsewhere.</summary>
    public void WriteBytes(IBufferWriter<byte> output)
    {
        if (!Base64.IsEmpty)
        {
            output.Write(Base64.Span);
            return;
        }

        var plain = new ArrayBufferWriter<byte>(Text.Span.Length + 1);
        JsonEscapes.Unescape(Text.Span, plain);
        var span = output.GetSpan(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(plain.WrittenCount));
        System.Buffers.Text.Base64.EncodeToUtf8(plain.WrittenSpan, span, out _, out var written);
        output.Advance(written);
    }
}

/// <summary>A picture to look at.</summary>
internal sealed record ImagePart(MediaSource Source) : Part
{
    /// <summary>"low", "high", "auto": the resolution the model should look at.</summary>
    public string? Detail { get; init; }
}

/// <summary>A file to read: PDF, plain text and the like.</summary>
internal sealed record DocumentPart(MediaSource Source) : Part
{
    /// <summary>File name or title.</summary>
    public JsonText Name { get; init; }

    public JsonText Context { get; init; }

    public bool Citations { get; init; }
}

/// <summary>Sound to listen to.</summary>
internal sealed record AudioPart(MediaSource Source) : Part;

/// <summary>A video to watch.</summary>
internal sealed record VideoPart(MediaSource Source) : Part;

/// <summary>A tool call the model made on an earlier turn.</summary>
internal sealed record ToolCallPart(JsonText Id, JsonText Name) : Part
{
    /// <summary>Arguments as a JSON string's escaped body: the argument object's text (functions) or free text (custom tools).</summary>
    public JsonText Arguments { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>Namespace of a namespaced tool; empty where there is none.</summary>
    public JsonText Namespace { get; init; }

    /// <summary>Opaque state that some families hang on the call itself (Gemini thought signatures).</summary>
    public ReasoningState? State { get; init; }
}

/// <summary>What the caller's tool answered.</summary>
internal sealed record ToolResultPart(JsonText CallId) : Part
{
    /// <summary>Text, images and documents in order.</summary>
    public List<Part> Content { get; } = new(1);

    public bool IsError { get; init; }

    /// <summary>The tool's name where the dialect gives it here (Gemini); else empty.</summary>
    public JsonText Name { get; init; }

    public bool IsCustom { get; init; }

    /// <summary>The same result with a list of its own, for other content: a plain copy would share the list.</summary>
    public ToolResultPart WithoutContent() => new(CallId) { Cache = Cache, Path = Path, IsError = IsError, Name = Name, IsCustom = IsCustom };
}

/// <summary>Reasoning of an earlier turn, replayed only to its issuer.</summary>
internal sealed record ReasoningPart(JsonText Text) : Part
{
    public ReasoningState? State { get; init; }

    /// <summary>The text is the provider's summary, not the reasoning itself.</summary>
    public bool IsSummary { get; init; }
}

/// <summary>A call of a tool that the provider ran itself on an earlier turn.</summary>
internal sealed record ServerToolPart(JsonText Id, JsonText Name) : Part
{
    /// <summary>The input object as a JSON string's escaped body.</summary>
    public JsonText Input { get; init; }

    /// <summary>The whole block or item in its own dialect.</summary>
    public RawJson Raw { get; init; }
}

/// <summary>The result of such a call.</summary>
internal sealed record ServerToolResultPart(JsonText CallId, ServerToolOutcome Outcome) : Part
{
    public JsonText Name { get; init; }
}

/// <summary>A part only its own dialect knows.</summary>
internal sealed record ExtensionPart(string Type, RawJson Raw) : Part;
