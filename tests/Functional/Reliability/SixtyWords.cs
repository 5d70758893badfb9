using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>What the provider of failoverbench's scenarios says: sixty words, one chunk each, or a failure.</summary>
internal static class SixtyWords
{
    private static readonly string[] Words =
        [.. Enumerable.Range(1, 6).SelectMany(i => new[] { "a", "gateway", "earns", "trust", "only", "when", "its", "provider", "fails", $"({i})" })];

    /// <summary>The whole of them.</summary>
    public static readonly string Canonical = string.Join(' ', Words);

    public static async Task AnswerAsync(HttpContext http)
    {
        await StreamAsync(http, Words.Length);
        await EndAsync(http, withDone: true);
    }

    /// <summary>The words from one place to another, as chat chunks; the first of them opens the stream.</summary>
    public static async Task StreamAsync(HttpContext http, int until, int from = 0)
    {
        if (from == 0)
        {
            http.Response.ContentType = "text/event-stream";
            await WriteAsync(http, Chunk(http, """{"role":"assistant","content":""}""", "null"));
        }

        for (var i = from; i < until; i++)
        {
            await WriteAsync(http, Chunk(http, $$"""{"content":"{{(i > 0 ? " " : "")}}{{Words[i]}}"}""", "null"));
        }
    }

    public static async Task EndAsync(HttpContext http, bool withDone)
    {
        await WriteAsync(http, Chunk(http, "{}", "\"stop\""));
        await WriteAsync(http, $$$"""data: {"id":"c1","object":"chat.completion.chunk","model":"{{{http.Items["model"]}}}","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":60,"total_tokens":69}}""" + "\n\n");
        await WriteAsync(http, withDone ? "data: [DONE]\n\n" : "");
    }

    private static string Chunk(HttpContext http, string delta, string finish) =>
        $$$"""data: {"id":"c1","object":"chat.completion.chunk","model":"{{{http.Items["model"]}}}","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":{{{finish}}}}]}""" + "\n\n";

    public static async Task WriteAsync(HttpContext http, string text)
    {
        await http.Response.WriteAsync(text);
        await http.Response.Body.FlushAsync();
    }

    public static async Task ErrorAsync(HttpContext http, int status, string? code, params (string Name, string Value)[] headers)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync($$$"""{"error":{"message":"no","type":"some_error","param":null,"code":{{{(code is null ? "null" : $"\"{code}\"")}}}}}""");
    }

    public static Task ResetAsync(HttpContext http)
    {
        http.Abort();
        return Task.CompletedTask;
    }
}
