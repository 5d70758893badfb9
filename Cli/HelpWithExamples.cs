using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace BifrostLite.Cli;

/// <summary>The library's help, and under the root command's some examples.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    private const string Examples = """
        Examples:
          bifrost-lite                                     Providers from environment variables, on 127.0.0.1:8080
          bifrost-lite --app-dir . --port 9000             With ./config.json
          bifrost-lite config check                        Is config.json valid?
          bifrost-lite config schema > config.schema.json  Completion and checks in your editor
          OPENAI_API_KEY=sk-... bifrost-lite               One provider, no file

        Without a key try the built-in demo:
          curl http://127.0.0.1:8080/v1/chat/completions -H 'content-type: application/json' \
            -d '{"model": "demo/echo", "messages": [{"role": "user", "content": "Hello"}]}'

        Signals: SIGHUP reads config.json again; a changed file is also noticed by itself.
        Exit codes: 0 fine, 1 failed, 2 wrong command line.
        """;

    /// <summary>Help is shown whatever else is wrong with the line.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is RootCommand)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(Examples);
        }

        return ExitCode.Success;
    }
}
