using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>logprobsResult (ai.google.dev/api/generate-content#LogprobsResult) as the hub's array of {token, logprob, bytes, top_logprobs}.</summary>
internal static class GenerateContentLogprobs
{
    public static RawJson Read(ReadOnlySpan<byte> result)
    {
        if (result.IsEmpty)
        {
            return default;
        }

        ReadOnlySpan<byte> chosen = default, top = default;
        var members = new JsonMembers(result);
        while (members.MoveNext())
        {
            chosen = members.Name.SequenceEqual("chosenCandidates"u8) ? members.Raw : chosen;
            top = members.Name.SequenceEqual("topCandidates"u8) ? members.Raw : top;
        }

        var output = new ArrayBufferWriter<byte>(chosen.Length + top.Length + 2);
        var json = new JsonEmitter(output);
        json.StartArray();
        var tokens = new JsonElements(chosen);
        var tops = new JsonElements(top);
        while (tokens.MoveNext())
        {
            json.StartObject();
            WriteToken(ref json, tokens.Raw);
            json.StartArray("top_logprobs"u8);
            if (tops.MoveNext())
            {
                WriteTop(ref json, tops.Raw);
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
        return new RawJson(output.WrittenMemory);
    }

    private static void WriteTop(ref JsonEmitter json, ReadOnlySpan<byte> top)
    {
        var members = new JsonMembers(top);
        while (members.MoveNext())
        {
            var alternatives = new JsonElements(members.Name.SequenceEqual("candidates"u8) ? members.Raw : default);
            while (alternatives.MoveNext())
            {
                json.StartObject();
                WriteToken(ref json, alternatives.Raw);
                json.EndObject();
            }
        }
    }

    private static void WriteToken(ref JsonEmitter json, ReadOnlySpan<byte> candidate)
    {
        ReadOnlySpan<byte> token = default, probability = "0"u8;
        var members = new JsonMembers(candidate);
        while (members.MoveNext())
        {
            token = members.Name.SequenceEqual("token"u8) ? members.Text : token;
            probability = members.Name.SequenceEqual("logProbability"u8) ? members.Raw : probability;
        }

        json.Member("token"u8, token);
        json.Name("logprob"u8);
        json.Raw(probability);
        json.Name("bytes"u8);
        json.Null();
    }
}
