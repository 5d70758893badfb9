using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Writes events as streamGenerateContent?alt=sse: each data line one response object with one part. Calls are written whole,
/// why the answer stopped and what it cost come with the last chunk of each candidate.
/// </summary>
internal sealed class GenerateContentStreamEncoder(AnswerContext context, IBufferWriter<byte> output) : StreamEncoder
{
    private readonly Dictionary<int, GenerateContentOpenBlock> _open = [];

    /// <summary>Deltas need not say what block they belong to; only its start does.</summary>
    private readonly Dictionary<int, BlockKind> _kinds = [];
    private readonly List<(int Choice, StopReason Stop)> _stops = [];
    private readonly List<Citation> _citations = [];
    private byte[] _tail = [];
    private readonly AnswerLosses _losses = new(context.Losses);
    private Usage _usage;

    public override void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.MessageStart:
                _usage = e.Usage;
                _tail = GenerateContentParts.Tail(e.Id, e.Name, context);
                break;
            case EventKind.BlockStart:
                OnBlockStart(e);
                break;
            case EventKind.BlockDelta:
                OnDelta(e);
                break;
            case EventKind.BlockStop:
                OnBlockStop(e);
                break;
            case EventKind.Annotation when e.Citation is { } citation:
                _citations.Add(citation);
                break;
            case EventKind.Usage:
                _usage = e.Usage;
                break;
            case EventKind.Finish:
                _stops.Add((e.Choice, e.Stop));
                break;
            case EventKind.Error when e.Error is { } error:
                SseWriter.Begin(output);
                GenerateContentErrors.Write(error, output);
                SseWriter.End(output);
                break;
            case EventKind.End:
                WriteEnd();
                break;
            default:
                _losses.Note(e);
                break;
        }
    }

    private void OnBlockStart(in ResponseEvent e)
    {
        _kinds[e.Index] = e.Block;
        switch (e.Block)
        {
            case BlockKind.Tool or BlockKind.CustomTool or BlockKind.Media:
                _open[e.Index] = new GenerateContentOpenBlock(e.Block, new JsonText(e.Id.ToArray()), new JsonText(e.Name.ToArray()));
                break;
            case BlockKind.ServerTool or BlockKind.ServerToolResult:
                context.Losses.Add("answer.server_tool", LossReason.Unsupported);
                break;
        }
    }

    private void OnDelta(in ResponseEvent e)
    {
        if (_open.TryGetValue(e.Index, out var block))
        {
            block.Add(e.Delta, e.Text);
            return;
        }

        var kind = _kinds.GetValueOrDefault(e.Index);
        switch (e.Delta)
        {
            case DeltaKind.Text when kind is not (BlockKind.ServerTool or BlockKind.ServerToolResult):
                StartChunk();
                output.Write("{\"text\":\""u8);
                output.Write(e.Text);
                output.Write(kind == BlockKind.Reasoning ? "\",\"thought\":true}"u8 : "\"}"u8);
                EndChunk(e.Choice);
                break;
            case DeltaKind.SummaryBreak:
                StartChunk();
                output.Write("{\"text\":\"\\n\\n\",\"thought\":true}"u8);
                EndChunk(e.Choice);
                break;
            case DeltaKind.Signature or DeltaKind.Redacted:
                StartChunk();
                output.Write("{\"text\":\"\",\"thought\":true,\"thoughtSignature\":\""u8);
                var state = e.Delta == DeltaKind.Redacted ? StateKind.Redacted : StateKind.Signature;
                GenerateContentSignature.Write(state, e.Text, context.Origin, output);
                output.Write("\"}"u8);
                EndChunk(e.Choice);
                break;
        }
    }

    private void OnBlockStop(in ResponseEvent e)
    {
        _kinds.Remove(e.Index);
        if (_open.Remove(e.Index, out var block))
        {
            StartChunk();
            block.Write(context, output);
            EndChunk(e.Choice);
        }
    }

    private void WriteEnd()
    {
        foreach (var (choice, stop) in _stops)
        {
            SseWriter.Begin(output);
            output.Write("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}],\"role\":\"model\"},\"finishReason\":\""u8);
            output.Write(GenerateContentStops.Write(stop));
            output.Write("\","u8);
            if (choice == 0 && _citations.Count > 0)
            {
                GenerateContentParts.WriteGrounding(_citations, output);
            }

            output.Write("\"index\":"u8);
            var json = new JsonEmitter(output);
            json.Number(choice);
            output.Write("}],\"usageMetadata\":"u8);
            json = new JsonEmitter(output);
            GenerateContentUsage.Write(ref json, _usage);
            output.Write(_tail);
            SseWriter.End(output);
        }
    }

    private void StartChunk()
    {
        SseWriter.Begin(output);
        output.Write("{\"candidates\":[{\"content\":{\"parts\":["u8);
    }

    private void EndChunk(int choice)
    {
        output.Write("],\"role\":\"model\"},\"index\":"u8);
        new JsonEmitter(output).Number(choice);
        output.Write("}]"u8);
        output.Write(_tail);
        SseWriter.End(output);
    }
}
