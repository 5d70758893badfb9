using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>Keeps every log entry of every category as text: message, each argument, exception.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _arrived = new(0);

    public IReadOnlyList<string> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    /// <summary>Waits until so many lines hold a text: a request's line is written after its answer is out.</summary>
    public async Task WaitAsync(string text, int count, TimeSpan patience)
    {
        while (_lines.Count(line => line.Contains(text, StringComparison.Ordinal)) < count)
        {
            Assert.True(await _arrived.WaitAsync(patience), $"fewer than {count} lines with \"{text}\":\n{string.Join('\n', _lines)}");
        }
    }

    public void Dispose() => _arrived.Dispose();

    private sealed class Logger(string category, LogCapture capture) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var arguments = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(" ", pairs.Select(p => $"{p.Key}={p.Value}")) : "";
            capture._lines.Enqueue($"{logLevel} {category}[{eventId.Id}] {formatter(state, exception)} {{{arguments}}} {exception}");
            capture._arrived.Release();
        }
    }
}
