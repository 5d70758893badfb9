namespace BifrostLite.Storage;

/// <summary>One row of a result, whatever the engine; columns count from 0.</summary>
internal interface IRow
{
    bool IsNull(int column);

    long Long(int column);

    double Double(int column);

    string Text(int column);

    /// <summary>A copy; empty for NULL.</summary>
    byte[] Bytes(int column);
}
