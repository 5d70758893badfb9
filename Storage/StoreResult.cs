using System.Diagnostics.CodeAnalysis;

namespace BifrostLite.Storage;

/// <summary>What a store gave, or why it could not.</summary>
internal readonly struct StoreResult<T>(T value, StoreFault? fault)
{
    public T Value { get; } = value;

    public StoreFault? Fault { get; } = fault;

    /// <summary>True where the store did what it was asked; <see cref="Value"/> counts only then.</summary>
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsDone => Fault is null;
}
