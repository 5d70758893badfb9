namespace BifrostLite.Providers.Auth.Aws;

/// <summary>
/// The sections of ~/.aws/config and ~/.aws/credentials, merged; the credentials file wins.
/// See https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html.
/// </summary>
internal sealed class AwsProfiles
{
    private readonly Dictionary<string, Dictionary<string, string>> _profiles = [];
    private readonly Dictionary<string, Dictionary<string, string>> _sessions = [];

    public static AwsProfiles Read(AwsSurroundings surroundings)
    {
        var profiles = new AwsProfiles();
        var folder = Path.Combine(surroundings.Home, ".aws");
        var config = surroundings.Variable("AWS_CONFIG_FILE") is { Length: > 0 } given ? given : Path.Combine(folder, "config");
        var credentials = surroundings.Variable("AWS_SHARED_CREDENTIALS_FILE") is { Length: > 0 } other ? other : Path.Combine(folder, "credentials");
        profiles.Add(surroundings.ReadFile(config) ?? "", isConfig: true);
        profiles.Add(surroundings.ReadFile(credentials) ?? "", isConfig: false);
        return profiles;
    }

    public IReadOnlyDictionary<string, string>? Profile(string name) => _profiles.GetValueOrDefault(name);

    public IReadOnlyDictionary<string, string>? Session(string name) => _sessions.GetValueOrDefault(name);

    private void Add(string text, bool isConfig)
    {
        Dictionary<string, string>? section = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (line[0] == '[')
            {
                section = Section(line.Trim('[', ']').Trim(), isConfig);
            }
            else if (section is not null && !char.IsWhiteSpace(raw[0]) && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var split)
            {
                // Indented lines belong to a nested setting (s3 = …) that is of no interest here.
                section[line[..split].Trim().ToLowerInvariant()] = line[(split + 1)..].Trim();
            }
        }
    }

    private Dictionary<string, string>? Section(string header, bool isConfig)
    {
        var words = header.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var (home, name) = (isConfig, words) switch
        {
            (false, [var only]) => (_profiles, only),
            (true, ["default"]) => (_profiles, "default"),
            (true, ["profile", var named]) => (_profiles, named.Trim('"')),
            (true, ["sso-session", var session]) => (_sessions, session.Trim('"')),
            _ => (null, ""),
        };
        if (home is null)
        {
            return null;
        }

        if (!home.TryGetValue(name, out var section))
        {
            home[name] = section = [];
        }

        return section;
    }
}
