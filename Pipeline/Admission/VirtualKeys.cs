using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Admission;

/// <summary>The virtual keys in force; a reload puts a new book in place of the old.</summary>
internal sealed class VirtualKeys
{
    private volatile KeyBook _book;

    public VirtualKeys(ConfigSource source)
    {
        _book = BookOf(source.Current);
        source.Changed += config => _book = BookOf(config);
    }

    public KeyBook Book => _book;

    private static KeyBook BookOf(GatewayConfig config) => new([.. config.Governance.VirtualKeys.Select(key => new VirtualKey(key))]);
}
