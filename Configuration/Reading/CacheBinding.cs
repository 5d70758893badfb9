using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>Reads the settings of the answer cache from the list of plugins.</summary>
internal static class CacheBinding
{
    /// <summary>The first cache that is switched on; null where none is.</summary>
    public static CacheConfig? Bind(Node root)
    {
        foreach (var plugin in root.ItemsOf("plugins"))
        {
            if (plugin.TextOf("name") is PluginShape.CacheName or PluginShape.NewCacheName && plugin.IsTrue("enabled"))
            {
                return Bind(plugin["config"], new Section(plugin["config"], PluginShape.Cache));
            }
        }

        return null;
    }

    private static CacheConfig Bind(Node? node, Section config) => new()
    {
        Provider = config.Text("provider"),
        EmbeddingModel = config.Text("embedding_model"),
        Lifetime = Lifetime(node?["ttl"]),
        Threshold = config.Real("threshold"),
        Namespace = config.Text("vector_store_namespace"),
        DefaultKey = config.Text("default_cache_key"),
        MostMessages = config.Whole("conversation_history_threshold") is > 0 and var most ? most : new CacheConfig().MostMessages,
        ByModel = config.Flag("cache_by_model"),
        ByProvider = config.Flag("cache_by_provider"),
        ExcludesSystem = config.Flag("exclude_system_prompt"),
        IsClearedAtEnd = config.Flag("cleanup_on_shutdown"),
    };

    /// <summary>A duration, or a number of seconds; 0 stands for the default, as in Bifrost.</summary>
    private static TimeSpan Lifetime(Node? ttl)
    {
        var given = ttl switch
        {
            { Kind: NodeKind.Text } text when TextForms.TryDuration(text.Text, out var duration) => duration,
            { Kind: NodeKind.Number } number when int.TryParse(number.Text, out var seconds) => TimeSpan.FromSeconds(seconds),
            _ => TimeSpan.Zero,
        };
        return given > TimeSpan.Zero ? given : new CacheConfig().Lifetime;
    }
}
