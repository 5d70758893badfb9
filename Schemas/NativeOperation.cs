namespace BifrostLite.Schemas;

/// <summary>
/// An operation of OpenAI's API that is not translated, because no other has its like: it goes to providers that are built like OpenAI, and only
/// the model's name is changed on the way (developers.openai.com/api/reference).
/// </summary>
/// <param name="Path">Below the version, as every such server has it.</param>
/// <param name="Type">Bifrost's name of it, in allowed_requests and extra_fields (core/schemas/bifrost.go).</param>
internal sealed record NativeOperation(string Path, string Type)
{
    public static readonly IReadOnlyList<NativeOperation> All =
    [
        new("/completions", "text_completion"),
        new("/moderations", "moderation"),
        new("/audio/speech", "speech"),
        new("/audio/transcriptions", "transcription"),
        new("/audio/translations", "transcription"),
        new("/images/generations", "image_generation"),
        new("/images/edits", "image_edit"),
        new("/images/variations", "image_variation"),
        new("/rerank", "rerank"),
        new("/ocr", "ocr"),
    ];
}
