using System.Diagnostics;
using System.Text.RegularExpressions;

namespace BifrostLite.Tests.Native;

/// <summary>The native executable running on a free port; killed, not asked to stop, when disposed.</summary>
internal sealed partial class NativeGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private NativeGateway(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = Patience };
    }

    public HttpClient Client { get; }

    public static async Task<NativeGateway> StartAsync(string appDirectory)
    {
        var process = Process.Start(NativeBinary.StartInfo(NativeBinary.File, "--app-dir", appDirectory, "--port", "0"))!;
        return new NativeGateway(process, await AddressAsync(process));
    }

    /// <summary>SIGKILL: nothing of the process runs after it.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Client.Dispose();
    }

    /// <summary>Reads on until the start-up lines tell the address; the rest of the output is read away, or the gateway would block on it.</summary>
    private static async Task<Uri> AddressAsync(Process gateway)
    {
        while (await gateway.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (Address().Match(line) is { Success: true } found)
            {
                gateway.BeginErrorReadLine();
                _ = gateway.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new Uri(found.Value);
            }
        }

        throw new InvalidOperationException("The gateway did not start: " + await gateway.StandardError.ReadToEndAsync());
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
