using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>"config check" and "config schema".</summary>
internal static class ConfigCommands
{
    public static int Check(Terminal terminal, string file)
    {
        byte[] source;
        try
        {
            source = File.ReadAllBytes(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"error: {file} cannot be read: {problem.Message}");
            return ExitCode.Failure;
        }

        var result = new ConfigLoader(terminal.Variable).Parse(file, source);
        if (result.Config is not { } config)
        {
            WriteProblems(terminal.Error, result.Problems);
            return ExitCode.Failure;
        }

        foreach (var notice in config.Notices)
        {
            terminal.Output.WriteLine("notice: " + notice);
        }

        terminal.Output.WriteLine($"{file} is valid: {ProviderList.Describe(config)}");
        return ExitCode.Success;
    }

    public static int Schema(Terminal terminal)
    {
        terminal.Output.WriteLine(ConfigSchema.Write());
        return ExitCode.Success;
    }

    public static void WriteProblems(TextWriter output, IReadOnlyList<ConfigProblem> problems)
    {
        foreach (var problem in problems)
        {
            output.WriteLine(problem);
        }

        output.WriteLine(problems.Count == 1 ? "error: 1 problem in the configuration" : $"error: {problems.Count} problems in the configuration");
    }
}
