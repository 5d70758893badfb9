namespace BifrostLite.Pipeline.Jobs;

/// <summary>Where a job stands, in the words of Bifrost's async API.</summary>
internal static class JobStates
{
    public const string Pending = "pending";
    public const string Processing = "processing";
    public const string Completed = "completed";
    public const string Failed = "failed";

    public static bool IsOver(string state) => state is Completed or Failed;
}

/// <summary>Kinds of records this room keeps in the store.</summary>
internal static class JobKinds
{
    public const string Job = "job";
    public const string Webhook = "webhook";
}
