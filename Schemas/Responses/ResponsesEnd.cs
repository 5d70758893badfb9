using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>The members of a response object that are not its output: who answered, how it ended, what it cost.</summary>
internal ref struct ResponsesEnd
{
    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Model { get; private set; }

    public long Created { get; private set; }

    public ReadOnlySpan<byte> Status { get; private set; }

    public Usage Usage { get; private set; }

    public ReadOnlySpan<byte> Error { get; private set; }

    /// <summary>incomplete_details.reason.</summary>
    public ReadOnlySpan<byte> Reason { get; private set; }

    /// <summary>service_tier: the one that answered.</summary>
    public ServiceTier Tier { get; private set; }

    /// <summary>The array of items, raw.</summary>
    public ReadOnlySpan<byte> Output { get; private set; }

    /// <summary>Where it begins.</summary>
    public int OutputStart { get; private set; }

    /// <summary>How many bytes the whole object takes.</summary>
    public int Length { get; private set; }

    /// <summary>One pass over a response object; false where it is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> response, out ResponsesEnd end)
    {
        end = default;
        var members = new JsonMembers(response);
        while (members.MoveNext())
        {
            end.Take(members);
        }

        end.Length = members.End;
        end.Usage = end.Billed();

        return !members.IsBroken;
    }

    /// <summary>Why the model stopped, as far as the envelope tells.</summary>
    public readonly StopReason Stop(bool hasTools, bool hasRefusal)
    {
        if (Status.IsEmpty || Status.SequenceEqual("completed"u8))
        {
            return new StopReason(hasTools ? StopKind.ToolCalls : hasRefusal ? StopKind.Refusal : StopKind.Stop);
        }

        if (!Status.SequenceEqual("incomplete"u8))
        {
            return new StopReason(StopKind.Other, new JsonText(Status.ToArray()));
        }

        // Recorded: an incomplete answer whose details are null had met the token limit.
        return Reason.IsEmpty || Reason.SequenceEqual("max_output_tokens"u8) ? new StopReason(StopKind.Length)
            : Reason.SequenceEqual("content_filter"u8) ? new StopReason(StopKind.ContentFilter)
            : new StopReason(StopKind.Other, new JsonText(Reason.ToArray()));
    }

    private void Take(in JsonMembers member)
    {
        var name = member.Name;
        if (name.SequenceEqual("id"u8))
        {
            Id = member.Text;
        }
        else if (name.SequenceEqual("model"u8))
        {
            Model = member.Text;
        }
        else if (name.SequenceEqual("created_at"u8))
        {
            Created = member.Integer;
        }
        else if (name.SequenceEqual("status"u8))
        {
            Status = member.Text;
        }
        else if (name.SequenceEqual("service_tier"u8))
        {
            Tier = ServiceTiers.Read(member.Text);
        }
        else if (name.SequenceEqual("output"u8))
        {
            Output = member.Raw;
            OutputStart = member.ValueStart;
        }
        else if (name.SequenceEqual("usage"u8))
        {
            Usage = ReadUsage(member.Raw);
        }
        else if (name.SequenceEqual("error"u8) && member.Kind != JsonTokenType.Null)
        {
            Error = member.Raw;
        }
        else if (name.SequenceEqual("incomplete_details"u8))
        {
            Reason = JsonPick.Escaped(member.Raw, "reason"u8);
        }
    }

    /// <summary>Usage with what is billed beside tokens: tier, searches, code interpreter. Between quotes these bytes would be escaped.</summary>
    private readonly Usage Billed()
    {
        var usage = Usage;
        usage.Tier = Tier;
        if (Output.Length > 2)
        {
            var searches = Output.Count("\"web_search_call\""u8);
            usage.WebSearches ??= searches > 0 ? searches : null;
            usage.CodeSessions = Output.IndexOf("\"code_interpreter_call\""u8) >= 0 ? 1 : null;
        }

        return usage;
    }

    private static Usage ReadUsage(ReadOnlySpan<byte> json)
    {
        var usage = default(Usage);
        var members = new JsonMembers(json);
        while (members.MoveNext())
        {
            if (members.Is("input_tokens"u8))
            {
                usage.Input = members.Integer;
            }
            else if (members.Is("output_tokens"u8))
            {
                usage.Output = members.Integer;
            }
            else if (members.Is("input_tokens_details"u8))
            {
                TokenDetails.ReadInput(members.Raw, ref usage);
            }
            else if (members.Is("output_tokens_details"u8))
            {
                TokenDetails.ReadOutput(members.Raw, ref usage);
            }
            else if (members.Is("cost"u8) && members.Number is { } cost)
            {
                usage.Cost = (decimal)cost; // OpenRouter reports US dollars
            }
        }

        return usage;
    }
}
