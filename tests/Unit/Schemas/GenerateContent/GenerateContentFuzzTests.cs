using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.GenerateContent.GenerateContentKit;

namespace BifrostLite.Tests.Unit.Schemas.GenerateContent;

/// <summary>Whatever an upstream or a caller sends: a legal stream, a legal answer or an error, never an exception.</summary>
public class GenerateContentFuzzTests
{
    private const int Rounds = 1500;

    private static readonly string[] Stream =
    [
        """{"candidates":[{"content":{"parts":[{"text":"h\u00e9","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":5,"thoughtsTokenCount":3},"modelVersion":"m","responseId":"r"}""",
        """{"candidates":[{"content":{"parts":[{"text":"a"},{"text":"","thoughtSignature":"c2ln"}]}}]}""",
        """{"candidates":[{"content":{"parts":[{"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1"}},{"toolCall":{"toolType":"GOOGLE_SEARCH_WEB","id":"s","args":{}}},{"toolResponse":{"id":"s","response":{}}}]}}]}""",
        """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":[1,{"b":null}]}},"thoughtSignature":"c2ln"},{"inlineData":{"mimeType":"image/png","data":"QQ=="}}]}}]}""",
        """{"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":1},"groundingChunkIndices":[0]}]},"logprobsResult":{"chosenCandidates":[{"token":"b","logProbability":-1}],"topCandidates":[{"candidates":[{"token":"b","logProbability":-1}]}]}}],"usageMetadata":{"candidatesTokenCount":4}}""",
    ];

    private const string Request =
        """{"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"QQ=="}},{"fileData":{"fileUri":"https://a/x.pdf"}}]},{"role":"model","parts":[{"text":"t","thought":true,"thoughtSignature":"c2ln"},{"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":{"a":1}},"parts":[{"inlineData":{"mimeType":"image/png","data":"QQ=="}}]}}]}],"systemInstruction":{"parts":[{"text":"s"}]},"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"INTEGER"}}}}]},{"googleSearch":{}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"maxOutputTokens":9,"temperature":0.5,"topP":0.9,"topK":3,"stopSequences":["a"],"responseMimeType":"application/json","responseSchema":{"type":"OBJECT"},"candidateCount":1,"thinkingConfig":{"thinkingBudget":100,"includeThoughts":true}},"labels":{"a":"b"}}""";

    [Fact]
    public void Decoder_DamagedStreams_GiveALegalStreamOrAnError()
    {
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var steps = new RecordingSink();
            var guard = new StreamGuard(steps, Dialect.Rules, new Losses());
            var decoder = Dialect.CreateDecoder();
            var facts = new StreamFacts();
            foreach (var chunk in Stream[..random.Next(Stream.Length + 1)])
            {
                var frame = new StreamFrame { Data = random.Next(4) == 0 ? Wounds.Damage(chunk, random) : Encoding.UTF8.GetBytes(chunk) };
                Dialect.Inspect(frame, facts);
                decoder.OnFrame(frame, guard);
            }

            decoder.OnUpstreamEnd(guard);
            guard.Complete();
            Assert.Null(AnswerGrammar.Violation(steps.Steps, Dialect.Rules));
            Assert.True(guard.HasFailed || guard.HasEnded);
        }
    }

    [Fact]
    public void ReadAnswer_DamagedBodies_GiveAnAnswerOrAnError() =>
        new DialectFuzz(Dialect, Rounds).Answers(static random => random.Next(3) == 0 ? $"[{string.Join(',', Stream)}]" : Stream[^1], Context(), "candidates");

    [Fact]
    public void ReadRequest_DamagedBodies_AreReadOrRefused() =>
        new DialectFuzz(Dialect, Rounds).Requests(Request, static request => Write(request), "contents");
}
