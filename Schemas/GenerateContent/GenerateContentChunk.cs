using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>The members of one chunk or whole answer that matter here, as slices of it.</summary>
internal ref struct GenerateContentChunk
{
    public ReadOnlySpan<byte> Candidates { get; private set; }

    public ReadOnlySpan<byte> Usage { get; private set; }

    public ReadOnlySpan<byte> Feedback { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Model { get; private set; }

    public bool IsError { get; private set; }

    public void Take(in JsonMembers member)
    {
        var name = member.Name;
        if (name.SequenceEqual("candidates"u8))
        {
            Candidates = member.Raw;
        }
        else if (name.SequenceEqual("usageMetadata"u8))
        {
            Usage = member.Raw;
        }
        else if (name.SequenceEqual("responseId"u8))
        {
            Id = member.Text;
        }
        else if (name.SequenceEqual("modelVersion"u8))
        {
            Model = member.Text;
        }
        else if (name.SequenceEqual("promptFeedback"u8))
        {
            Feedback = member.Raw;
        }
        else if (name.SequenceEqual("error"u8))
        {
            IsError = true;
        }
    }
}
