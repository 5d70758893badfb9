namespace BifrostLite.Schemas.Hub;

/// <summary>
/// About how many tokens a model reads in a request, for providers that cannot be asked. Walks the hub request and adds up
/// its texts (see <see cref="TextTokens"/>), tool definitions and media, and the marks that chat templates put around turns.
/// Against 87 recorded prompts of chat vendors without tools or media its median is 0.96 of the provider's count, nine in ten
/// are below 1.16; with tools 0.8 and 1.3. Low are prompts to which the vendor adds words of its own that nobody else sees
/// (60 for gpt-oss, hundreds for a search). Whoever answers with it must say that it is an estimate.
/// </summary>
internal static class TokenEstimate
{
    /// <summary>The template's marks: 3 for a turn and 3 for the answer's start (OpenAI's cookbook, "How to count tokens with tiktoken").</summary>
    private const int PerTurn = 3;

    private const int PerRequest = 3;

    /// <summary>Around a tool's name, description and schema, and around a call or result.</summary>
    private const int PerTool = 8;

    private const int PerCall = 6;

    /// <summary>A mid-size picture: 85 + 170 for each of 4 to 6 tiles at OpenAI, width x height / 750 at Claude, 258 a tile at Gemini.</summary>
    private const int PerImage = 1000;

    /// <summary>OpenAI's price of detail "low".</summary>
    private const int PerSmallImage = 85;

    /// <summary>A page of a PDF costs Claude 1,500 to 3,000 tokens and takes some 50 kB; a file nobody can look into counts as one page.</summary>
    private const int PerDocument = 2000;

    private const int DocumentBytesPerToken = 25;

    /// <summary>Gemini's 32 tokens a second at 16 kB a second.</summary>
    private const int SoundBytesPerToken = 500;

    private const int PerSound = 500;

    /// <summary>Gemini's 263 tokens a second at some 100 kB a second.</summary>
    private const int VideoBytesPerToken = 400;

    private const int PerVideo = 3000;

    /// <param name="request">What is asked.</param>
    /// <param name="toolPrompt">What the model's maker puts before tools, see <see cref="TargetModel.ToolPromptTokens"/>.</param>
    public static int Of(ChatRequest request, int toolPrompt = 0)
    {
        long tokens = PerRequest;
        foreach (var part in request.System)
        {
            tokens += OfPart(part);
        }

        tokens += request.System.Count > 0 ? PerTurn : 0;
        foreach (var turn in request.Turns)
        {
            tokens += PerTurn + TextTokens.Count(turn.Name.Span);
            foreach (var part in turn.Parts)
            {
                tokens += OfPart(part);
            }
        }

        tokens += request.Tools.Count > 0 ? toolPrompt : 0;
        foreach (var tool in request.Tools)
        {
            tokens += OfTool(tool);
        }

        tokens += request.Format is { } format ? TextTokens.Count(format.Schema.Span) : 0;
        return (int)Math.Min(tokens, int.MaxValue);
    }

    private static long OfTool(Tool tool)
    {
        var said = (long)TextTokens.Count(tool.Name.Span) + TextTokens.Count(tool.Description.Span) + TextTokens.Count(tool.Parameters.Span)
            + TextTokens.Count(tool.Format.Span);
        return PerTool + (tool.Kind == ToolKind.Server ? TextTokens.Count(tool.Raw.Span) : said);
    }

    private static long OfPart(Part part) => part switch
    {
        TextPart text => TextTokens.Count(text.Text.Span),
        RefusalPart refusal => TextTokens.Count(refusal.Text.Span),
        ReasoningPart reasoning => TextTokens.Count(reasoning.Text.Span),
        ToolCallPart call => PerCall + TextTokens.Count(call.Name.Span) + TextTokens.Count(call.Arguments.Span),
        ToolResultPart result => PerCall + result.Content.Sum(OfPart),
        ServerToolPart server => PerCall + TextTokens.Count(server.Name.Span) + TextTokens.Count(server.Input.Span),
        ServerToolResultPart outcome => PerCall + OfOutcome(outcome.Outcome),
        ImagePart image => image.Detail == "low" ? PerSmallImage : PerImage,
        DocumentPart document => TextTokens.Count(document.Name.Span) + TextTokens.Count(document.Context.Span) + OfDocument(document.Source),
        AudioPart audio => OfBytes(audio.Source, SoundBytesPerToken, PerSound),
        VideoPart video => OfBytes(video.Source, VideoBytesPerToken, PerVideo),
        ExtensionPart extension => TextTokens.Count(extension.Raw.Span),
        _ => 0,
    };

    private static long OfDocument(MediaSource source) =>
        source.Text.IsEmpty ? Math.Max(PerDocument, OfBytes(source, DocumentBytesPerToken, PerDocument)) : TextTokens.Count(source.Text.Span);

    private static long OfBytes(MediaSource source, int bytesPerToken, int unknown) =>
        source.Base64.IsEmpty ? unknown : (source.Base64.Span.Length * 3L / 4 / bytesPerToken) + 1;

    private static long OfOutcome(ServerToolOutcome outcome)
    {
        long tokens = TextTokens.Count(outcome.Text.Span);
        foreach (var hit in outcome.Hits)
        {
            tokens += TextTokens.Count(hit.Title.Span) + TextTokens.Count(hit.Url.Span) + TextTokens.Count(hit.Snippet.Span);
        }

        return tokens;
    }
}
