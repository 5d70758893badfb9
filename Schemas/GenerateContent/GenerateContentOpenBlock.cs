using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>A call or a medium of a stream that is being collected: both can only be written whole.</summary>
internal sealed class GenerateContentOpenBlock(BlockKind kind, JsonText id, JsonText name)
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _signature = new();

    public void Add(DeltaKind delta, ReadOnlySpan<byte> text) => (delta == DeltaKind.Text ? _text : _signature).Write(text);

    public void Write(AnswerContext context, IBufferWriter<byte> output) => GenerateContentParts.Write(
        new AnswerBlock(kind, 0)
        {
            Id = id,
            Name = name,
            Text = new JsonText(_text.WrittenMemory),
            Signature = new JsonText(_signature.WrittenMemory),
        },
        context,
        output);
}
