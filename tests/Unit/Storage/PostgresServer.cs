using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>A real PostgreSQL server of Debian's package on a free loopback port, in a directory of its own, ended with the tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Programs = "/usr/lib/postgresql";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private DirectoryInfo _directory = null!;

    /// <summary>Why there can be no server here, or null.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() ? "PostgreSQL's tests start Debian's server: Linux only"
        : Directory.Exists(Programs) || (Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get")) ? null
        : "PostgreSQL is not installed: sudo apt-get install postgresql";

    internal PostgresConfig Config { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!Directory.Exists(Programs))
        {
            await RunAsync("apt-get", "install", "-y", "-qq", "postgresql");
        }

        _directory = Directory.CreateTempSubdirectory("bifrost-lite-postgres");
        var port = FreePort();
        Config = new PostgresConfig { Host = "127.0.0.1", Port = port, User = "postgres", Password = new Secret(""), Database = "postgres", SslMode = "prefer" };
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await RunAsync("chown", "postgres", _directory.FullName);
        }

        await ServerProgramAsync("initdb", "-D", Data, "--auth=trust", "--username=postgres", "--no-sync", "--encoding=UTF8", "--locale=C");
        await ServerProgramAsync(
            "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_directory.FullName, "log"),
            "-o", $"-p {port.ToString(CultureInfo.InvariantCulture)} -c listen_addresses=127.0.0.1 -c fsync=off -k {_directory.FullName}");
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        await RunAsync("rm", "-rf", _directory.FullName);
    }

    internal Task StopAsync() => ServerProgramAsync("pg_ctl", "stop", "-m", "immediate", "-D", Data);

    private string Data => Path.Combine(_directory.FullName, "data");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task ServerProgramAsync(string name, params string[] arguments)
    {
        var program = Directory.GetDirectories(Programs).Select(version => Path.Combine(version, "bin", name)).Last(File.Exists);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", program, .. arguments]) : RunAsync(program, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // Output is not redirected into a pipe: the server would inherit it and hold it open.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" >/dev/null 2>&1");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
