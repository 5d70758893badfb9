using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class SseWriterTests
{
    [Fact]
    public void Write_AllShapes_ExactBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        SseWriter.Write(output, "ping"u8, "{}"u8);
        SseWriter.Write(output, "[DONE]"u8);
        SseWriter.Begin(output, "delta"u8);
        output.Write("1"u8);
        SseWriter.End(output);
        SseWriter.Begin(output);
        SseWriter.End(output);
        SseWriter.Comment(output, "keep-alive"u8);
        Assert.Equal(
            "event: ping\ndata: {}\n\ndata: [DONE]\n\nevent: delta\ndata: 1\n\ndata: \n\n: keep-alive\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Write_PrettyPrintedRawJson_StaysOneFrame()
    {
        var output = new ArrayBufferWriter<byte>();
        SseWriter.Begin(output);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Name("args"u8);
        json.Raw("{\r\n  \"a\": 1\n}"u8);
        json.EndObject();
        SseWriter.End(output);
        Assert.Equal("data: {\"args\":{    \"a\": 1 }}\n\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
