using BifrostLite.Configuration.Reading;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration;

/// <summary>
/// App directory and environment in, a validated snapshot or all its problems out. With a config.json: Bifrost's file, strictly;
/// without one: what the usual environment variables offer.
/// </summary>
internal sealed class ConfigLoader(Func<string, string?> environment)
{
    public const string FileName = "config.json";

    /// <summary>Loads &lt;appDirectory&gt;/config.json, or discovers providers where there is none.</summary>
    public ConfigLoadResult Load(string appDirectory)
    {
        var file = Path.Combine(appDirectory, FileName);
        byte[] source;
        try
        {
            source = File.ReadAllBytes(file);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            return ConfigLoadResult.Valid(EnvironmentDiscovery.Discover(environment));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return ConfigLoadResult.Invalid(new ConfigProblem(file, 0, 0, "", "cannot be read: " + problem.Message));
        }

        return Parse(file, source);
    }

    /// <summary>Checks and binds the bytes of a config.json; the file's name is only for the messages.</summary>
    public ConfigLoadResult Parse(string file, byte[] source)
    {
        var reading = new ReadingContext(file, source, environment);
        if (NodeReader.Read(reading) is not { } root)
        {
            return ConfigLoadResult.Invalid(reading.Problems);
        }

        new ShapeCheck(reading).Check(root, RootShape.Value, JsonPath.Root);
        new ProviderRules(reading).Check(root);
        new GovernanceRules(reading).Check(root);
        WebhookBinding.Check(root, reading);
        new StoreRules(reading).Check(root);
        if (reading.HasProblems)
        {
            return ConfigLoadResult.Invalid(reading.Problems);
        }

        var config = ConfigBinding.Bind(root);
        if (root["providers"] is null)
        {
            var found = EnvironmentDiscovery.Discover(environment);
            config = config with { Providers = found.Providers, DefaultProvider = found.DefaultProvider, AreProvidersDiscovered = true };
        }

        return ConfigLoadResult.Valid(config with { Source = file, Notices = reading.Notices });
    }
}
