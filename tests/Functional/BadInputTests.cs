using System.Globalization;
using System.Text;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>Whatever a caller sends: a 4xx in its own envelope that names the field, and a process that goes on.</summary>
public class BadInputTests : FunctionalTest
{
    private static readonly string[] Doors = ["chat", "responses", "messages", "converse", "invoke", "cursor", "genai"];

    /// <summary>Rows of the table: what is wrong, the body for a dialect (null where it does not apply), what the message must name.</summary>
    private static readonly Dictionary<string, (Func<string, string?> Body, string Names)> Rows = new()
    {
        ["empty"] = (_ => "", "empty"),
        ["cut off"] = (dialect => Scene.Of(dialect).Body[..^5], "not valid JSON"),
        ["no JSON"] = (_ => "model=gpt-5&prompt=hi", "not valid JSON"),
        ["two bodies"] = (dialect => Scene.Of(dialect).Body + "{}", "not valid JSON"),
        ["an array"] = (dialect => $"[{Scene.Of(dialect).Body}]", "JSON object"),
        ["a text"] = (_ => "\"hi\"", "JSON object"),
        ["no model"] = (dialect => HasModel(dialect) ? Scene.Of(dialect).Body.Replace("\"model\"", "\"modell\"") : null, "model"),
        ["model is a number"] = (dialect => HasModel(dialect) ? WithModel(dialect, "5") : null, "model"),
        ["model is null"] = (dialect => HasModel(dialect) ? WithModel(dialect, "null") : null, "model"),
        ["model is empty"] = (dialect => HasModel(dialect) ? WithModel(dialect, "\"\"") : null, "model"),
        ["no messages"] = (dialect => dialect == "invoke" ? null : Scene.Of(dialect).Body.Replace(Conversation(dialect), "else"), "KEY"),
        ["messages is a number"] = (dialect => Scene.Of(dialect).Body.Replace($"\"{Conversation(dialect)}\":", $"\"{Conversation(dialect)}\":7,\"else\":"), "KEY"),
        ["a message is a number"] = (dialect => Scene.Of(dialect).Body.Replace($"\"{Conversation(dialect)}\":", $"\"{Conversation(dialect)}\":[7],\"else\":"), "KEY[0]"),
        ["stream is a text"] = (dialect => HasModel(dialect) ? Scene.Of(dialect).Body[..^1] + ",\"stream\":\"yes\"}" : null, "stream"),
        ["fallbacks is a number"] = (dialect => Scene.Of(dialect).Body[..^1] + ",\"fallbacks\":3}", "fallbacks"),
        ["10,000 deep"] = (dialect => Scene.Of(dialect).Body[..^1] + ",\"x\":" + new string('[', 10_000) + new string(']', 10_000) + "}", "not valid JSON"),
    };

    public static TheoryData<string, string> Table
    {
        get
        {
            var table = new TheoryData<string, string>();
            foreach (var (row, door) in Rows.Keys.SelectMany(row => Doors.Select(door => (row, door))).Where(cell => Rows[cell.row].Body(cell.door) is not null))
            {
                table.Add(row, door);
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task BadBody_Is400NamingTheField(string row, string door)
    {
        var (body, names) = Rows[row];
        var scene = Scene.Of(door);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, body(door)!);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(names.Replace("KEY", Conversation(door)), Envelope.Message(door, await JsonAsync(response)));
        Assert.Empty(Upstream.Requests);
        await AssertHealthyAsync(gateway);
    }

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("converse")]
    public async Task InvalidUtf8_Is400(string door)
    {
        var scene = Scene.Of(door);
        var bytes = Encoding.Latin1.GetBytes(scene.Body.Replace("hi", "h\u00e9"));
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, new ByteArrayContent(bytes));

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("not valid UTF-8", Envelope.Message(door, await JsonAsync(response)));
        await AssertHealthyAsync(gateway);
    }

    [Theory]
    [InlineData("chat", true)]
    [InlineData("messages", true)]
    [InlineData("converse", false)]
    public async Task FiftyMegabytes_AboveTheLimit_Is413(string door, bool isLengthKnown)
    {
        var scene = Scene.Of(door);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with { Client = new ClientConfig { MaxRequestBodySizeMb = 1 } });
        using var content = isLengthKnown ? new ByteArrayContent(new byte[50 << 20]) : (HttpContent)new StreamContent(new Blanks(50 << 20));

