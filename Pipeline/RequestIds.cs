namespace BifrostLite.Pipeline;

/// <summary>
/// Ids of requests whose callers gave none: eight characters drawn when the process starts, then a count. Kestrel's own
/// (HttpContext.TraceIdentifier) is made of the connection's id, which takes longer to find and to write.
/// </summary>
internal static class RequestIds
{
    private const int Half = 8;

    private static readonly string Process = Guid.NewGuid().ToString("N")[..Half];
    private static uint _last;

    /// <returns>Sixteen lowercase hexadecimal digits, another each time.</returns>
    public static string Next() => string.Create(2 * Half, Interlocked.Increment(ref _last), static (id, count) =>
    {
        Process.CopyTo(id);
        count.TryFormat(id[Half..], out _, "x8", provider: null);
    });
}
