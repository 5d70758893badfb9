using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Golden;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>The lists of what each API never has are what its writer loses.</summary>
public class RequestMembersTests
{
    private const string Everything = """
        {"model":"m","messages":[{"role":"user","content":"hi"}],"top_k":3,"stop":["x"],"seed":1,"frequency_penalty":1,"presence_penalty":1,"n":2,"logprobs":true,"top_logprobs":2,
         "parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],"user":"u","metadata":{"a":"b"},
         "verbosity":"low","prompt_cache_key":"k","store":true,"cache_control":{"type":"ephemeral"}}
        """;

    public static TheoryData<string> Targets => [.. FieldProbe.Targets.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Write_EverythingSaid_LosesWhatIsListed(string target)
    {
        Assert.Null(Dialects.Get("chat").ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(Everything), "", null), out var request));
        request.Cache = new CacheControl(null);
        var losses = new Losses();
        Dialects.Get(target).WriteRequest(request, new TargetModel("p", "m", "openai") { TakesSampling = true }, new ArrayBufferWriter<byte>(), losses);

        var listed = RequestMembersOf.Names.Where(n => Dialects.Get(target).Unsayable.HasFlag(n.Member)).Select(n => n.Name).ToHashSet();
        var lost = losses.Kept.Where(l => l.Reason == LossReason.Unsupported).Select(l => l.Path).Intersect(RequestMembersOf.Names.Select(n => n.Name)).ToHashSet();
        Assert.NotEmpty(listed);
        Assert.Superset(listed, lost);
    }
}
