using System.Text;
using System.Text.Json;

namespace BifrostLite.Tests.Functional;

/// <summary>A scripted upstream for each test, and what tests ask of answers.</summary>
public abstract class FunctionalTest : IAsyncLifetime
{
    /// <summary>Nothing here waits for time to pass; this only turns a hang into a failure.</summary>
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected ScriptedUpstream Upstream { get; private set; } = null!;

    public async Task InitializeAsync() => Upstream = await ScriptedUpstream.StartAsync();

    public async Task DisposeAsync() => await Upstream.DisposeAsync();

    private protected static async Task<byte[]> BytesAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return await response.Content.ReadAsByteArrayAsync();
        }
    }

    private protected static async Task<string> TextAsync(HttpResponseMessage response) => Encoding.UTF8.GetString(await BytesAsync(response));

    private protected static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await BytesAsync(response));
        return document.RootElement.Clone();
    }

    /// <summary>The one request the upstream saw.</summary>
    private protected UpstreamRequest Seen() => Assert.Single(Upstream.Requests);

    /// <summary>Cuts bytes into pieces of these lengths by turns, so that frames, lines and characters are split.</summary>
    private protected static byte[][] Cut(byte[] bytes, params int[] lengths)
    {
        var pieces = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(lengths[pieces.Count % lengths.Length], bytes.Length - at);
            pieces.Add(bytes[at..(at + length)]);
            at += length;
        }

        return [.. pieces];
    }
}
