namespace BifrostLite.Tests.Unit.Providers;

/// <summary>A clock that stands where it was put.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
