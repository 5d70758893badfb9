using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Configuration;

public sealed class ConfigSchemaTests
{
    private static readonly (string, string)[] Environment = [("VALUE", "value"), ("ADDRESS", "http://127.0.0.1:8000")];

    private static readonly string Full = File.ReadAllText(Path.Combine(Folder(), "Fixtures/full.json"));

    private static readonly SchemaJudge Judge = new(JsonDocument.Parse(ConfigSchema.Write()).RootElement);

    /// <summary>After a wanted change: dotnet run -- config schema > docs/config.schema.json</summary>
    [Fact]
    public void Write_PublishedSchema_IsTheOneInTheDocuments() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Folder(), "../../../docs/config.schema.json")).TrimEnd(), ConfigSchema.Write());

    [Fact]
    public void Write_FullFile_IsAcceptedByLoaderAndSchema()
    {
        Load.Valid(Full, Environment);
        Assert.True(Judge.Accepts(JsonDocument.Parse(Full).RootElement));
    }

    [Theory]
    [InlineData("""{"clint": {}}""")]
    [InlineData("""{"client": {"max_request_body_size_mb": 0}}""")]
    [InlineData("""{"client": {"allowed_origins": "*"}}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": "k", "weight": "1"}]}}}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": "k"}], "network_config": {"base_url": "openai"}}}}""")]
    [InlineData("""{"logs_store": {"enabled": true, "type": "sqlite", "config": {"file": "x"}}}""")]
    [InlineData("""{"plugins": [{"name": "semantic_cache", "enabled": true, "config": {"threshold": 2}}]}""")]
    [InlineData("""{"plugins": [{"name": "logging", "enabled": true, "config": {"logging_headers": "x"}}]}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": {"value": "k", "from": "x"}}]}}}""")]
    [InlineData("""{"governance": {"budgets": [{"id": "b", "max_limit": 1}]}}""")]
    [InlineData("""{"governance": {"routing_rules": [{"id": "b", "name": "r", "targets": [{"weight": 0}]}]}}""")]
    public void Write_WrongShape_IsRefusedByLoaderAndSchema(string json)
    {
        Assert.NotEmpty(Load.Problems(json));
        Assert.False(Judge.Accepts(JsonDocument.Parse(json).RootElement));
    }

    /// <summary>
    /// Every value of the full file replaced by each of some others: the loader never throws, has problems exactly if it has no snapshot, and whatever it
    /// accepts the schema accepts.
    /// </summary>
    [Fact]
    [Trait("Category", "Slow")]
    public void Parse_EveryValueReplaced_NeverThrowsAndAgreesWithTheSchema()
    {
        string[] others = ["null", "true", "-1", "1e400", "7.5", "\"\"", "\"x\"", "\"env.VALUE\"", "\"env.\"", "[]", "[null]", "{}", "{\"x\": 1}"];
        var count = 0;
        foreach (var path in Paths(JsonNode.Parse(Full)!))
        {
            foreach (var other in others)
            {
                var json = Replaced(path, other);
                var result = Load.Text(json, Environment);
                Assert.Equal(result.Config is null, result.Problems.Count > 0);
                if (result.Config is not null)
                {
                    Assert.True(Judge.Accepts(JsonDocument.Parse(json).RootElement), $"{string.Join('.', path)} = {other}");
                }

                count++;
            }
        }

        Assert.True(count > 2000);
    }

    private static string Replaced(string[] path, string value)
    {
        var root = JsonNode.Parse(Full)!;
        var parent = path[..^1].Aggregate(root, (node, step) => node is JsonArray array ? array[int.Parse(step)]! : node[step]!);
        if (parent is JsonArray list)
        {
            list[int.Parse(path[^1])] = JsonNode.Parse(value);
        }
        else
        {
            parent[path[^1]] = JsonNode.Parse(value);
        }

        return root.ToJsonString();
    }

    private static IEnumerable<string[]> Paths(JsonNode? node, params string[] path)
    {
        if (path.Length > 0)
        {
            yield return path;
        }

        IEnumerable<(string Name, JsonNode? Child)> children = node switch
        {
            JsonObject members => members.Select(member => (member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => (index.ToString(), item)),
            _ => [],
        };
        foreach (var (name, child) in children)
        {
            foreach (var below in Paths(child, [.. path, name]))
            {
                yield return below;
            }
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
