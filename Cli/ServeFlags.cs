using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using BifrostLite.Configuration;

namespace BifrostLite.Cli;

/// <summary>The options of "serve": flag, else environment variable, else default. Names as Bifrost's where it has them.</summary>
internal sealed class ServeFlags
{
    private static readonly (string Name, LogLevel Level)[] Levels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning),
        ("error", LogLevel.Error), ("none", LogLevel.None),
        ("information", LogLevel.Information), ("warning", LogLevel.Warning), ("critical", LogLevel.Critical),
    ];

    private readonly Option<string?> _appDirectory;
    private readonly Option<string> _host;
    private readonly Option<int> _port;
    private readonly Option<LogLevel> _logLevel;
    private readonly Option<LogStyle> _logStyle;
    private readonly Option<bool> _allowUnauthenticated;
    private readonly Func<string, string?> _variable;

    public ServeFlags(Func<string, string?> variable)
    {
        _variable = variable;
        _appDirectory = new Option<string?>("--app-dir")
        {
            Description = $"Directory of config.json [env: BIFROST_APP_DIR; default: {DefaultDirectory()}]",
            HelpName = "directory",
        };
        _host = new Option<string>("--host")
        {
            Description = "Address to listen on: an IP address or localhost [env: BIFROST_HOST]",
            HelpName = "address",
            DefaultValueFactory = result => Checked(result, "BIFROST_HOST", "127.0.0.1", Host),
            CustomParser = result => Single(result, Host)!,
        };
        _port = new Option<int>("--port", "-p")
        {
            Description = "Port to listen on; 0 for any free one [env: BIFROST_PORT]",
            HelpName = "port",
            DefaultValueFactory = result => Checked(result, "BIFROST_PORT", "8080", Port),
            CustomParser = result => Single(result, Port),
        };
        _logLevel = new Option<LogLevel>("--log-level")
        {
            Description = "Least level that is logged: trace, debug, info, warn, error, none [env: LOG_LEVEL; default: info]",
            HelpName = "level",
            CustomParser = result => Single(result, Level),
        };
        _logStyle = new Option<LogStyle>("--log-style")
        {
            Description = "pretty for people, json for machines [env: LOG_STYLE; default: pretty]",
            HelpName = "style",
            CustomParser = result => Single(result, Style),
        };
        _allowUnauthenticated = new Option<bool>("--allow-unauthenticated")
        {
            Description = "Listen beyond this machine although callers need no key",
        };
    }

    public Option<string?> AppDirectory => _appDirectory;

    public void AddTo(Command command)
    {
        command.Options.Add(_appDirectory);
        command.Options.Add(_host);
        command.Options.Add(_port);
        command.Options.Add(_logLevel);
        command.Options.Add(_logStyle);
        command.Options.Add(_allowUnauthenticated);
    }

    /// <summary>The directory to look in, as a full path.</summary>
    public string DirectoryOf(ParseResult result) =>
        Path.GetFullPath(GivenDirectory(result) ?? DefaultDirectory());

    /// <summary>The directory if the user named one: that one must exist, the default need not.</summary>
    public string? GivenDirectory(ParseResult result) =>
        result.GetValue(_appDirectory) is { Length: > 0 } given ? given : _variable("BIFROST_APP_DIR") is { Length: > 0 } variable ? variable : null;

    /// <summary>The settled options, or what is wrong with an environment variable.</summary>
    public (ServeOptions? Options, string? Complaint) Settle(ParseResult result, GatewayConfig config)
    {
        string? complaint = null;
        var level = FromEnvironment(result, _logLevel, "LOG_LEVEL", LogLevel.Information, Level, ref complaint);
        var style = FromEnvironment(result, _logStyle, "LOG_STYLE", LogStyle.Pretty, Style, ref complaint);
        if (complaint is not null)
        {
            return (null, complaint);
        }

        var host = result.GetValue(_host)!;
        return (new ServeOptions
        {
            AppDirectory = DirectoryOf(result),
            Host = host,
            Address = host == "localhost" ? null : IPAddress.Parse(host),
            Port = result.GetValue(_port),
            LogLevel = level,
            LogStyle = style,
            AllowUnauthenticated = result.GetValue(_allowUnauthenticated),
            Config = config,
        }, null);
    }

    private string DefaultDirectory()
    {
        var root = _variable("XDG_CONFIG_HOME") is { Length: > 0 } xdg ? xdg
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : Path.Combine(_variable("HOME") is { Length: > 0 } home ? home : "/", ".config");
        return Path.Combine(root, "bifrost-lite");
    }

    private T FromEnvironment<T>(ParseResult result, Option<T> option, string name, T otherwise, Func<string, (T, string?)> read, ref string? complaint)
    {
        if (result.GetResult(option) is { Implicit: false })
        {
            return result.GetValue(option)!;
        }

        if (_variable(name) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        var (value, problem) = read(text);
        complaint ??= problem is null ? null : $"environment variable {name}: {problem}";
        return value;
    }

    private T Checked<T>(ArgumentResult result, string name, string otherwise, Func<string, (T, string?)> read)
    {
        var (value, problem) = read(_variable(name) is { Length: > 0 } text ? text : otherwise);
        if (problem is not null)
        {
            result.AddError($"environment variable {name}: {problem}");
        }

        return value;
    }

    private static T Single<T>(ArgumentResult result, Func<string, (T, string?)> read)
    {
        var (value, problem) = read(result.Tokens[0].Value);
        if (problem is not null)
        {
            result.AddError($"{((OptionResult)result.Parent!).Option.Name}: {problem}");
        }

        return value;
    }

    /// <summary>Only addresses: Kestrel takes any other name for "every interface", which nobody means.</summary>
    private static (string, string?) Host(string text)
    {
        var host = text.Trim().Trim('[', ']');
        return host == "localhost" || IPAddress.TryParse(host, out _)
            ? (host, null)
            : ("127.0.0.1", $"\"{text}\" is neither an IP address nor localhost (0.0.0.0 or :: for every interface)");
    }

    private static (int, string?) Port(string text) =>
        int.TryParse(text, out var port) && port is >= 0 and <= 65_535 ? (port, null) : (0, $"\"{text}\" is not a port (0 to 65535)");

    private static (LogLevel, string?) Level(string text)
    {
        foreach (var (name, level) in Levels)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return (level, null);
            }
        }

        return (LogLevel.Information, $"\"{text}\" is not one of trace, debug, info, warn, error, none");
    }

    private static (LogStyle, string?) Style(string text) =>
        text.Equals("json", StringComparison.OrdinalIgnoreCase) ? (LogStyle.Json, null)
        : text.Equals("pretty", StringComparison.OrdinalIgnoreCase) ? (LogStyle.Pretty, null)
        : (LogStyle.Pretty, $"\"{text}\" is neither pretty nor json");
}
