using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Responses;

/// <summary>How far a response object has come, in the API's words.</summary>
internal readonly record struct ResponsesEnding
{
    private static readonly JsonText InProgress = JsonText.From("in_progress");
    private static readonly JsonText CompletedWord = JsonText.From("completed");
    private static readonly JsonText IncompleteWord = JsonText.From("incomplete");
    private static readonly JsonText FailedWord = JsonText.From("failed");

    public static ResponsesEnding Running { get; } = new() { Status = InProgress, IsRunning = true };

    public static ResponsesEnding Queued { get; } = new() { Status = JsonText.From("queued"), IsRunning = true };

    public JsonText Status { get; private init; }

    public bool IsRunning { get; private init; }

    /// <summary>incomplete_details.reason; empty where the answer is complete.</summary>
    public JsonText Incomplete { get; private init; }

    /// <summary>The gateway's own member beside the status: the stop reason in the words of chat completions.</summary>
    public JsonText StopReason { get; private init; }

    public GatewayError? Error { get; private init; }

    public bool IsCompleted => !IsRunning && Incomplete.IsEmpty && Error is null;

    public static ResponsesEnding Failed(GatewayError error) => new() { Status = FailedWord, Error = error };

    /// <summary>A refusal the model wrote completes an answer; one that only the stop reason tells cut it.</summary>
    public static ResponsesEnding Of(in StopReason stop, bool hasTools, bool hasRefusal)
    {
        var incomplete = stop.Kind switch
        {
            StopKind.Length or StopKind.ContextWindow => "max_output_tokens",
            StopKind.ContentFilter => "content_filter",
            StopKind.Refusal when !hasRefusal => "content_filter",
            _ => "",
        };
        return new ResponsesEnding
        {
            Status = incomplete.Length > 0 ? IncompleteWord : CompletedWord,
            Incomplete = JsonText.From(incomplete),
            StopReason = stop.Kind == StopKind.Other ? new JsonText(stop.Native.Span.ToArray()) : JsonText.From(Word(stop.Kind, hasTools)),
        };
    }

    private static string Word(StopKind kind, bool hasTools) => kind switch
    {
        StopKind.Length => "length",
        StopKind.ContextWindow => "model_context_window_exceeded",
        StopKind.ContentFilter => "content_filter",
        StopKind.Refusal => "refusal",
        StopKind.StopSequence => "stop_sequence",
        StopKind.Pause => "pause_turn",
        _ => hasTools ? "tool_calls" : "stop",
    };
}