        var response = await gateway.PostAsync(scene.Path, content);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains((1 << 20).ToString(CultureInfo.InvariantCulture), Envelope.Message(door, await JsonAsync(response)));
        await AssertHealthyAsync(gateway);
    }

    [Fact]
    public async Task FiftyMegabytes_BelowTheLimit_GoThrough()
    {
        var scene = Scene.Of("messages");
        var body = scene.Body.Replace("hi", new string('h', 50 << 20));
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        using var response = await gateway.PostAsync(scene.Path, body);

        Assert.Equal(body.Replace("anthropic/m", "m").Length, Seen().Body.Length);
    }

    [Theory]
    [InlineData("chat", "nobody/m")]
    [InlineData("responses", "nobody/m")]
    [InlineData("messages", "nobody/m")]
    [InlineData("converse", "nobody/m")]
    [InlineData("cursor", "m")]
    [InlineData("genai", "nobody/m")]
    public async Task UnknownProvider_Is400NamingTheModelAndWhoIsThere(string door, string model)
    {
        var scene = Scene.Of(door);
        await using var gateway = await RunningGateway.StartAsync(Upstream, config => config with
        {
            Providers = config.Providers.Where(p => p.Key == "chatonly").ToDictionary(),
        });
        var provider = door switch { "messages" => "anthropic", "converse" => "bedrock", "cursor" => "chatonly", "genai" => "gemini", _ => "openai" };

        var response = await gateway.PostAsync(
            scene.Path.Replace(Uri.EscapeDataString(provider + "/m"), Uri.EscapeDataString(model)), scene.Body.Replace(provider + "/m", model));

        Assert.Equal(400, (int)response.StatusCode);
        var message = Envelope.Message(door, await JsonAsync(response));
        Assert.Contains($"\"{model}\"", message);
        Assert.Contains("chatonly", message);
        await AssertHealthyAsync(gateway);
    }

    /// <summary>What only a translation reads is named by its whole path.</summary>
    [Theory]
    [InlineData("messages", "chatonly", """{"model":"chatonly/m","max_tokens":9,"messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("messages", "chatonly", """{"model":"chatonly/m","max_tokens":"9","messages":[{"role":"user","content":"hi"}]}""", "max_tokens")]
    [InlineData("chat", "anthropic", """{"model":"anthropic/m","messages":[{"role":"user","content":"hi"},{"role":"user","content":{"a":1}}]}""", "messages[1].content")]
    [InlineData("chat", "anthropic", """{"model":"anthropic/m","temperature":"warm","messages":[{"role":"user","content":"hi"}]}""", "temperature")]
    [InlineData("responses", "anthropic", """{"model":"anthropic/m","input":[{"role":"user","content":5}]}""", "input[0].content")]
    [InlineData("converse", "anthropic", """{"messages":[{"role":"user","content":"hi"}]}""", "messages[0].content")]
    [InlineData("genai", "anthropic", """{"contents":[{"role":"user","parts":"hi"}]}""", "contents[0].parts")]
    public async Task WrongTypeDeepInside_OnTheWayToAnotherDialect_Is400NamingThePath(string door, string provider, string body, string path)
    {
        var scene = Scene.Of(door, provider);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.Path, body);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(path, Envelope.Message(door, await JsonAsync(response)));
        Assert.Empty(Upstream.Requests);
        await AssertHealthyAsync(gateway);
    }

    private static async Task AssertHealthyAsync(RunningGateway gateway)
    {
        using var health = await gateway.Client.GetAsync("/health");
        Assert.Equal(200, (int)health.StatusCode);
    }

    private static bool HasModel(string dialect) => dialect is not ("converse" or "invoke" or "genai");

    private static string Conversation(string dialect) => dialect switch { "responses" => "input", "genai" => "contents", _ => "messages" };

    private static string WithModel(string dialect, string value)
    {
        var body = Scene.Of(dialect).Body;
        var start = body.IndexOf("\"model\":", StringComparison.Ordinal) + "\"model\":".Length;
        return body[..start] + value + body[body.IndexOf(',', start)..];
    }

    /// <summary>Blanks whose number nobody tells beforehand.</summary>
    private sealed class Blanks(long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
