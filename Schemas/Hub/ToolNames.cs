using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>The alphabet of tool names and call ids that every target accepts.</summary>
internal static class ToolNames
{
    /// <summary>OpenAI function.name, Converse ToolSpecification.name; Messages takes 128, Gemini 128.</summary>
    public const int MaxLength = 64;

    public static readonly SearchValues<byte> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    public static bool IsLegal(JsonText name) => !name.IsEmpty && name.Span.Length <= MaxLength && !name.Span.ContainsAnyExcept(Letters);

    /// <summary>The text with every foreign letter made "_", cut to <paramref name="limit"/>.</summary>
    public static string Word(JsonText text, int limit)
    {
        var plain = text.Decode();
        return string.Create(Math.Min(limit, plain.Length), plain, static (word, plain) =>
        {
            for (var i = 0; i < word.Length; i++)
            {
                word[i] = char.IsAsciiLetterOrDigit(plain[i]) || plain[i] is '_' or '-' ? plain[i] : '_';
            }
        });
    }
}
