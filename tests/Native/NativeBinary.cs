using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace BifrostLite.Tests.Native;

/// <summary>
/// The published executable: the one in dist/ where it is newer than every source, else one published now. What the
/// publishing said is kept beside the other build results, so that a later run can still look at it.
/// </summary>
public sealed class NativeBinary : IAsyncLifetime
{
    private static readonly string[] SourceFolders = ["Cli", "Configuration", "Endpoints", "Pipeline", "Providers", "Schemas", "Storage"];

    /// <summary>Each test class has a fixture of its own, and they begin at once: one publishes, the others find what it left.</summary>
    private static readonly SemaphoreSlim Publishing = new(1, 1);

    public static string Rid { get; } = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "dist", Rid);

    public static string File { get; } = Path.Combine(Folder, OperatingSystem.IsWindows() ? "bifrost-lite.exe" : "bifrost-lite");

    /// <summary>What the publishing printed; empty where somebody published without keeping it.</summary>
    public string PublishOutput { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var log = Path.Combine(Root, "artifacts", $"publish-{Rid}.log");
        await Publishing.WaitAsync();
        try
        {
            if (!IsFresh())
            {
                var (exitCode, output) = await RunAsync(OperatingSystem.IsWindows() ? "pwsh" : "/bin/sh", OperatingSystem.IsWindows() ? "publish.ps1" : "publish.sh");
                Directory.CreateDirectory(Path.GetDirectoryName(log)!);
                await System.IO.File.WriteAllTextAsync(log, output);
                Assert.True(exitCode == 0, output);
            }
        }
        finally
        {
            Publishing.Release();
        }

        PublishOutput = System.IO.File.Exists(log) ? await System.IO.File.ReadAllTextAsync(log) : "";
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a program in the project's folder to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public static ProcessStartInfo StartInfo(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.ToArray())
        {
            // A test host's own build settings would be taken for the nested build's; provider keys would change what the gateway finds.
            if (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_API_KEY", StringComparison.Ordinal)
                || name.StartsWith("AWS_", StringComparison.Ordinal) || name.StartsWith("BIFROST", StringComparison.OrdinalIgnoreCase))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return start;
    }

    private static bool IsFresh()
    {
        if (!System.IO.File.Exists(File))
        {
            return false;
        }

        var built = System.IO.File.GetLastWriteTimeUtc(File);
        var sources = SourceFolders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Root).Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".sh" or ".ps1"));
        return sources.All(source => System.IO.File.GetLastWriteTimeUtc(source) <= built);
    }

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
