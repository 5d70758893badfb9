using System.Diagnostics;

namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// What the search for AWS credentials looks at: variables, files, processes, HTTP, the time. One record, so that a test
/// can be on any machine it likes.
/// </summary>
internal sealed record AwsSurroundings
{
    public required TimeProvider Clock { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>A file's text, or null where there is none that can be read.</summary>
    public required Func<string, string?> ReadFile { get; init; }

    public required string Home { get; init; }

    /// <summary>For services on the internet (STS, SSO); goes through the environment's proxy.</summary>
    public required HttpMessageInvoker Http { get; init; }

    /// <summary>For link-local metadata services, which no proxy can reach.</summary>
    public required HttpMessageInvoker LocalHttp { get; init; }

    /// <summary>Runs a command line in the system's shell: its exit code and what it printed.</summary>
    public required Func<string, CancellationToken, Task<(int ExitCode, string Output)>> Run { get; init; }

    /// <summary>
    /// This machine. Plain invokers, not IHttpClientFactory: a handful of calls an hour need neither named clients nor
    /// handler rotation, and the factory's default logging would write the addresses, which hold role names.
    /// </summary>
    public static AwsSurroundings OfThisMachine(TimeProvider clock) => new()
    {
        Clock = clock,
        Variable = Environment.GetEnvironmentVariable,
        ReadFile = ReadIfThere,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Http = new HttpMessageInvoker(HttpPools.Create(new PoolSettings("aws-credentials") { ProxyType = "environment" })),
        LocalHttp = new HttpMessageInvoker(HttpPools.Create(new PoolSettings("aws-metadata"))),
        Run = RunShellAsync,
    };

    private static string? ReadIfThere(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<(int ExitCode, string Output)> RunShellAsync(string command, CancellationToken cancellationToken)
    {
        var (shell, option) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(shell, [option, command]) { RedirectStandardOutput = true, UseShellExecute = false },
        };
        process.Start();
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
