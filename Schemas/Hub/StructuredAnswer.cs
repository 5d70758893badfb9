namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Structured output for targets that have none: a tool whose schema is the wanted one and which must be called
/// (docs.claude.com, "JSON mode" by tool use; the same on Converse). Its arguments come back as the answer's text.
/// </summary>
internal static class StructuredAnswer
{
    private static readonly JsonText DefaultName = JsonText.From("json_output");
    private static readonly JsonText DefaultDescription =
        JsonText.From("Gives the final answer in the form the user asked for. The arguments are the answer.");

    /// <summary>Changes <paramref name="request"/>, which must be a copy, so that the answer comes as a call.</summary>
    public static void Force(ChatRequest request, TargetModel target, ToolAliases aliases, Losses losses)
    {
        var format = request.Format!;
        request.Format = null;
        if (request.ToolChoice is { Mode: ToolChoiceMode.Named or ToolChoiceMode.Required })
        {
            // The caller demands one of its own tools now; the answer proper comes on a later turn.
            losses.Add("response_format", LossReason.Conflict);
            return;
        }

        losses.Add("response_format", LossReason.Moved);
        var alias = aliases.AddAnswer(format.Name.IsEmpty ? DefaultName : format.Name);
        var canCallOthers = request.Tools.Count > 0 && request.ToolChoice is not { Mode: ToolChoiceMode.None };
        request.Tools.Add(new Tool(ToolKind.Function, alias.Wire)
        {
            Description = format.Description.IsEmpty ? DefaultDescription : format.Description,
            Parameters = format.Schema.IsAbsent ? RawJson.EmptyObject : format.Schema,
            Strict = format.Strict,
            Path = "response_format",
        });

        if (request.Reasoning is { Off: false } || !target.TakesForcedTools)
        {
            // Thinking forbids a forced tool (Messages: "Thinking may not be enabled when tool_choice forces tool use").
            request.ToolChoice = null;
            request.System.Add(new TextPart(JsonText.From($"Give your final answer by calling the tool {alias.Wire.Decode()}.")));
        }
        else
        {
            request.ToolChoice = canCallOthers
                ? new ToolChoice(ToolChoiceMode.Required)
                : new ToolChoice(ToolChoiceMode.Named) { Name = alias.Wire };
        }

        if (!canCallOthers)
        {
            request.ParallelToolCalls = null;
        }
    }
}
