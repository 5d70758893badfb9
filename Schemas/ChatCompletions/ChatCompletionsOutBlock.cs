using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>One choice of a stream being written.</summary>
internal sealed class ChatCompletionsOutChoice
{
    public ChatCompletionsOutChoice(int number, byte[] head)
    {
        Number = number;
        DeltaStart = [.. head, .. Encoding.ASCII.GetBytes($"{{\"index\":{number},\"delta\":{{")];
    }

    public int Number { get; }

    /// <summary>A chunk up to the first member of the delta.</summary>
    public byte[] DeltaStart { get; }

    /// <summary>Tool calls so far: the next one's index.</summary>
    public int Calls { get; set; }

    /// <summary>Reasoning blocks so far.</summary>
    public int Thoughts { get; set; }

    /// <summary>Characters of content so far, for citations.</summary>
    public int Characters { get; set; }

    public StopReason Stop { get; set; }
}

/// <summary>One block of a stream being written: the bytes before and behind each of its deltas.</summary>
internal sealed class ChatCompletionsOutBlock
{
    private readonly ChatCompletionsSurface _surface;
    private readonly byte[] _id;
    private readonly byte[] _before;
    private readonly byte[] _between;
    private readonly byte[] _behind;
    private readonly ArrayBufferWriter<byte>? _image;
    private readonly byte[] _mediaType;
    private bool _isTagged;

    public ChatCompletionsOutBlock(
        BlockKind kind, ChatCompletionsOutChoice choice, ChatCompletionsSurface surface, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name)
    {
        (Kind, Choice, _surface, _id, _mediaType) = (kind, choice, surface, id.ToArray(), []);
        Number = kind switch
        {
            BlockKind.Tool or BlockKind.CustomTool => choice.Calls++,
            BlockKind.Reasoning => choice.Thoughts++,
            _ => 0,
        };
        FirstCharacter = choice.Characters;
        if (kind == BlockKind.Media && !name.StartsWith("audio"u8))
        {
            _image = new ArrayBufferWriter<byte>();
            _mediaType = name.ToArray();
        }

        var (before, between, behind) = Dress();
        _before = before.Length == 0 ? [] : [.. choice.DeltaStart, .. Encoding.ASCII.GetBytes(before)];
        _between = Encoding.ASCII.GetBytes(between);
        _behind = Encoding.ASCII.GetBytes(behind + "},\"finish_reason\":null}]}\n\n");
    }

    public BlockKind Kind { get; }

    public ChatCompletionsOutChoice Choice { get; }

    /// <summary>Its number among the choice's tool calls or reasoning blocks.</summary>
    public int Number { get; }

    public int FirstCharacter { get; }

    private bool IsCall => Kind is BlockKind.Tool or BlockKind.CustomTool;

    /// <summary>Writes a delta without allocating.</summary>
    public void WriteText(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (_image is not null)
        {
            _image.Write(text);
            return;
        }

        if (_before.Length == 0 || text.IsEmpty)
        {
            return;
        }

        if (Kind is BlockKind.Text)
        {
            Choice.Characters += ChatCompletionsSurface.CountCharacters(text);
        }

        var twice = _between.Length > 0;
        var length = _before.Length + text.Length + _behind.Length + (twice ? _between.Length + text.Length : 0);
        var span = output.GetSpan(length);
        var at = Put(span, 0, _before);
        at = Put(span, at, text);
        if (twice)
        {
            at = Put(span, at, _between);
            at = Put(span, at, text);
        }

        output.Advance(Put(span, at, _behind));
    }

    /// <summary>Writes opaque state of a reasoning block or tool call; pieces of one state share the tag of the first.</summary>
    public void WriteState(StateKind kind, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (Kind != BlockKind.Reasoning && !IsCall)
        {
            return;
        }

        output.Write(Choice.DeltaStart);
        if (IsCall)
        {
            output.Write("\"tool_calls\":[{\"index\":"u8);

            // Vercel's AI SDK refuses a chunk whose call has no function, even where nothing of it changes.
            output.Write(Encoding.ASCII.GetBytes(Kind == BlockKind.CustomTool ? $"{Number},\"custom\":{{}}," : $"{Number},\"function\":{{}},"));
            output.Write(ChatCompletionsSurface.CallSignatureStart);
        }
        else
        {
            output.Write("\"reasoning_details\":[{\"type\":\"reasoning."u8);
            output.Write(kind == StateKind.Redacted ? "encrypted\",\"data\":\""u8 : "text\",\"signature\":\""u8);
        }

        if (!_isTagged)
        {
            _surface.WriteStateTag(kind, _id, output);
            _isTagged = true;
        }

        output.Write(data);
        output.Write(IsCall ? "\"}}}]"u8 : Encoding.ASCII.GetBytes($"\",\"index\":{Number}}}]"));
        output.Write("},\"finish_reason\":null}]}\n\n"u8);
    }

    /// <summary>An image stands whole in one chunk (openrouter.ai/docs/features/multimodal/image-generation).</summary>
    public void WriteImage(IBufferWriter<byte> output)
    {
        if (_image is null)
        {
            return;
        }

        output.Write(Choice.DeltaStart);
        output.Write("\"images\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:"u8);
        output.Write(_mediaType);
        output.Write(";base64,"u8);
        output.Write(_image.WrittenSpan);
        output.Write("\"}}]},\"finish_reason\":null}]}\n\n"u8);
    }

    private static int Put(Span<byte> span, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(span[at..]);
        return at + bytes.Length;
    }

    private (string Before, string Between, string Behind) Dress() => Kind switch
    {
        BlockKind.Text => ("\"content\":\"", "", "\""),
        BlockKind.Refusal => (_surface.ShowsRefusals ? "\"refusal\":\"" : "\"content\":\"", "", "\""),
        BlockKind.Reasoning => (
            "\"reasoning\":\"", "\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"", $"\",\"index\":{Number}}}]"),
        BlockKind.Tool => ($"\"tool_calls\":[{{\"index\":{Number},\"function\":{{\"arguments\":\"", "", "\"}}]"),
        BlockKind.CustomTool => ($"\"tool_calls\":[{{\"index\":{Number},\"custom\":{{\"input\":\"", "", "\"}}]"),
        BlockKind.Media => ("\"audio\":{\"data\":\"", "", "\"}"),
        _ => ("", "", ""),
    };
}
