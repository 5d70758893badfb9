using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Reading;

namespace BifrostLite.Cli;

/// <summary>
/// The command line: arguments in, exit code out. "serve" is what runs when no command is named; Bifrost's single-dash flags
/// (-host, -port, -app-dir, -log-level, -log-style) are understood as well.
/// </summary>
internal sealed class CommandLine(Terminal terminal, Func<ServeOptions, Task<int>> serve)
{
    private static readonly string[] GoFlags = ["host", "port", "app-dir", "log-level", "log-style"];

    private readonly ServeFlags _flags = new(terminal.Variable);

    /// <summary>Runs what the arguments ask for; <paramref name="serve"/> runs the server until it ends and gives the exit code.</summary>
    public static Task<int> RunAsync(string[] args, Func<ServeOptions, Task<int>> serve) => new CommandLine(Terminal.OfProcess, serve).RunAsync(args);

    public async Task<int> RunAsync(string[] args)
    {
        var root = Build();
        var result = root.Parse([.. args.Select(WithTwoDashes)], new ParserConfiguration { EnablePosixBundling = false });
        if (result.Action is ParseErrorAction)
        {
            return ReportUsage(result);
        }

        return await result.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,

            // The web host listens for SIGTERM and Ctrl+C itself, and lets running streams end.
            ProcessTerminationTimeout = null,
        });
    }

    private RootCommand Build()
    {
        var root = new RootCommand("One LLM gateway in one file: speaks OpenAI, Anthropic, Bedrock and Gemini to its callers and to its providers.");
        _flags.AddTo(root);
        root.SetAction((result, _) => ServeAsync(result));

        var serveCommand = new Command("serve", "Run the gateway (the default command)");
        _flags.AddTo(serveCommand);
        serveCommand.SetAction((result, _) => ServeAsync(result));
        root.Subcommands.Add(serveCommand);
        root.Subcommands.Add(BuildConfig());
        root.Subcommands.Add(BuildStore());

        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
            {
                option.Action = new HelpWithExamples(help);
            }
            else if (option is VersionOption)
            {
                option.Action = new VersionAction();
            }
        }

        return root;
    }

    private Command BuildConfig()
    {
        var file = new Argument<string?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = "File to check instead of the app directory's config.json" };
        var check = new Command("check", "Check config.json: exit code 0 if valid, else 1 and every problem");
        check.Arguments.Add(file);
        check.Options.Add(_flags.AppDirectory);
        check.SetAction(result => ConfigCommands.Check(terminal, result.GetValue(file) ?? Path.Combine(_flags.DirectoryOf(result), ConfigLoader.FileName)));

        var schema = new Command("schema", "Print the JSON Schema of config.json");
        schema.SetAction(_ => ConfigCommands.Schema(terminal));

        var config = new Command("config", "Look at the configuration");
        config.Subcommands.Add(check);
        config.Subcommands.Add(schema);
        return config;
    }

    private Command BuildStore()
    {
        StoreCommands Commands(ParseResult result) => new(terminal, _flags.DirectoryOf(result));

        var file = new Argument<string>("file") { Description = "The copy; must not be there yet" };
        var backup = new Command("backup", "Copy the SQLite store while the gateway runs");
        backup.Arguments.Add(file);
        backup.SetAction(result => Commands(result).Backup(Path.GetFullPath(result.GetValue(file)!)));

        var check = new Command("check", "Look through the whole store: exit code 0 if it is sound");
        check.SetAction((result, _) => Commands(result).CheckAsync());

        var key = new Argument<string>("new-key") { Description = "The new encryption_key, best as env.NAME: arguments are seen by everybody on the machine" };
        var rotate = new Command("rotate-key", "Seal everything in the store with a new encryption_key; stop the gateway first");
        rotate.Arguments.Add(key);
        rotate.SetAction((result, _) => Commands(result).RotateKeyAsync(result.GetValue(key)!));

        var store = new Command("store", "Look after what is stored");
        foreach (var command in (Command[])[backup, check, rotate])
        {
            command.Options.Add(_flags.AppDirectory);
            store.Subcommands.Add(command);
        }

        return store;
    }

    private async Task<int> ServeAsync(ParseResult result)
    {
        if (_flags.GivenDirectory(result) is { } given && !Directory.Exists(given))
        {
            terminal.Error.WriteLine($"error: there is no directory {Path.GetFullPath(given)}");
            return ExitCode.Failure;
        }

        var loaded = new ConfigLoader(terminal.Variable).Load(_flags.DirectoryOf(result));
        if (loaded.Config is null)
        {
            ConfigCommands.WriteProblems(terminal.Error, loaded.Problems);
            return ExitCode.Failure;
        }

        var (options, complaint) = _flags.Settle(result, loaded.Config);
        if (options is null)
        {
            terminal.Error.WriteLine("error: " + complaint);
            return ExitCode.Usage;
        }

        if (BindGuard.Refusal(options, loaded.Config) is { } refusal)
        {
            terminal.Error.WriteLine("error: " + refusal);
            return ExitCode.Failure;
        }

        return await serve(options);
    }

    private int ReportUsage(ParseResult result)
    {
        if (result.UnmatchedTokens is [var first, ..])
        {
            // What follows an unknown word (its value, a missing command) is only noise.
            terminal.Error.WriteLine("error: " + Unknown(first, result.CommandResult.Command));
        }
        else
        {
            foreach (var error in result.Errors)
            {
                terminal.Error.WriteLine("error: " + error.Message);
            }
        }

        terminal.Error.WriteLine("Run 'bifrost-lite --help' for all options.");
        return ExitCode.Usage;
    }

    private static string Unknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        var name = token.Split('=')[0];
        var known = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Select(child => child.Name);
        var suggestion = NearestName.Find(name, known);
        return $"unknown {(isOption ? "option" : "argument")} {name}{(suggestion is null ? "" : $" (did you mean {suggestion}?)")}";
    }

    /// <summary>-port 8080 and -port=8080, as Go's flag package has them, become --port.</summary>
    private static string WithTwoDashes(string argument)
    {
        foreach (var flag in GoFlags)
        {
            if (argument == "-" + flag || argument.StartsWith($"-{flag}=", StringComparison.Ordinal))
            {
                return "-" + argument;
            }
        }

        return argument;
    }
}
