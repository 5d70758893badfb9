namespace BifrostLite.Pipeline.Logging;

/// <summary>
/// Whether a request's and answer's contents are kept: Bifrost's switches (client.disable_content_logging, the virtual key's own, the
/// header where the configuration permits it), and only in a store that somebody asked for. A file that was made by itself in the app
/// directory keeps no contents.
/// </summary>
internal static class ContentRule
{
    private const string Header = "x-bf-disable-content-logging";

    public static bool Keeps(Exchange exchange)
    {
        var config = exchange.Snapshot.Config;
        var client = config.Client;
        if (!client.EnableLogging || config.LogsStore is null)
        {
            return false;
        }

        var isOff = exchange.VirtualKey?.Config.DisableContentLogging ?? client.DisableContentLogging;
        if (client.AllowContentLoggingOverride && bool.TryParse(exchange.Http.Request.Headers[Header], out var asked))
        {
            isOff = asked;
        }

        return !isOff;
    }
}
