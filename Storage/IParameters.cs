namespace BifrostLite.Storage;

/// <summary>The numbered parameters of a statement, bound from left to right, whatever the engine.</summary>
internal interface IParameters<TSelf>
    where TSelf : class, IParameters<TSelf>
{
    TSelf Bind(long value);

    TSelf Bind(long? value);

    TSelf Bind(string? value);

    TSelf Bind(ReadOnlyMemory<byte> value);
}
