namespace BifrostLite.Configuration;

/// <summary>A provider's "concurrency_and_buffer_size": how many calls run at once, and how many more may wait. The defaults are Bifrost's.</summary>
internal sealed record ConcurrencyConfig(int Concurrency = 1000, int BufferSize = 5000);
