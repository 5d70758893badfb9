using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace BifrostLite.Configuration;

/// <summary>
/// Calls for a reload when config.json changes and on SIGHUP. The directory is watched, not the file: editors write a new file and
/// rename it over the old one, and Kubernetes swaps a symbolic link beside it. Only names are watched: the store lies in the same
/// directory, and an event for each page it writes would cost every logged request more than half a microsecond. So the file is also looked at
/// every few seconds, which finds what was written in place, and changes where watching is not to be had (no inotify watches left).
/// </summary>
internal sealed partial class ConfigWatcher : IHostedService, IDisposable
{
    /// <summary>An editor's save is several events within some tens of milliseconds; people do not notice a quarter second.</summary>
    internal static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    /// <summary>Reading a small file this often costs nothing measurable.</summary>
    internal static readonly TimeSpan Poll = TimeSpan.FromSeconds(3);

    /// <summary>What Kubernetes calls the link it swaps when a mounted ConfigMap changes.</summary>
    private const string KubernetesLink = "..data";

    private readonly ConfigSource _source;
    private readonly string _directory;
    private readonly string _file;
    private readonly ILogger<ConfigWatcher> _logger;
    private readonly ITimer _settling;
    private readonly ITimer _polling;
    private FileSystemWatcher? _watcher;
    private PosixSignalRegistration? _hangUp;
    private byte[] _seen;

    public ConfigWatcher(ConfigSource source, string directory, TimeProvider time, ILogger<ConfigWatcher> logger)
    {
        _source = source;
        _directory = directory;
        _file = Path.Combine(directory, ConfigLoader.FileName);
        _logger = logger;
        _seen = Fingerprint();
        _settling = time.CreateTimer(static state => ((ConfigWatcher)state!).ReloadIfChanged(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _polling = time.CreateTimer(static state => ((ConfigWatcher)state!).ReloadIfChanged(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
        {
            _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                // Without this the signal ends the process.
                context.Cancel = true;
                _source.Reload();
            });
        }

        _polling.Change(Poll, Poll);
        if (!Directory.Exists(_directory))
        {
            // Nobody made it yet, which is no trouble: a file may still come.
            return Task.CompletedTask;
        }

        try
        {
            _watcher = new FileSystemWatcher(_directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
            _watcher.Created += (_, change) => OnChange(change.Name);
            _watcher.Deleted += (_, change) => OnChange(change.Name);
            _watcher.Renamed += (_, change) => OnChange(change.Name);
            _watcher.Error += (_, failure) => SayUnwatched(failure.GetException().Message);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception problem) when (problem is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            SayUnwatched(problem.Message);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _hangUp?.Dispose();
        _watcher?.Dispose();
        _settling.Dispose();
        _polling.Dispose();
    }

    /// <summary>Something in the directory changed; a burst of changes is one reload.</summary>
    internal void OnChange(string? name)
    {
        if (name is ConfigLoader.FileName or KubernetesLink)
        {
            _settling.Change(Settle, Timeout.InfiniteTimeSpan);
        }
    }

    private void SayUnwatched(string reason) => Log.Polling(_logger, _file, Poll.TotalSeconds, reason);

    /// <summary>The content decides, not the file's date: a touched file or a second event for the same save changes nothing.</summary>
    private void ReloadIfChanged()
    {
        var now = Fingerprint();
        if (!now.AsSpan().SequenceEqual(_seen))
        {
            _seen = now;
            _source.Reload();
        }
    }

    private byte[] Fingerprint()
    {
        try
        {
            return SHA256.HashData(File.ReadAllBytes(_file));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "Cannot watch {File} ({Reason}); it is only looked at every {Seconds} s")]
        public static partial void Polling(ILogger logger, string file, double seconds, string reason);
    }
}
