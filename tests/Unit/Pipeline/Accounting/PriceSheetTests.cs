using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Tests.Golden;

namespace BifrostLite.Tests.Unit.Pipeline.Accounting;

public sealed class PriceSheetTests
{
    private const string Sheet =
        """
        {"sample_spec":{"litellm_provider":"one of https://docs","mode":"one of: chat"},
         "gpt-4o":{"litellm_provider":"openai","input_cost_per_token":1e-06,"max_input_tokens":128000,"supports_vision":true,"supports_reasoning":false},
         "gpt-4o-2024-05-13":{"litellm_provider":"openai","input_cost_per_token":5e-06},
         "azure/gpt-4o":{"litellm_provider":"azure","input_cost_per_token":2e-06},
         "gemini/gemini-2.5-pro":{"litellm_provider":"gemini","input_cost_per_token":3e-06},
         "vertex_ai/claude-sonnet-4-5":{"litellm_provider":"vertex_ai-anthropic_models","input_cost_per_token":4e-06},
         "groq/openai/gpt-oss-120b":{"litellm_provider":"groq","input_cost_per_token":5e-06},
         "mistral/mistral-small-latest":{"litellm_provider":"mistral","input_cost_per_token":6e-06},
         "anthropic.claude-sonnet-4-5-20250929-v1:0":{"litellm_provider":"bedrock_converse","input_cost_per_token":7e-06},
         "us.anthropic.claude-sonnet-4-5-20250929-v1:0":{"litellm_provider":"bedrock_converse","input_cost_per_token":8e-06},
         "anthropic.claude-opus-5":{"litellm_provider":"bedrock_converse","input_cost_per_token":9e-06},
         "dashscope/qwen":{"litellm_provider":"dashscope","tiered_pricing":[{"input_cost_per_token":1e-06,"range":[0,32000.0]},{"input_cost_per_token":2e-06,"range":[32000.0,128000]}]},
         "free":{"litellm_provider":"openai","max_tokens":5},
         "odd":{"litellm_provider":"openai","input_cost_per_token":-1}}
        """;

    private static readonly PriceSheet Prices = PriceSheetReader.Read(Encoding.UTF8.GetBytes(Sheet), "test")!;

    [Theory]
    [InlineData("openai", "gpt-4o", 1)]
    [InlineData("openai", "GPT-4o", 1)]
    [InlineData("openai", "gpt-4o-2024-08-06", 1)]
    [InlineData("openai", "gpt-4o-2024-05-13", 5)]
    [InlineData("azure", "gpt-4o", 2)]
    [InlineData("azure", "gpt-4o-2024-05-13", 2)]
    [InlineData("gemini", "models/gemini-2.5-pro", 3)]
    [InlineData("vertex", "gemini-2.5-pro", 3)]
    [InlineData("vertex", "projects/p/locations/l/publishers/google/models/gemini-2.5-pro", 3)]
    [InlineData("vertex", "claude-sonnet-4-5@20250929", 4)]
    [InlineData("groq", "openai/gpt-oss-120b", 5)]
    [InlineData("mistral", "mistral-small", 6)]
    [InlineData("mistral", "mistral-small-2506", 0)]
    [InlineData("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0", 7)]
    [InlineData("bedrock", "anthropic.claude-sonnet-4-5-20250929-v1", 7)]
    [InlineData("bedrock", "claude-sonnet-4-5-20250929-v1:0", 7)]
    [InlineData("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", 7)]
    [InlineData("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 8)]
    [InlineData("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", 8)]
    [InlineData("bedrock", "arn:aws:bedrock:us-east-1:0123:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0", 8)]
    [InlineData("bedrock", "eu.anthropic.claude-opus-5", 9)]
    [InlineData("openrouter", "openai/gpt-4o", 1)]
    [InlineData("vllm", "openai/gpt-4o", 0)]
    [InlineData("openai", "free", 0)]
    [InlineData("openai", "odd", 0)]
    [InlineData("openai", "gpt-5", 0)]
    public void Find_Name_LeadsToThePriceOfTheSameModel(string provider, string model, int micros)
    {
        var price = Prices.Find(provider, provider, model)?.Rate(Meter.Input, default, 0);

        Assert.Equal(micros == 0 ? null : micros / 1_000_000m, price);
    }

    [Fact]
    public void Find_CustomProvider_HasThePricesOfItsWire() =>
        Assert.Equal(1e-6m, Prices.Find("proxy", "openai", "gpt-4o")!.Rate(Meter.Input, default, 0));

    [Fact]
    public void Find_TieredPricing_RisesWithTheInput()
    {
        var price = Prices.Find("dashscope", "dashscope", "qwen")!;

        Assert.Equal(1e-6m, price.Rate(Meter.Input, default, 32_000));
        Assert.Equal(2e-6m, price.Rate(Meter.Input, default, 32_001));
    }

    [Fact]
    public void Read_Model_TellsLimitsAndAbilities()
    {
        var price = Prices.Find("openai", "openai", "gpt-4o")!;

        Assert.Equal(128_000, price.MaxInputTokens);
        Assert.Equal(["vision"], price.Abilities);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"gpt-4o":{"litellm_provider":"openai"}}""")]
    public void Read_NoSheet_IsNull(string text) => Assert.Null(PriceSheetReader.Read(Encoding.UTF8.GetBytes(text), "test"));

    [Fact]
    public void Embedded_IsTheFileBesideIt()
    {
        // Refresh after editing prices.json: BIFROST_ACCEPT_GOLDEN=1 dotnet test tests --filter FullyQualifiedName~Embedded_IsTheFileBesideIt
        var folder = Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "..", "Pipeline", "Accounting");
        var plain = File.ReadAllBytes(Path.Combine(folder, "prices.json"));
        var packed = Path.Combine(folder, "prices.json.gz");
        if (Environment.GetEnvironmentVariable(GoldenFile.AcceptVariable) == "1")
        {
            using var file = File.Create(packed);
            using var packer = new GZipStream(file, CompressionLevel.SmallestSize);
            packer.Write(plain);
        }

        using var unpacker = new GZipStream(File.OpenRead(packed), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        unpacker.CopyTo(unpacked);

        Assert.True(plain.AsSpan().SequenceEqual(unpacked.ToArray()), "prices.json.gz is not prices.json: see this test for how to refresh it.");
    }

    [Fact]
    public void Embedded_HasADateAndPricesOfEveryBigProvider()
    {
        var sheet = PriceSheets.Embedded;

        Assert.Matches(@"^20\d\d-\d\d-\d\d$", sheet.Date);
        foreach (var (provider, model) in ((string, string)[])
            [("anthropic", "claude-haiku-4-5-20251001"), ("openai", "gpt-6-luna"), ("azure", "gpt-5.4"), ("gemini", "gemini-3.6-flash"), ("vertex", "claude-opus-5"),
                ("bedrock", "us.anthropic.claude-sonnet-5"), ("xai", "grok-4.5"), ("deepseek", "deepseek-chat"), ("mistral", "mistral-large-latest"),
                ("groq", "qwen/qwen3-32b"), ("cerebras", "gpt-oss-120b"), ("perplexity", "sonar"), ("openai", "text-embedding-3-small")])
        {
            Assert.NotNull(sheet.Find(provider, provider, model)?.Rate(Meter.Input, default, 0));
        }
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
