using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>The blocks of all choices of one answer: turns deltas into block events and closes everything at the end.</summary>
internal sealed class ChatCompletionsBlocks
{
    private readonly List<ChatCompletionsChoiceState> _choices = [];
    private int _next;
    private byte[] _citations = [];
    private byte[] _searchResults = [];
    private byte[] _serviceTier = [];
    private Usage _usage;

    public ref readonly Usage Usage => ref _usage;

    /// <summary>The answer's id, from which ids are made for calls that have none.</summary>
    public byte[] AnswerId { get; set; } = [];

    /// <summary>Every choice seen has its finish_reason.</summary>
    public bool IsFinished => _choices.Count > 0 && _choices.TrueForAll(c => c.Stop is not null);

    /// <summary>Takes what stands beside the choices; it is told at the end.</summary>
    public void Remember(in ChatCompletionsChunk chunk)
    {
        if (!chunk.Usage.IsEmpty)
        {
            _usage.Merge(ChatCompletionsUsage.Read(chunk));
        }

        Keep(ref _citations, chunk.Citations);
        Keep(ref _searchResults, chunk.SearchResults);
        Keep(ref _serviceTier, chunk.ServiceTier);
    }

    public void Read(in ChatCompletionsChoice choice, ref ChatCompletionsEmission sink)
    {
        var state = State(choice.Index);
        if (choice.HasDelta)
        {
            ref readonly var delta = ref choice.Delta;
            ReadReasoning(state, in delta, ref sink);
            if (!IsHeld(state, delta.Content, choice.Logprobs))
            {
                ReadContent(state, delta.Content, ref sink);
            }

            Grow(state, BlockKind.Refusal, delta.Refusal, ref sink);

            // Both hang on the text, which images and sound close.
            if (!choice.Logprobs.IsEmpty)
            {
                ReadLogprobs(state, choice.Logprobs, ref sink);
            }

            ChatCompletionsCitations.Read(delta.Annotations, this, state, ref sink);
            ReadMedia(state, in delta, ref sink);
            ChatCompletionsCallReader.Read(in delta, this, state, ref sink);
        }

        if (!choice.FinishReason.IsEmpty)
        {
            var kind = ChatCompletionsFinish.Read(choice.FinishReason);
            state.Stop = new StopReason(kind, kind == StopKind.Other ? new JsonText(choice.FinishReason.ToArray()) : default);
        }
    }

