using System.Security.Cryptography;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Providers;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// Reads the price sheet that framework.pricing names, at start and then once an interval. The last good one is kept in the app
/// directory, so that a restart without network does not forget prices; what is no sheet changes nothing.
/// </summary>
/// <param name="sheets">Where the sheet goes.</param>
/// <param name="source">The configuration; a reload may name another sheet.</param>
/// <param name="directory">The app directory.</param>
/// <param name="http">For sheets on the web.</param>
/// <param name="clock">For the interval.</param>
/// <param name="log">What came of it.</param>
internal sealed partial class PriceSheetRefresh(
    PriceSheets sheets, ConfigSource source, string directory, HttpMessageInvoker http, TimeProvider clock, ILogger<PriceSheetRefresh> log)
    : IHostedService, IDisposable
{
    /// <summary>LiteLLM's whole sheet has 1.6 MB.</summary>
    private const int MaxBytes = 32 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A sheet that cannot be had is asked for again before the day is over.</summary>
    private static readonly TimeSpan RetryAfterFailure = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private PricingConfig? _config;
    private ITimer? _timer;

    /// <summary>The reading under way, or the last one: for whoever must know that it is over.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>What fetches over the web: the environment's proxy, redirects followed (no credential goes along).</summary>
    public static HttpMessageInvoker Web()
    {
        var handler = HttpPools.Create(new PoolSettings("price sheet") { ProxyType = "environment" });
        handler.AllowAutoRedirect = true;
        handler.MaxAutomaticRedirections = 3;
        return new HttpMessageInvoker(handler);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        source.Changed += Apply;
        Apply(source.Current);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        source.Changed -= Apply;
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Apply(GatewayConfig config)
    {
        lock (_lock)
        {
            if (config.Pricing == _config)
            {
                return;
            }

            _config = config.Pricing;
            _timer?.Dispose();
            _timer = null;
            if (_config.Url is null)
            {
                sheets.Use(null);
                return;
            }

            if (!_config.Url.IsFile && ReadFile(KeptAt(_config.Url)) is { } kept)
            {
                sheets.Use(kept);
            }

            _timer = clock.CreateTimer(static self => ((PriceSheetRefresh)self!).Begin(), this, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (_config?.Url is { } url && Reading.IsCompleted)
            {
                Reading = ReadAsync(url, _config.Interval);
            }
        }
    }

    private async Task ReadAsync(Uri url, TimeSpan interval)
    {
        var sheet = url.IsFile ? ReadFile(url.LocalPath) : await FetchAsync(url);
        lock (_lock)
        {
            // A reload may have named another sheet meanwhile.
            if (_config?.Url == url && sheet is not null)
            {
                sheets.Use(sheet);
                Loaded(log, sheet.Count, sheet.Source);
            }

            _timer?.Change(sheet is null && interval > RetryAfterFailure ? RetryAfterFailure : interval, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<PriceSheet?> FetchAsync(Uri url)
    {
        using var timeout = new CancellationTokenSource(Patience, clock);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var response = await http.SendAsync(request, timeout.Token);
            if (!response.IsSuccessStatusCode)
            {
                Failed(log, url.Host, $"status {(int)response.StatusCode}", sheets.Current.Source);
                return null;
            }

            await response.Content.LoadIntoBufferAsync(MaxBytes, timeout.Token);
            var bytes = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (PriceSheetReader.Read(bytes, url.Host) is not { } sheet)
            {
                Failed(log, url.Host, "that is no price sheet", sheets.Current.Source);
                return null;
            }

            Keep(KeptAt(url), bytes);
            return sheet;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Failed(log, url.Host, e is OperationCanceledException ? "no answer in time" : "it could not be reached", sheets.Current.Source);
            return null;
        }
    }

    private PriceSheet? ReadFile(string path)
    {
        try
        {
            if (PriceSheetReader.Read(File.ReadAllBytes(path), path) is { } sheet)
            {
                return sheet;
            }

            Failed(log, path, "that is no price sheet", sheets.Current.Source);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && path == (_config?.Url is { IsFile: false } url ? KeptAt(url) : null))
        {
            // Nothing kept yet.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failed(log, path, "the file cannot be read", sheets.Current.Source);
        }

        return null;
    }

    /// <summary>Each address has a file of its own: the sheet of another must not stand in for it.</summary>
    private string KeptAt(Uri url) =>
        Path.Combine(directory, $"prices-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url.AbsoluteUri)).AsSpan(0, 4))}.json");

    /// <summary>Written beside and renamed: a crash leaves the old file whole.</summary>
    private void Keep(string path, byte[] bytes)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(path + ".new", bytes);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotKept(log, path, e.Message);
        }
    }

    [LoggerMessage(30, LogLevel.Information, "price sheet of {Count} models from {Source}")]
    private static partial void Loaded(ILogger log, int count, string source);

    [LoggerMessage(31, LogLevel.Warning, "no price sheet from {Source}: {Reason}; prices stay those of {Kept}")]
    private static partial void Failed(ILogger log, string source, string reason, string kept);

    [LoggerMessage(32, LogLevel.Warning, "the price sheet cannot be kept at {Path}: {Reason}")]
    private static partial void NotKept(ILogger log, string path, string reason);
}
