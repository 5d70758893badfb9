using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// A call of a built-in tool or its result: executableCode and codeExecutionResult, or toolCall and toolResponse
/// (ai.google.dev/gemini-api/docs/code-execution, /docs/tool-combination). Spans point into the chunk.
/// </summary>
internal ref struct GenerateContentServerTool
{
    public ReadOnlySpan<byte> Id;

    /// <summary>The hub's name of the tool.</summary>
    public ReadOnlySpan<byte> Name;

    /// <summary>The call's input as raw JSON.</summary>
    public ReadOnlySpan<byte> Input;
    private ReadOnlySpan<byte> _output;
    private ReadOnlySpan<byte> _outcome;

    public static GenerateContentServerTool Read(ReadOnlySpan<byte> raw, bool isCode)
    {
        var tool = new GenerateContentServerTool { Name = isCode ? "code_execution"u8 : default, Input = isCode ? raw : "{}"u8 };
        var members = new JsonMembers(raw);
        while (members.MoveNext())
        {
            if (members.Name.SequenceEqual("id"u8))
            {
                tool.Id = members.Text;
            }
            else if (members.Name.SequenceEqual("toolType"u8))
            {
                tool.Name = HubName(members.Text);
            }
            else if (members.Name.SequenceEqual("args"u8))
            {
                tool.Input = members.Raw;
            }
            else if (members.Name.SequenceEqual("output"u8))
            {
                tool._output = members.Text;
            }
            else if (members.Name.SequenceEqual("outcome"u8))
            {
                tool._outcome = members.Text;
            }
            else if (members.Name.SequenceEqual("response"u8))
            {
                var quoted = new ArrayBufferWriter<byte>(members.Raw.Length + 16);
                JsonEscapes.Escape(members.Raw, quoted);
                tool._output = quoted.WrittenSpan;
            }
        }

        return tool;
    }

    public readonly ServerToolOutcome Outcome(ReadOnlySpan<byte> raw)
    {
        var isGood = _outcome.IsEmpty || _outcome.SequenceEqual("OUTCOME_OK"u8);
        return new ServerToolOutcome
        {
            Text = new JsonText(_output.ToArray()),
            ErrorCode = isGood ? default : new JsonText(_outcome.ToArray()),
            Raw = new RawJson(raw.ToArray()),
        };
    }

    private static ReadOnlySpan<byte> HubName(ReadOnlySpan<byte> type)
    {
        if (type.StartsWith("GOOGLE_SEARCH"u8))
        {
            return "web_search"u8;
        }

        return type.SequenceEqual("URL_CONTEXT"u8) ? "web_fetch"u8 : type;
    }
}
