namespace BifrostLite.Cli;

/// <summary>What a command reads from and writes to, so that tests can look.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Problems.</param>
/// <param name="Variable">Value of an environment variable, or null.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, Func<string, string?> Variable)
{
    public static Terminal OfProcess => new(Console.Out, Console.Error, Environment.GetEnvironmentVariable);
}
