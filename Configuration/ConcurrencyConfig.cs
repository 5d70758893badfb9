namespace BifrostLite.Configuration;

internal sealed record ConcurrencyConfig(int Concurrency = 1000, int BufferSize = 5000);