    public void Finish(ref ChatCompletionsEmission sink)
    {
        if (_choices.Count > 0)
        {
            ChatCompletionsCitations.ReadPages(_citations, _searchResults, this, _choices[0], ref sink);
        }

        foreach (var choice in _choices)
        {
            TellBlanks(choice, ref sink);
            CloseText(choice, ref sink);
            ChatCompletionsCallReader.CloseAll(choice, this, ref sink);
            Stop(choice, choice.Audio, ref sink);
        }

        Tell("citations"u8, _citations, ref sink);
        Tell("search_results"u8, _searchResults, ref sink);
        Tell("service_tier"u8, _serviceTier, ref sink);
        if (!_usage.IsEmpty)
        {
            sink.On(ResponseEvent.Of(in _usage));
        }

        foreach (var choice in _choices)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Finish, Choice = choice.Number, Stop = choice.Stop ?? default });
        }
    }

    /// <summary>Adds to the open block of this kind, after closing another and opening it where needed.</summary>
    public void Grow(ChatCompletionsChoiceState state, BlockKind kind, ReadOnlySpan<byte> text, ref ChatCompletionsEmission sink)
    {
        if (!text.IsEmpty)
        {
            sink.TextDelta(Open(state, kind, default, ref sink), state.Number, text);
        }
    }

    /// <summary>The open block of this kind.</summary>
    public int Open(ChatCompletionsChoiceState state, BlockKind kind, ReadOnlySpan<byte> id, ref ChatCompletionsEmission sink)
    {
        if (state.Open != ChatCompletionsChoiceState.None && state.OpenKind == kind)
        {
            return state.Open;
        }

        CloseText(state, ref sink);
        var blanks = kind == BlockKind.Text ? state.Blanks : [];
        state.Blanks = kind == BlockKind.Text ? [] : state.Blanks;
        state.Open = Start(state, kind, id, default, ref sink);
        state.OpenKind = kind;
        if (blanks.Length > 0)
        {
            sink.TextDelta(state.Open, state.Number, blanks);
        }

        return state.Open;
    }

    public int Start(ChatCompletionsChoiceState state, BlockKind kind, ReadOnlySpan<byte> id, ReadOnlySpan<byte> name, ref ChatCompletionsEmission sink)
    {
        if (kind != BlockKind.Reasoning && state.Blanks.Length > 0)
        {
            TellBlanks(state, ref sink);
            CloseText(state, ref sink);
        }

        state.HasBegun = true;
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = _next, Choice = state.Number, Block = kind, Id = id, Name = name });
        return _next++;
    }

    public static void CloseText(ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        Stop(state, state.Open, ref sink);
        state.Open = ChatCompletionsChoiceState.None;
        state.IsSigned = false;
        state.DetailIndex = null;
    }

    public static void Stop(ChatCompletionsChoiceState state, int block, ref ChatCompletionsEmission sink)
    {
        if (block != ChatCompletionsChoiceState.None)
        {
            sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = block, Choice = state.Number });
        }
    }

    /// <summary>Holds back the blanks an answer begins with, until it is known what they stand before.</summary>
    private static bool IsHeld(ChatCompletionsChoiceState state, ReadOnlySpan<byte> content, ReadOnlySpan<byte> logprobs)
    {
        if (state.HasBegun || !logprobs.IsEmpty)
        {
            return false;
        }

        var text = JsonSlice.Text(content);
        if (text.IsEmpty || !IsBlank(text))
        {
            return false;
        }

        state.Blanks = [.. state.Blanks, .. text];
        return true;
    }

    private static bool IsBlank(ReadOnlySpan<byte> escaped)
    {
        while (!escaped.IsEmpty)
        {
            if (escaped[0] == ' ')
            {
                escaped = escaped[1..];
            }
            else if (escaped.StartsWith("\\n"u8) || escaped.StartsWith("\\r"u8) || escaped.StartsWith("\\t"u8))
            {
                escaped = escaped[2..];
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private void TellBlanks(ChatCompletionsChoiceState state, ref ChatCompletionsEmission sink)
    {
        if (state.Blanks.Length > 0)
        {
            Open(state, BlockKind.Text, default, ref sink);
        }
    }

    private static void Keep(ref byte[] kept, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty && !value.SequenceEqual(kept))
        {
            kept = value.ToArray();
        }
    }

    private static void Tell(ReadOnlySpan<byte> name, byte[] value, ref ChatCompletionsEmission sink)
    {
        if (value.Length > 0)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = name, Raw = value });
        }
    }

    private ChatCompletionsChoiceState State(int number)
    {
        foreach (var known in _choices)
        {
            if (known.Number == number)
            {
                return known;
            }
        }

        var state = new ChatCompletionsChoiceState(number);
        _choices.Add(state);
        return state;
    }

    private void ReadReasoning(ChatCompletionsChoiceState state, in ChatCompletionsDelta delta, ref ChatCompletionsEmission sink)
    {
        if (delta.ReasoningDetails.IsEmpty)
        {
            GrowReasoning(state, delta.Reasoning, ref sink);
        }
        else
        {
            ChatCompletionsReasoning.Read(in delta, this, state, ref sink);
        }
    }

    public void GrowReasoning(ChatCompletionsChoiceState state, ReadOnlySpan<byte> text, ref ChatCompletionsEmission sink)
    {
        if (!text.IsEmpty && state.IsSigned)
        {
            CloseText(state, ref sink);
        }

        Grow(state, BlockKind.Reasoning, text, ref sink);
    }

    private void ReadContent(ChatCompletionsChoiceState state, ReadOnlySpan<byte> content, ref ChatCompletionsEmission sink)
    {
        if (!JsonSlice.IsArray(content))
        {
            // Cloudflare's Workers AI gives a structured answer as an object instead of its text.
            Grow(state, BlockKind.Text, JsonSlice.IsObject(content) ? JsonText.FromUtf8(content).Span : JsonSlice.Text(content), ref sink);
            return;
        }

        // Mistral: [{"type":"thinking","thinking":[{"type":"text","text":..}]},{"type":"text","text":..}]
        var parts = new JsonElements(content);
        while (parts.MoveNext())
        {
            var part = parts.Value;
            var thinking = JsonSlice.Member(part, "thinking"u8);
            var pieces = new JsonElements(thinking);
            while (pieces.MoveNext())
            {
                GrowReasoning(state, JsonSlice.Text(JsonSlice.Member(pieces.Value, "text"u8)), ref sink);
            }

            GrowReasoning(state, JsonSlice.Text(thinking), ref sink);
            Grow(state, BlockKind.Refusal, JsonSlice.Text(JsonSlice.Member(part, "refusal"u8)), ref sink);
            Grow(state, BlockKind.Text, JsonSlice.Text(JsonSlice.Member(part, "text"u8)), ref sink);
        }
    }

    private static void ReadLogprobs(ChatCompletionsChoiceState state, ReadOnlySpan<byte> logprobs, ref ChatCompletionsEmission sink)
    {
        var list = JsonSlice.Member(logprobs, state.OpenKind == BlockKind.Refusal ? "refusal"u8 : "content"u8);
        if (state.Open != ChatCompletionsChoiceState.None && state.OpenKind != BlockKind.Reasoning && list.Length > 2 && list[0] == '[')
        {
            sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = state.Open, Choice = state.Number, Raw = list });
        }
    }

    private void ReadMedia(ChatCompletionsChoiceState state, in ChatCompletionsDelta delta, ref ChatCompletionsEmission sink)
    {
        var images = new JsonElements(delta.Images);
        while (images.MoveNext())
        {
            // OpenRouter: images[{type, image_url{url: data URL}}]
            var url = JsonSlice.Text(JsonSlice.Member(JsonSlice.Member(images.Value, "image_url"u8), "url"u8));
            var comma = url.IndexOf((byte)',');
            if (url.StartsWith("data:"u8) && comma > 0 && url[..comma].IndexOf(";base64"u8) is var end and > 0)
            {
                CloseText(state, ref sink);
                var block = Start(state, BlockKind.Media, default, url[5..end], ref sink);
                sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = block, Choice = state.Number, Text = url[(comma + 1)..] });
                Stop(state, block, ref sink);
            }
        }

        if (!delta.Audio.IsEmpty)
        {
            ReadSound(state, delta.Audio, ref sink);
        }
    }

    /// <summary>What is said counts as text: no other API has words beside a sound, and callers without ears lose nothing.</summary>
    private void ReadSound(ChatCompletionsChoiceState state, ReadOnlySpan<byte> audio, ref ChatCompletionsEmission sink)
    {
        Grow(state, BlockKind.Text, JsonSlice.Text(JsonSlice.Member(audio, "transcript"u8)), ref sink);
        var sound = JsonSlice.Text(JsonSlice.Member(audio, "data"u8));
        if (sound.IsEmpty)
        {
            return;
        }

        if (state.Audio == ChatCompletionsChoiceState.None)
        {
            CloseText(state, ref sink);
            state.Audio = Start(state, BlockKind.Media, JsonSlice.Text(JsonSlice.Member(audio, "id"u8)), ChatCompletionsMedia.MediaType(sound), ref sink);
        }

        sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = state.Audio, Choice = state.Number, Text = sound });
    }
}
