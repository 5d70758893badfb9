namespace BifrostLite.Configuration.Reading;

/// <summary>Tells of settings whose value decides whether they do anything: stores of a kind that is not here.</summary>
internal sealed class UnreadParts(ReadingContext reading)
{
    public void Check(Node root)
    {
        if (root["logs_store"] is { Kind: NodeKind.Section } logs && logs.TextOf("type") == "clickhouse" && logs["enabled"] is not { Text: "false" })
        {
            reading.Notice($"$.logs_store (line {reading.Line(logs.Offset)}): ClickHouse is not supported; the log is kept in a file in the app directory");
        }
    }
}
