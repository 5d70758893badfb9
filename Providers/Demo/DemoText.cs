using System.Security.Cryptography;
using System.Text;

namespace BifrostLite.Providers.Demo;

/// <summary>The demo models' words: cut into tokens, made up from a seed. The same input gives the same words.</summary>
internal static class DemoText
{
    private static readonly string[] Subjects = ["The fox", "A gateway", "The old clock", "Somebody", "The river", "A small light", "The librarian", "Nobody"];
    private static readonly string[] Verbs = ["waited for", "remembered", "counted", "followed", "translated", "lost", "carried", "forgave"];
    private static readonly string[] Objects = ["the bridge", "every frame", "seven letters", "the winter", "a quiet promise", "the last token", "its own echo", "the sea"];

    /// <summary>Text as a stream of tokens: words with the blank before them.</summary>
    public static IEnumerable<string> Tokens(string text)
    {
        var start = 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]))
            {
                yield return text[start..i];
                start = i;
            }
        }

        if (start < text.Length)
        {
            yield return text[start..];
        }
    }

    /// <summary>JSON text in small pieces, as models write tool arguments; no piece ends inside a character.</summary>
    public static IEnumerable<string> Pieces(string json)
    {
        const int Size = 8;
        for (var start = 0; start < json.Length;)
        {
            var end = Math.Min(start + Size, json.Length);
            if (end < json.Length && char.IsLowSurrogate(json[end]))
            {
                end++;
            }

            yield return json[start..end];
            start = end;
        }
    }

    /// <summary>A story that never ends; which one hangs on the seed.</summary>
    public static IEnumerable<string> Story(string seed)
    {
        var state = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
        for (var isFirst = true; ; isFirst = false)
        {
            var sentence = $"{Pick(Subjects, ref state)} {Pick(Verbs, ref state)} {Pick(Objects, ref state)}.";
            foreach (var token in Tokens(isFirst ? sentence : " " + sentence))
            {
                yield return token;
            }
        }
    }

    /// <summary>Opaque looking proof for reasoning, made of what it proves.</summary>
    public static string Signature(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>A short name made of a text, for ids.</summary>
    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));

    private static string Pick(string[] words, ref ulong state)
    {
        // SplitMix64 (https://prng.di.unimi.it/splitmix64.c): small, seedable, the same everywhere.
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return words[(mixed ^ (mixed >> 31)) % (ulong)words.Length];
    }
}
