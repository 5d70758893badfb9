using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BifrostLite.Cli;

/// <summary>What the gateway says once it listens: where, with which providers, what has no effect, and how to hook up a client.</summary>
internal static class StartupBanner
{
    /// <param name="output">Where it is written.</param>
    /// <param name="options">The settled command line and the snapshot.</param>
    /// <param name="addresses">The bound addresses (http://127.0.0.1:8080), as the server reports them.</param>
    /// <param name="now">The moment of the start, for the JSON line.</param>
    public static void Write(TextWriter output, ServeOptions options, IReadOnlyList<string> addresses, DateTimeOffset now)
    {
        if (options.LogStyle == LogStyle.Json)
        {
            output.WriteLine(Line(options, addresses, now));
        }
        else
        {
            WritePretty(output, options, addresses);
        }
    }

    private static void WritePretty(TextWriter output, ServeOptions options, IReadOnlyList<string> addresses)
    {
        var config = options.Config;
        output.WriteLine($"bifrost-lite {VersionAction.Version}");
        output.WriteLine($"  listening    {string.Join(", ", addresses)}");
        output.WriteLine($"  config       {config.Source ?? $"none at {Path.Combine(options.AppDirectory, Configuration.ConfigLoader.FileName)}"}");
        output.WriteLine($"  providers    {ProviderList.Describe(config)}{(config.AreProvidersDiscovered ? " - from environment variables" : "")}");
        if (config.DefaultProvider is { } fallback)
        {
            output.WriteLine($"  default      {fallback}: no provider key was found; set OPENAI_API_KEY, ANTHROPIC_API_KEY or another to use a real one");
        }

        if (BindGuard.Refusal(options with { AllowUnauthenticated = false }, config) is not null)
        {
            output.WriteLine("  warning      other machines can reach this gateway, and callers are not asked for a key (--allow-unauthenticated)");
        }

        foreach (var notice in config.Notices)
        {
            output.WriteLine($"  notice       {notice}");
        }

        WriteClients(output, ClientAddress(addresses), ExampleModel(options));
    }

    private static void WriteClients(TextWriter output, string address, string model)
    {
        output.WriteLine();
        output.WriteLine($"  try it       curl {address}/v1/chat/completions -H 'content-type: application/json' \\");
        output.WriteLine($$"""                 -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "Hello"}]}'""");
        output.WriteLine($"  OpenAI SDKs  OPENAI_BASE_URL={address}/v1");
        output.WriteLine($"  Claude Code  ANTHROPIC_BASE_URL={address}/anthropic claude");
        output.WriteLine($"  Codex        codex -c openai_base_url={address}/v1");
        output.WriteLine();
    }

    private static string Line(ServeOptions options, IReadOnlyList<string> addresses, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, now.UtcDateTime);
            json.WriteString("level"u8, "info"u8);
            json.WriteString("message"u8, "listening"u8);
            json.WriteString("version"u8, VersionAction.Version);
            WriteList(json, "addresses", addresses);
            json.WriteString("config"u8, options.Config.Source);
            json.WriteStartObject("providers"u8);
            foreach (var provider in options.Config.Providers.Values)
            {
                json.WriteNumber(provider.Name, ProviderList.KeyCount(provider));
            }

            json.WriteEndObject();
            json.WriteBoolean("providers_from_environment"u8, options.Config.AreProvidersDiscovered);
            json.WriteBoolean("open_to_other_machines"u8, !options.IsLoopback);
            json.WriteBoolean("callers_need_a_key"u8, options.Config.Client.EnforceAuthOnInference);
            WriteList(json, "notices", options.Config.Notices);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    /// <summary>An address a client on this machine can use: nobody can call 0.0.0.0.</summary>
    private static string ClientAddress(IReadOnlyList<string> addresses) =>
        (addresses.Count > 0 ? addresses[0] : "http://127.0.0.1:8080").TrimEnd('/')
            .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal);

    /// <summary>A model that answers for certain where there is one, else one the first key names.</summary>
    private static string ExampleModel(ServeOptions options)
    {
        if (options.Config.Providers.ContainsKey(Configuration.KnownProviders.Demo))
        {
            return "demo/echo";
        }

        foreach (var provider in options.Config.Providers.Values)
        {
            foreach (var key in provider.Keys)
            {
                return $"{provider.Name}/{(key.Models is [var first, ..] && first != "*" ? first : "MODEL")}";
            }
        }

        return "PROVIDER/MODEL";
    }
}
