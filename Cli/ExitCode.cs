namespace BifrostLite.Cli;

/// <summary>What the process says to its caller at the end.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The configuration is wrong or the server could not start.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;
}
