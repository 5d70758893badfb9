using System.Buffers;
using BifrostLite.Schemas.Hub;
namespace BifrostLite.Schemas.ChatCompletions;
internal static class ChatCompletionsRequestWriter
{
    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        _ = (request, target, output, losses);
    }
}
