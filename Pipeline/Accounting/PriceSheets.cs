using System.IO.Compression;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>Holds the price sheet in force: the one in the executable until another was read.</summary>
internal sealed class PriceSheets
{
    /// <summary>prices.json, compressed; a test holds them together.</summary>
    private const string Resource = "prices.json.gz";

    private static readonly Lazy<PriceSheet> InExecutable = new(ReadEmbedded);

    private volatile PriceSheet? _current;

    /// <summary>Prices of current models of the big providers, as their makers told them on the sheet's date.</summary>
    public static PriceSheet Embedded => InExecutable.Value;

    public PriceSheet Current => _current ?? Embedded;

    public void Use(PriceSheet? sheet) => _current = sheet;

    private static PriceSheet ReadEmbedded()
    {
        using var packed = typeof(PriceSheets).Assembly.GetManifestResourceStream(Resource)!;
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        unpacked.CopyTo(bytes);
        return PriceSheetReader.Read(bytes.ToArray(), "built in")!;
    }
}
