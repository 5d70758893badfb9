namespace BifrostLite.Schemas.Hub;

/// <summary>Takes a copy of an answer's last word on its way to the caller, in dialects whose answers are objects that can be asked for again.</summary>
internal interface IAnswerKeeper
{
    /// <summary>The whole object of an answer at its end. The bytes are only lent.</summary>
    void TakeAnswer(ReadOnlySpan<byte> response);
}
