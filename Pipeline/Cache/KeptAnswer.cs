using System.Text;

namespace BifrostLite.Pipeline.Cache;

/// <summary>A provider's answer as it came, with who gave it: played again it goes the way of any answer.</summary>
internal sealed record KeptAnswer
{
    /// <summary>The provider's name in the configuration.</summary>
    public required string Provider { get; init; }

    /// <summary>Its name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The model as it was asked for, without the provider.</summary>
    public required string Asked { get; init; }

    /// <summary>Name of the dialect it is in.</summary>
    public required string Dialect { get; init; }

    public required string ContentType { get; init; }

    public required byte[] Body { get; init; }

    public byte[] Encode()
    {
        using var bytes = new MemoryStream(Body.Length + 128);
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(Provider);
        writer.Write(Model);
        writer.Write(Asked);
        writer.Write(Dialect);
        writer.Write(ContentType);
        writer.Write(Body);
        writer.Flush();
        return bytes.ToArray();
    }

    public static KeptAnswer Decode(ReadOnlyMemory<byte> bytes)
    {
        using var stream = new MemoryStream(bytes.ToArray(), writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        return new KeptAnswer
        {
            Provider = reader.ReadString(),
            Model = reader.ReadString(),
            Asked = reader.ReadString(),
            Dialect = reader.ReadString(),
            ContentType = reader.ReadString(),
            Body = reader.ReadBytes((int)(stream.Length - stream.Position)),
        };
    }
}
