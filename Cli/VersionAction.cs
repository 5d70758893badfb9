using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;

namespace BifrostLite.Cli;

/// <summary>"--version": version, platform and runtime on one line, as a bug report wants them.</summary>
internal sealed class VersionAction : SynchronousCommandLineAction
{
    /// <summary>The project's version, without the commit.</summary>
    public static string Version { get; } =
        typeof(VersionAction).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(
            $"bifrost-lite {Version} ({RuntimeInformation.RuntimeIdentifier}, {RuntimeInformation.FrameworkDescription})");
        return ExitCode.Success;
    }
}
