using System.Text;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Configuration;

/// <summary>Loads a config text against a made-up environment.</summary>
internal static class Load
{
    public static ConfigLoadResult Text(string json, params (string Name, string Value)[] environment) =>
        new ConfigLoader(Environment(environment)).Parse("config.json", Encoding.UTF8.GetBytes(json));

    public static GatewayConfig Valid(string json, params (string Name, string Value)[] environment)
    {
        var result = Text(json, environment);
        Assert.Empty(result.Problems);
        return result.Config!;
    }

    /// <summary>Every problem in its printed form.</summary>
    public static string[] Problems(string json, params (string Name, string Value)[] environment)
    {
        var result = Text(json, environment);
        Assert.Null(result.Config);
        return [.. result.Problems.Select(problem => problem.ToString())];
    }

    public static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
