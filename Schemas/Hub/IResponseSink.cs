namespace BifrostLite.Schemas.Hub;

/// <summary>Takes the events of one answer, in order, on one thread at a time.</summary>
internal interface IResponseSink
{
    void On(in ResponseEvent e);
}
