namespace BifrostLite.Cli;

/// <summary>How log lines and the start-up message look.</summary>
internal enum LogStyle
{
    /// <summary>For people at a terminal.</summary>
    Pretty,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,
}
