using BifrostLite.Cli;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Unit.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly Dictionary<string, string> _variables = [];
    private ServeOptions? _served;

    public void Dispose() => _directory.Delete(true);

    [Fact]
    public async Task Run_NoArguments_ServesWithTheDefaults()
    {
        _variables["XDG_CONFIG_HOME"] = _directory.FullName;

        Assert.Equal(0, await Run());

        Assert.Equal(Path.Combine(_directory.FullName, "bifrost-lite"), _served!.AppDirectory);
        Assert.Equal(("127.0.0.1", 8080, LogLevel.Information, LogStyle.Pretty, false, true),
            (_served.Host, _served.Port, _served.LogLevel, _served.LogStyle, _served.AllowUnauthenticated, _served.IsLoopback));
        Assert.Equal("demo", _served.Config.DefaultProvider);
    }

    [Theory]
    [InlineData("--app-dir DIR --host 127.0.0.1 --port 9000 --log-level debug --log-style json")]
    [InlineData("serve --app-dir DIR --host 127.0.0.1 --port 9000 --log-level DEBUG --log-style JSON")]
    [InlineData("-app-dir DIR -host 127.0.0.1 -port 9000 -log-level debug -log-style json")]
    [InlineData("-app-dir=DIR -host=127.0.0.1 -port=9000 -log-level=debug -log-style=json")]
    [InlineData("--app-dir=DIR --port=9000 --log-level=debug --log-style=json")]
    public async Task Run_Flags_AreTakenInEverySpelling(string line)
    {
        Assert.Equal(0, await Run(line.Replace("DIR", _directory.FullName, StringComparison.Ordinal).Split(' ')));

        Assert.Equal((_directory.FullName, "127.0.0.1", 9000, LogLevel.Debug, LogStyle.Json),
            (_served!.AppDirectory, _served.Host, _served.Port, _served.LogLevel, _served.LogStyle));
    }

    [Fact]
    public async Task Run_EnvironmentVariables_HoldUnlessAFlagSaysOtherwise()
    {
        _variables["BIFROST_APP_DIR"] = _directory.FullName;
        _variables["BIFROST_HOST"] = "::1";
        _variables["BIFROST_PORT"] = "9001";
        _variables["LOG_LEVEL"] = "warning";
        _variables["LOG_STYLE"] = "json";

        await Run("--port", "9002");

        Assert.Equal((_directory.FullName, "::1", 9002, LogLevel.Warning, LogStyle.Json),
            (_served!.AppDirectory, _served.Host, _served.Port, _served.LogLevel, _served.LogStyle));
    }

    [Theory]
    [InlineData("--prot 80", "unknown option --prot (did you mean --port?)")]
    [InlineData("confg", "unknown argument confg (did you mean config?)")]
    [InlineData("config chek", "unknown argument chek (did you mean check?)")]
    [InlineData("--port 99999", "--port: \"99999\" is not a port (0 to 65535)")]
    [InlineData("--host gateway.example", "--host: \"gateway.example\" is neither an IP address nor localhost")]
    [InlineData("--log-level loud", "--log-level: \"loud\" is not one of trace, debug, info, warn, error, none")]
    [InlineData("--log-style xml", "--log-style: \"xml\" is neither pretty nor json")]
    public async Task Run_WrongLine_IsAUsageErrorThatHelps(string line, string expected)
    {
        Assert.Equal(2, await Run(line.Split(' ')));

        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.Null(_served);
    }

    [Theory]
    [InlineData("BIFROST_PORT", "x")]
    [InlineData("BIFROST_HOST", "x")]
    [InlineData("LOG_LEVEL", "x")]
    [InlineData("LOG_STYLE", "x")]
    public async Task Run_WrongVariable_IsNamed(string name, string value)
    {
        _variables[name] = value;

        Assert.Equal(2, await Run());

        Assert.Contains($"environment variable {name}: \"x\"", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongConfig_FailsWithEveryProblem()
    {
        Write("""{"clint": {}, "version": 3}""");

        Assert.Equal(1, await Run("--app-dir", _directory.FullName));

        var error = _error.ToString();
        Assert.Contains($"{_directory.FullName}/config.json:1:2: $.clint: there is no such key (did you mean \"client\"?)", error, StringComparison.Ordinal);
        Assert.Contains("$.version: must be between 1 and 2, not 3", error, StringComparison.Ordinal);
        Assert.Contains("2 problems", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AppDirectoryThatIsNotThere_Fails()
    {
        Assert.Equal(1, await Run("--app-dir", Path.Combine(_directory.FullName, "nope")));

        Assert.Contains("there is no directory", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0", false, 1)]
    [InlineData("::", false, 1)]
    [InlineData("192.168.0.7", false, 1)]
    [InlineData("0.0.0.0", true, 0)]
    [InlineData("127.8.8.8", false, 0)]
    [InlineData("localhost", false, 0)]
    [InlineData("[::1]", false, 0)]
    public async Task Run_HostBeyondThisMachine_NeedsConsent(string host, bool isAllowed, int expected)
    {
        string[] line = ["--app-dir", _directory.FullName, "--host", host];
        Assert.Equal(expected, await Run(isAllowed ? [.. line, "--allow-unauthenticated"] : line));

        Assert.Equal(expected == 0, _served is not null);
        Assert.Equal(expected != 0, _error.ToString().Contains("--allow-unauthenticated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Help_ShowsOptionsAndExamples()
    {
        Assert.Equal(0, await Run("--help"));

        Assert.Contains("--allow-unauthenticated", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("demo/echo", _output.ToString(), StringComparison.Ordinal);
        Assert.Null(_served);
    }

    [Fact]
    public async Task Run_Version_IsOneLine()
    {
        Assert.Equal(0, await Run("--version"));

        Assert.Matches(@"^bifrost-lite \d+\.\d+\.\d+ \(.+\)\n$", _output.ToString());
    }

    [Fact]
    public async Task ConfigCheck_ValidFile_SucceedsWithNoticesAndWithoutKeys()
    {
        Write("""{"providers": {"openai": {"keys": [{"value": "sk-hidden"}]}, "demo": {}}, "mcp": {"client_configs": [{"name": "a", "connection_type": "sse"}]}}""");

        Assert.Equal(0, await Run("config", "check", "--app-dir", _directory.FullName));

        Assert.Contains("notice: $.mcp (line 1) is read and checked, but has no effect in this version", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("is valid: openai (1 key), demo", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigCheck_NamedFile_IsCheckedInPlaceOfTheDirectorys()
    {
        Write("[]");

        Assert.Equal(1, await Run("config", "check", Path.Combine(_directory.FullName, "config.json")));
        Assert.Equal(1, await Run("config", "check", Path.Combine(_directory.FullName, "missing.json")));
        Assert.Contains("cannot be read", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> Run(params string[] line) => new CommandLine(
        new Terminal(_output, _error, name => _variables.GetValueOrDefault(name)),
        options =>
        {
            _served = options;
            return Task.FromResult(0);
        }).RunAsync(line);

    private void Write(string json) => File.WriteAllText(Path.Combine(_directory.FullName, "config.json"), json);
}
