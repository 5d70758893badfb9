namespace BifrostLite.Pipeline.Jobs;

/// <summary>The doors that take jobs, by the name under which a job remembers its own (<see cref="InboundRoute.Job"/>).</summary>
internal sealed class JobDoors(params InboundRoute[] doors)
{
    public InboundRoute? Find(string name) => Array.Find(doors, door => door.Job == name);
}
