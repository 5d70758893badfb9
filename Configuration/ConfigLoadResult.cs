namespace BifrostLite.Configuration;

/// <summary>What came of loading: a whole valid snapshot, or every problem at once.</summary>
/// <param name="Config">The snapshot; null exactly if there are problems.</param>
/// <param name="Problems">What is wrong, in the order of the file.</param>
internal readonly record struct ConfigLoadResult(GatewayConfig? Config, IReadOnlyList<ConfigProblem> Problems)
{
    public static ConfigLoadResult Valid(GatewayConfig config) => new(config, []);

    public static ConfigLoadResult Invalid(params IReadOnlyList<ConfigProblem> problems) => new(null, problems);
}
