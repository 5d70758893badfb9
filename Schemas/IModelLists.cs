using System.Buffers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas;

/// <summary>How lists of models look in a dialect that has them. Not every dialect does: Converse keeps its list in another service.</summary>
internal interface IModelLists
{
    /// <summary>Reads a provider's list; entries without an id are left out. Null where the body is no list.</summary>
    IReadOnlyList<ModelInfo>? ReadModels(ReadOnlyMemory<byte> body);

    void WriteModels(ModelPage page, IBufferWriter<byte> output);

    void WriteModel(ModelInfo model, IBufferWriter<byte> output);
}
