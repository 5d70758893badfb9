using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Writes turns as contents of parts (ai.google.dev/api/caching#Part). What has no part is left out and recorded.</summary>
internal sealed class GenerateContentContentWriter(TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>
    /// Stands for the signature of a call that another model made: Gemini 3 refuses a call without one
    /// (ai.google.dev/gemini-api/docs/thought-signatures, "migrating from other models").
    /// </summary>
    private static readonly JsonText NoSignature = JsonText.From("skip_thought_signature_validator");

    /// <summary>A signature whose reasoning has no text: it belongs to the call that follows, or to nothing that is shown.</summary>
    private JsonText _pending;

    private bool IsLevelled => target.Reasoning == ReasoningStyle.Level;

    public void WriteTurns(ref JsonEmitter json, List<Turn> turns)
    {
        json.StartArray();
        foreach (var turn in turns)
        {
            json.StartObject();
            json.Member("role"u8, turn.Role == Role.Assistant ? "model"u8 : "user"u8);
            json.StartArray("parts"u8);
            WriteParts(ref json, turn);
            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteParts(ref JsonEmitter json, Turn turn)
    {
        var hasParts = false;
        var hasCall = false;
        foreach (var part in turn.Parts)
        {
            losses.AddIf(part.Cache is not null, part.Path, "cache_control", LossReason.Unsupported);
            hasParts |= part is ToolCallPart call ? WriteCall(ref json, call, ref hasCall) : WritePart(ref json, part);
        }

        hasParts |= ReleasePending(ref json);
        foreach (var part in turn.Parts)
        {
            if (part is ToolResultPart result && !IsLevelled)
            {
                WriteMediaBeside(ref json, result);
            }
        }

        if (!hasParts)
        {
            json.Raw("{\"text\":\"(no content)\"}"u8);
            losses.Add(turn.Parts is [var first, ..] ? first.Path : "messages", LossReason.Repaired);
        }
    }

    private bool WritePart(ref JsonEmitter json, Part part)
    {
        if (part is ReasoningPart { State: { } state } reasoning)
        {
            return WriteReasoning(ref json, reasoning, state);
        }

        ReleasePending(ref json);
        switch (part)
        {
            case TextPart text:
                losses.AddIf(text.Citations.Count > 0, part.Path, "citations", LossReason.Unsupported);
                return WriteText(ref json, text.Text);
            case RefusalPart refusal:
                return WriteText(ref json, refusal.Text);
            case ImagePart image:
                losses.AddIf(image.Detail is not (null or "auto"), part.Path, "detail", LossReason.Unsupported);
                return WriteMedia(ref json, image.Source, "image/png", part.Path);
            case DocumentPart document:
                LoseAbout(document);
                return WriteMedia(ref json, document.Source, "application/pdf", part.Path);
            case AudioPart audio:
                return WriteMedia(ref json, audio.Source, "audio/wav", part.Path);
            case VideoPart video:
                return WriteMedia(ref json, video.Source, "video/mp4", part.Path);
            case ToolResultPart result:
                return WriteResult(ref json, result);
            default:
                losses.Add(part.Path, LossReason.Unsupported);
                return false;
        }
    }

    /// <summary>A blob has no name (displayName is refused outside Vertex), and there are no citations of it.</summary>
    private void LoseAbout(DocumentPart document)
    {
        losses.AddIf(!document.Name.IsEmpty, document.Path, "name", LossReason.Unsupported);
        losses.AddIf(!document.Context.IsEmpty, document.Path, "context", LossReason.Unsupported);
        losses.AddIf(document.Citations, document.Path, "citations", LossReason.Unsupported);
    }

    private static bool WriteText(ref JsonEmitter json, JsonText text)
    {
        json.StartObject();
        json.Member("text"u8, text);
        json.EndObject();
        return true;
    }

    private bool WriteMedia(ref JsonEmitter json, MediaSource source, string otherwise, string path)
    {
        if (!source.Url.IsEmpty || !source.FileId.IsEmpty)
        {
            return WriteFile(ref json, source, path);
        }

        if (source.Base64.IsEmpty && source.Text.IsEmpty)
        {
            losses.Add(path, LossReason.Unsupported);
            return false;
        }

        var type = source.MediaType.Length > 0 ? source.MediaType : source.Text.IsEmpty ? otherwise : "text/plain";
        json.StartObject();
        json.StartObject("inlineData"u8);
        json.Member("mimeType"u8, type == "image/jpg" ? "image/jpeg" : type);
        json.Name("data"u8);
        json.StartString();
        source.WriteBytes(output);
        json.EndString();
        json.EndObject();
        json.EndObject();
        return true;
    }

    /// <summary>Files of Google's own, and pages of the web (ai.google.dev/gemini-api/docs/file-input-methods); another provider's file id means nothing.</summary>
    private bool WriteFile(ref JsonEmitter json, MediaSource source, string path)
    {
        var uri = source.Url.IsEmpty ? source.FileId : source.Url;
        if (uri.Span.IndexOf("://"u8) < 0)
        {
            losses.Add(path, LossReason.Unsupported);
            return false;
        }

        json.StartObject();
        json.StartObject("fileData"u8);
        var type = source.MediaType.Length > 0 ? source.MediaType : GenerateContentMedia.TypeOf(uri.Decode());
        if (type.Length > 0 && !type.EndsWith('*'))
        {
            json.Member("mimeType"u8, type);
        }

        json.Member("fileUri"u8, uri);
        json.EndObject();
        json.EndObject();
        return true;
    }

    private bool WriteCall(ref JsonEmitter json, ToolCallPart call, ref bool hasCall)
    {
        var signature = _pending;
        _pending = default;
        if (call.State is { } state)
        {
            var isOwn = state.IsFor(target, GenerateContentDialect.DialectName);
            signature = isOwn ? state.Data : signature;
            losses.AddIf(!isOwn, call.Path, "signature", LossReason.OtherIssuer);
        }

        if (signature.IsEmpty && IsLevelled && !hasCall)
        {
            signature = NoSignature;
        }

        hasCall = true;
        json.StartObject();
        json.StartObject("functionCall"u8);
        json.Member("id"u8, call.Id);
        json.Member("name"u8, call.Name);
        json.Member("args"u8, CallArguments.AsObject(call.Arguments, call.Path, losses));
        json.EndObject();
        json.MemberIfKnown("thoughtSignature"u8, signature);
        json.EndObject();
        return true;
    }

    /// <summary>"output" and "error" are the keys the model is told about (ai.google.dev/api/caching#FunctionResponse).</summary>
    private bool WriteResult(ref JsonEmitter json, ToolResultPart result)
    {
        json.StartObject();
        json.StartObject("functionResponse"u8);
        json.Member("id"u8, result.CallId);
        json.Member("name"u8, result.Name.IsEmpty ? result.CallId : result.Name);
        json.StartObject("response"u8);
        json.Name(result.IsError ? "error"u8 : "output"u8);
        json.StartString();
        foreach (var part in result.Content)
        {
            output.Write(part is TextPart text ? text.Text.Span : default);
        }

        json.EndString();
        json.EndObject();
        if (IsLevelled && result.Content.Exists(static p => p is not TextPart))
        {
            json.StartArray("parts"u8);
            WriteMediaBeside(ref json, result);
            json.EndArray();
        }

        json.EndObject();
        json.EndObject();
        return true;
    }

    /// <summary>Only Gemini 3 takes media inside a function's response; for the others it stands beside it.</summary>
    private void WriteMediaBeside(ref JsonEmitter json, ToolResultPart result)
    {
        foreach (var part in result.Content)
        {
            if (part is not TextPart)
            {
                WritePart(ref json, part);
            }
        }
    }

    private bool WriteReasoning(ref JsonEmitter json, ReasoningPart reasoning, ReasoningState state)
    {
        var released = ReleasePending(ref json);
        if (RequestRepair.IsBlank(reasoning.Text))
        {
            _pending = state.Data;
            return released;
        }

        json.StartObject();
        json.Member("text"u8, reasoning.Text);
        json.Member("thought"u8, true);
        json.Member("thoughtSignature"u8, state.Data);
        json.EndObject();
        return true;
    }

    /// <summary>A signature that no call follows was sent on an empty text.</summary>
    private bool ReleasePending(ref JsonEmitter json)
    {
        if (_pending.IsEmpty)
        {
            return false;
        }

        json.StartObject();
        json.Member("text"u8, ""u8);
        json.Member("thoughtSignature"u8, _pending);
        json.EndObject();
        _pending = default;
        return true;
    }
}
