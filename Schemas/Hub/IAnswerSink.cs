using System.Buffers;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Puts a whole answer together in the caller's dialect while its events come, for dialects that need not see all of it first: that
/// spares collecting them into a <see cref="ChatAnswer"/>. Nothing of it is seen before <see cref="Write"/>, so that an answer that
/// fails can still be another candidate's.
/// </summary>
internal interface IAnswerSink : IResponseSink, IDisposable
{
    /// <summary>Writes the answer, after its End.</summary>
    void Write(IBufferWriter<byte> output);
}
