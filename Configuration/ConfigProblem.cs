namespace BifrostLite.Configuration;

/// <summary>One thing wrong with the configuration, said so that it can be mended without a manual. Never holds a secret's value.</summary>
/// <param name="File">The file; empty where no file is to blame.</param>
/// <param name="Line">Line from 1; 0 where there is none.</param>
/// <param name="Column">Column from 1, in characters.</param>
/// <param name="Path">JSON path from "$".</param>
/// <param name="Message">What is wrong, and what to write instead.</param>
/// <param name="Suggestion">What was probably meant, or null.</param>
internal sealed record ConfigProblem(string File, int Line, int Column, string Path, string Message, string? Suggestion = null)
{
    /// <summary>file:line:column: path: message (did you mean "x"?), the form editors and terminals make clickable.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}:{Column}: " : File.Length > 0 ? File + ": " : "";
        var path = Path is "" or "$" ? "" : Path + ": ";
        return Suggestion is null ? place + path + Message : $"{place}{path}{Message} (did you mean \"{Suggestion}\"?)";
    }
}
