using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using BifrostLite.Cli;
using BifrostLite.Configuration;
using BifrostLite.Pipeline;
using BifrostLite.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Allocation;

/// <summary>
/// What a whole request costs the collector in the gateway's own code, from the door to the settled exchange: the server's context, the
/// socket and the provider's answer are stand-ins that are counted apart.
/// </summary>
public sealed class RequestAllocationTests
{
    private const int Rounds = 64;

    private static readonly byte[] Answer =
        """{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"bench-1","choices":[{"index":0,"message":{"role":"assistant","content":"The quick brown fox","refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":190,"completion_tokens":110,"total_tokens":300,"prompt_tokens_details":{"cached_tokens":0}}}"""u8.ToArray();

    private static readonly byte[] Stream =
        """
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741569952,"model":"bench-1","choices":[{"index":0,"delta":{"role":"assistant","content":"The"},"finish_reason":null}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741569952,"model":"bench-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741569952,"model":"bench-1","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":1,"total_tokens":20}}

        data: [DONE]


        """u8.ToArray();

    /// <summary>
    /// The exchange with its facts (0.7 KB), the provider's request with its headers (0.6 KB), the candidate, the body made for it and the
    /// answer: something is known of each request. What is known of each model is not made anew. Without optimisation the compiler adds
    /// an object for each waiting method, about 1 KB, which the native build does not have.
    /// </summary>
    [Theory]
    [InlineData("/v1", false, 3600)]
    [InlineData("/openai/v1", false, 3500)]
    [InlineData("/v1", true, 4600)]
    [InlineData("/openai/v1", true, 4600)]
    public async Task Serve_VerbatimAnswer_StaysWithinBudget(string prefix, bool isStream, int most)
    {
        var upstream = new SameAnswer(isStream);
        await using var app = Build(upstream);
        var gateway = app.Services.GetRequiredService<Gateway>();
        var route = Endpoints.FrontDoor.Chat with { IsUnified = prefix == "/v1" };
        var body = Encoding.UTF8.GetBytes(
            $$"""{"model":"openai/bench-1","stream":{{(isStream ? "true" : "false")}},"messages":[{"role":"user","content":"Compare the designs."}],"max_tokens":1024}""");

        var allocated = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var http = Request(body);
            upstream.Allocated = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();

            var serving = gateway.ServeAsync(http, route, PathFacts.None);

            var spent = GC.GetAllocatedBytesForCurrentThread() - before - upstream.Allocated;
            Assert.True(serving.IsCompletedSuccessfully);
            Assert.Equal(StatusCodes.Status200OK, http.Response.StatusCode);
            allocated = Math.Min(allocated, spent);
        }

        Assert.InRange(allocated, 1, most);
    }

    private static Microsoft.AspNetCore.Builder.WebApplication Build(HttpMessageHandler upstream)
    {
        var options = new ServeOptions
        {
            AppDirectory = Path.Combine(Path.GetTempPath(), "bifrost-lite-tests-without-config"),
            Host = "127.0.0.1",
            Address = IPAddress.Loopback,
            Port = 0,
            LogLevel = LogLevel.None,
            LogStyle = LogStyle.Json,
            AllowUnauthenticated = false,
            Config = new GatewayConfig
            {
                Providers = new Dictionary<string, ProviderConfig>
                {
                    ["openai"] = new() { Name = "openai", Keys = [new KeyConfig { Name = "key", Value = new Secret("sk-none") }] },
                },
            },
        };
        return Program.Build(options, replace: services => services.AddSingleton(new HttpPools(_ => upstream)));
    }

    private static DefaultHttpContext Request(byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = HttpMethods.Post;
        http.Request.ContentLength = body.Length;
        http.Request.ContentType = "application/json";
        http.TraceIdentifier = "trace";
        http.Features.Set<IRequestBodyPipeFeature>(new OneBody(body));
        http.Features.Set<IHttpResponseBodyFeature>(new Nowhere());

        // What the server makes for every request anyway is made before the count.
        _ = (http.Request.Headers, http.Response.Headers, http.RequestAborted, http.Request.BodyReader, http.Response.BodyWriter);
        http.Response.Headers.ContentType = "";
        http.Response.Headers["x-bf-provider"] = "";
        http.Response.Headers["x-bf-request-id"] = "";
        http.Response.ContentLength = 0;
        return http;
    }

    /// <summary>The provider, whose own allocations are counted apart.</summary>
    private sealed class SameAnswer(bool isStream) : HttpMessageHandler
    {
        public long Allocated { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(isStream ? Stream : Answer) };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(isStream ? "text/event-stream" : "application/json");
            _ = (response.Headers, response.Content.Headers.ContentLength, response.Content.ReadAsStream(cancellationToken));
            var answered = Task.FromResult(response);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            return answered;
        }
    }

    private sealed class OneBody(byte[] body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override bool TryRead(out ReadResult result)
        {
            result = new ReadResult(new ReadOnlySequence<byte>(body), isCanceled: false, isCompleted: true);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }

    /// <summary>A caller that takes everything.</summary>
    private sealed class Nowhere : PipeWriter, IHttpResponseBodyFeature
    {
        private static readonly byte[] Scratch = new byte[64 * 1024];

        public Stream Stream => throw new NotSupportedException();

        public PipeWriter Writer => this;

        public override void Advance(int bytes)
        {
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => Scratch;

        public override Span<byte> GetSpan(int sizeHint = 0) => Scratch;

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => default;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
    }
}
