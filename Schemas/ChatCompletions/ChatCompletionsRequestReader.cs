using BifrostLite.Schemas.Hub;
namespace BifrostLite.Schemas.ChatCompletions;
internal static class ChatCompletionsRequestReader
{
    public static GatewayError? Read(ReadOnlyMemory<byte> body, string dialect, out ChatRequest request)
    {
        _ = body;
        request = new ChatRequest { Dialect = dialect };
        return GatewayError.Invalid("not yet");
    }
}
