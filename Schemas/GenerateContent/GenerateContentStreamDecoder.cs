using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Reads streamGenerateContent?alt=sse: data lines without names, each one response object, no terminal event.</summary>
internal sealed class GenerateContentStreamDecoder : StreamDecoder
{
    private readonly GenerateContentChunkReader _chunks = new();

    public override void OnFrame(in StreamFrame frame, IResponseSink sink)
    {
        if (!frame.Data.IsEmpty)
        {
            _chunks.Read(frame.Data, sink);
        }
    }

    public override void OnUpstreamEnd(IResponseSink sink) => _chunks.Finish(sink);
}
