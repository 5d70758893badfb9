namespace BifrostLite.Storage;

/// <summary>What the entries of a filter have in those columns that can be filtered by, each value once and in order.</summary>
internal sealed class LogValues
{
    /// <summary>Of what callers can make up, nobody wants to choose from more.</summary>
    public const int Most = 10_000;

    /// <summary>The columns <see cref="Add"/> takes, in its order.</summary>
    public const string Columns = "provider, model, key_name, virtual_key, operation";

    public SortedSet<string> Providers { get; } = [];

    public SortedSet<string> Models { get; } = [];

    public SortedSet<string> KeyNames { get; } = [];

    public SortedSet<string> VirtualKeys { get; } = [];

    public SortedSet<string> Operations { get; } = [];

    public static string Select(LogFilterSql filter) => $"SELECT DISTINCT {Columns} FROM lite_logs{filter.Where} LIMIT {Most}";

    public void Add(IRow row)
    {
        Add(Providers, row.Text(0));
        Add(Models, row.Text(1));
        Add(KeyNames, row.Text(2));
        Add(VirtualKeys, row.Text(3));
        Add(Operations, row.Text(4));
    }

    private static void Add(SortedSet<string> values, string value)
    {
        if (value.Length > 0)
        {
            values.Add(value);
        }
    }
}
