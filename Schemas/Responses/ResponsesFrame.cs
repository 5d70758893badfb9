using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>The members of one stream event that a decoder looks at; strings are escaped text, objects raw JSON.</summary>
internal ref struct ResponsesFrame
{
    public ReadOnlySpan<byte> Type { get; private set; }

    public int Output { get; private set; }

    public int Part { get; private set; }

    public ReadOnlySpan<byte> Delta { get; private set; }

    /// <summary>What a "done" event repeats: text, refusal, arguments or input.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    public ReadOnlySpan<byte> Logprobs { get; private set; }

    /// <summary>The event's item, part, annotation or response.</summary>
    public ReadOnlySpan<byte> Object { get; private set; }

    public ReadOnlySpan<byte> Error { get; private set; }

    public ReadOnlySpan<byte> Code { get; private set; }

    public ReadOnlySpan<byte> Message { get; private set; }

    public ReadOnlySpan<byte> Param { get; private set; }

    public static bool TryRead(ReadOnlySpan<byte> data, out ResponsesFrame frame)
    {
        frame = default;
        var members = new JsonMembers(data);
        while (members.MoveNext())
        {
            frame.Take(members);
        }

        return !members.IsBroken;
    }

    private void Take(in JsonMembers member)
    {
        var name = member.Name;
        if (name.SequenceEqual("type"u8))
        {
            Type = member.Text;
        }
        else if (name.SequenceEqual("output_index"u8))
        {
            Output = (int)member.Integer;
        }
        else if (name.SequenceEqual("content_index"u8) || name.SequenceEqual("summary_index"u8))
        {
            Part = (int)member.Integer;
        }
        else if (name.SequenceEqual("delta"u8))
        {
            Delta = member.Text;
        }
        else if (name.SequenceEqual("logprobs"u8))
        {
            Logprobs = member.Raw;
        }
        else if (name.SequenceEqual("item"u8) || name.SequenceEqual("part"u8) || name.SequenceEqual("response"u8)
                 || name.SequenceEqual("annotation"u8))
        {
            Object = member.Raw;
        }
        else
        {
            TakeRare(member);
        }
    }

    private void TakeRare(in JsonMembers member)
    {
        var name = member.Name;
        if (name.SequenceEqual("text"u8) || name.SequenceEqual("refusal"u8) || name.SequenceEqual("arguments"u8) || name.SequenceEqual("input"u8))
        {
            Whole = member.Text;
        }
        else if (name.SequenceEqual("error"u8))
        {
            Error = member.Raw;
        }
        else if (name.SequenceEqual("code"u8))
        {
            Code = member.Text;
        }
        else if (name.SequenceEqual("message"u8))
        {
            Message = member.Text;
        }
        else if (name.SequenceEqual("param"u8))
        {
            Param = member.Text;
        }
    }
}
