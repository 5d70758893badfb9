namespace BifrostLite.Configuration.Reading;

/// <summary>What must be said of the stores: a kind that is not here.</summary>
internal sealed class StoreRules(ReadingContext reading)
{
    public void Check(Node root)
    {
        if (root["logs_store"] is { Kind: NodeKind.Section } logs && logs.TextOf("type") == "clickhouse" && logs["enabled"] is not { Text: "false" })
        {
            reading.Notice($"$.logs_store (line {reading.Line(logs.Offset)}): ClickHouse is not supported; the log is kept in a file in the app directory");
        }
    }
}
