using BifrostLite.Configuration;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Tests.Unit.Configuration;

namespace BifrostLite.Tests.Unit.Pipeline.Accounting;

public sealed class PriceOverridesTests
{
    private const string Config =
        """
        {"providers":{"openai":{"keys":[{"name":"k","value":"v","models":["*"],"weight":1}]}},
         "governance":{"pricing_overrides":[
          {"id":"1","name":"all","scope_kind":"global","match_type":"wildcard","pattern":"gpt-*","request_types":["chat_completion"],"pricing_patch":{"input_cost_per_token":1e-6}},
          {"id":"2","name":"exact","scope_kind":"global","match_type":"exact","pattern":"gpt-4o","request_types":["responses"],"pricing_patch":"{\"input_cost_per_token\":2e-6}"},
          {"id":"3","name":"provider","scope_kind":"provider","provider_id":"azure","match_type":"wildcard","pattern":"*","request_types":["chat_completion"],"pricing_patch":{"input_cost_per_token":3e-6}},
          {"id":"4","name":"key","scope_kind":"provider_key","provider_key_name":"gold","match_type":"wildcard","pattern":"*","request_types":["chat_completion"],"pricing_patch":{"input_cost_per_token":4e-6}},
          {"id":"5","name":"vk","scope_kind":"virtual_key","virtual_key_id":"vk-1","match_type":"wildcard","pattern":"*","request_types":["chat_completion"],"pricing_patch":{"input_cost_per_token":5e-6,"output_cost_per_token":6e-6}},
          {"id":"6","name":"vk at provider","scope_kind":"virtual_key_provider","virtual_key_id":"vk-1","provider_id":"azure","match_type":"exact","pattern":"gpt-4o","request_types":["chat_completion"],"pricing_patch":{"input_cost_per_token":6e-6}},
          {"id":"7","name":"embeddings","scope_kind":"global","match_type":"exact","pattern":"e","request_types":["embedding"],"pricing_patch":{"input_cost_per_token":7e-6}}]}}
        """;

    private static readonly PriceOverrides Overrides = new(Load.Valid(Config).PriceOverrides);

    [Theory]
    [InlineData("openai", "k", "", "gpt-5", 1)]
    [InlineData("openai", "k", "", "gpt-4o", 2)]
    [InlineData("azure", "k", "", "gpt-4o", 3)]
    [InlineData("azure", "gold", "", "gpt-4o", 4)]
    [InlineData("openai", "gold", "vk-1", "gpt-5", 5)]
    [InlineData("azure", "gold", "vk-1", "gpt-4o", 6)]
    [InlineData("openai", "k", "vk-2", "o3", 0)]
    public void Apply_SeveralHold_TheNarrowestWins(string provider, string key, string virtualKey, string model, int micros)
    {
        var price = Overrides.Apply(null, Scope(provider, key, virtualKey, model, Operation.Generate));

        Assert.Equal(micros == 0 ? null : micros / 1_000_000m, price?.Rate(Meter.Input, default, 0));
    }

    [Fact]
    public void Apply_KnownModel_ChangesOnlyWhatThePatchNames()
    {
        var sheet = new ModelPrice("openai", "gpt-5", [new(Meter.Input, default, 0, 9e-6m), new(Meter.Output, default, 0, 9e-6m)]);

        var price = Overrides.Apply(sheet, Scope("openai", "k", "", "gpt-5", Operation.Generate))!;

        Assert.Equal((1e-6m, 9e-6m), (price.Rate(Meter.Input, default, 0), price.Rate(Meter.Output, default, 0)));
    }

    [Fact]
    public void Apply_OtherRequestType_DoesNotHold()
    {
        Assert.Null(Overrides.Apply(null, Scope("openai", "k", "", "e", Operation.Generate)));
        Assert.Equal(7e-6m, Overrides.Apply(null, Scope("openai", "k", "", "e", Operation.Embeddings))!.Rate(Meter.Input, default, 0));
    }

    [Fact]
    public void Load_PatchThatIsNoJson_IsAProblem()
    {
        var problem = Assert.Single(Load.Problems(Config.Replace("\"{\\\"input_cost_per_token\\\":2e-6}\"", "\"cheap\"")));

        Assert.Contains("pricing_overrides[1].pricing_patch", problem);
    }

    private static PriceScope Scope(string provider, string key, string virtualKey, string model, Operation operation)
    {
        var candidate = new Candidate(
            new Provider
            {
                Name = provider,
                BaseUrl = null,
                Routes = [],
                Keys = [],
                Network = new NetworkConfig(),
                Auth = null!,
                Http = null!,
                Describe = null!,
            },
            new ProviderRoute("chat", operation, "/"),
            Dialects.Get("chat"),
            model,
            new KeyConfig { Name = key },
            true)
        {
            Lane = new Lane(TimeProvider.System),
            Asked = model,
        };
        return new PriceScope(candidate, operation, virtualKey);
    }
}
