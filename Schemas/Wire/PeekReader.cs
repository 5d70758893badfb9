using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>Walks the top level of a request body for <see cref="RequestPeek"/>. A failure is kept in a field and ends the walk.</summary>
internal ref struct PeekReader
{
    private static readonly GatewayError Empty = GatewayError.Invalid("request body is empty; a JSON object was expected");
    private static readonly GatewayError NotUtf8 = GatewayError.Invalid("request body is not valid UTF-8");

    private readonly PeekRules _rules;
    private Utf8JsonReader _json;
    private readonly RequestPeek _peek;
    private List<ByteRange>? _superseded;
    private GatewayError? _error;
    private ByteRange _modelMember;
    private ByteRange _streamMember;
    private int _maxTokensRank = int.MaxValue;
    private bool _hasStandIn;

    private PeekReader(ReadOnlySpan<byte> body, PeekRules rules)
    {
        _rules = rules;
        _json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
        _peek = new RequestPeek();
    }

    public static GatewayError? Read(ReadOnlySpan<byte> body, PeekRules rules, out RequestPeek peek)
    {
        peek = new RequestPeek();
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            return Empty;
        }

        if (!Utf8.IsValid(body))
        {
            return NotUtf8;
        }

        var reader = new PeekReader(body, rules);
        try
        {
            reader.ReadBody();
        }
        catch (JsonException e)
        {
            return GatewayError.Invalid(Explain(e));
        }

        peek = reader._peek;
        return reader._error;
    }

    private void ReadBody()
    {
        _json.Read();
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            var kind = _json.TokenType.Kind();
            _json.Skip();
            _json.Read();
            _error = GatewayError.Invalid($"request body must be a JSON object, got {kind.Say()}");
            return;
        }

        _peek.AfterBrace = (int)_json.BytesConsumed;
        while (_error is null && _json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            ReadMember();
        }

        if (_error is null)
        {
            // Anything but white space behind the object throws here.
            _json.Read();
            CheckRequired();
        }
    }

    private void ReadMember()
    {
        var start = (int)_json.TokenStartIndex;
        var name = _json.ValueIsEscaped ? Unescaped(_json.ValueSpan) : _json.ValueSpan;
        _json.Read();
        if (name.SequenceEqual("model"u8) && _rules.Model == ModelPlace.RequiredInBody)
        {
            ReadModel(start);
        }
        else if (name.SequenceEqual("stream"u8))
        {
            ReadStream(start);
        }
        else if (name.SequenceEqual("stream_options"u8))
        {
            ReadStreamOptions(start);
        }
        else if (name.SequenceEqual("fallbacks"u8))
        {
            ReadFallbacks(start);
        }
        else
        {
            ReadByRules(name, start);
        }
    }

    private void ReadByRules(ReadOnlySpan<byte> name, int start)
    {
        foreach (var member in _rules.Conversation)
        {
            if (name.SequenceEqual(member.Utf8))
            {
                ReadConversation(member);
                return;
            }
        }

        if (_rules.MaxTokensParent is null)
        {
            ReadMaxTokens(name, "");
        }
        else if (_json.TokenType == JsonTokenType.StartObject && Is(name, _rules.MaxTokensParent))
        {
            ReadMaxTokensParent(_rules.MaxTokensParent);
        }

        foreach (var standIn in _rules.StandIns)
        {
            _hasStandIn |= _json.TokenType != JsonTokenType.Null && Is(name, standIn);
        }

        _json.Skip();
        foreach (var foreign in _rules.Foreign)
        {
            if (Is(name, foreign))
            {
                Supersede(ByteRange.Between(start, (int)_json.BytesConsumed));
            }
        }
    }

    private void ReadModel(int start)
    {
        Supersede(_modelMember);
        if (!Expect("model", JsonKinds.String))
        {
            return;
        }

        var value = Value();
        _modelMember = ByteRange.Between(start, value.End);
        _peek.Model = JsonEscapes.Decode(_json.ValueSpan);
        _peek.ModelValue = value;
    }

    private void ReadStream(int start)
    {
        Supersede(_streamMember);
        if (!Expect("stream", JsonKinds.Boolean | JsonKinds.Null))
        {
            return;
        }

        var value = Value();
        _streamMember = ByteRange.Between(start, value.End);
        _peek.Stream = Bool();
        _peek.StreamValue = value;
    }

    private void ReadStreamOptions(int start)
    {
        Supersede(_peek.StreamOptionsMember);
        var at = (int)_json.TokenStartIndex;
        if (!Expect("stream_options", JsonKinds.Object | JsonKinds.Null))
        {
            return;
        }

        var isObject = _json.TokenType == JsonTokenType.StartObject;
        _peek.IncludeUsage = null;
        _peek.IncludeUsageValue = default;
        while (isObject && _json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = Is(_json.ValueIsEscaped ? Unescaped(_json.ValueSpan) : _json.ValueSpan, "include_usage");
            _json.Read();
            if (isUsage && Expect("stream_options.include_usage", JsonKinds.Boolean | JsonKinds.Null))
            {
                _peek.IncludeUsage = Bool();
                _peek.IncludeUsageValue = Value();
            }

            _json.Skip();
        }

        var end = (int)_json.BytesConsumed;
        _peek.StreamOptionsValue = isObject ? ByteRange.Between(at, end) : default;
        _peek.StreamOptionsMember = ByteRange.Between(start, end);
    }

    private void ReadFallbacks(int start)
    {
        Supersede(_peek.FallbacksMember);
        if (!Expect("fallbacks", JsonKinds.Array | JsonKinds.Null))
        {
            return;
        }

        var models = new List<string>();
        while (_json.TokenType != JsonTokenType.Null && _json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (!Expect($"fallbacks[{models.Count}]", JsonKinds.String))
            {
                return;
            }

            models.Add(JsonEscapes.Decode(_json.ValueSpan));
        }

        _peek.Fallbacks = models;
        _peek.FallbacksMember = ByteRange.Between(start, (int)_json.BytesConsumed);
    }

    private void ReadConversation(PeekMember member)
    {
        // null stands for "not given", as with the official parsers: the check for a missing one speaks then.
        if (_json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        var kind = _json.TokenType.Kind();
        if ((kind & member.Kinds) == 0)
        {
            Fail(member.Name, $"{member.Name} must be {member.Expected}, got {kind.Say()}");
            return;
        }

        _peek.Conversation = member.Name;
        var index = 0;
        while (kind == JsonKinds.Array && _json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if ((_json.TokenType.Kind() & member.Elements) == 0)
            {
                var path = $"{member.Name}[{index}]";
                Fail(path, $"{path} must be {member.Elements.Say()}, got {_json.TokenType.Kind().Say()}");
                return;
            }

            _json.Skip();
            index++;
        }

        _json.Skip();
    }

    private void ReadMaxTokensParent(string parent)
    {
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var name = _json.ValueIsEscaped ? Unescaped(_json.ValueSpan) : _json.ValueSpan;
            _json.Read();
            ReadMaxTokens(name, parent + ".");
            _json.Skip();
        }
    }

    private void ReadMaxTokens(ReadOnlySpan<byte> name, string prefix)
    {
        for (var rank = 0; rank < _rules.MaxTokens.Count; rank++)
        {
            if (Is(name, _rules.MaxTokens[rank]) && rank <= _maxTokensRank
                && Expect(prefix + _rules.MaxTokens[rank], JsonKinds.Number | JsonKinds.Null) && _json.TokenType == JsonTokenType.Number)
            {
                _maxTokensRank = rank;
                _peek.MaxTokens = _json.TryGetInt64(out var limit) ? limit : null;
            }
        }
    }

    private void CheckRequired()
    {
        _peek.Superseded = _superseded ?? [];
        if (_rules.Model == ModelPlace.RequiredInBody && _peek.Model.Length == 0)
        {
            Fail("model", _peek.ModelValue.IsEmpty ? "model is required" : "model must not be empty");
        }
        else if (_peek.Conversation.Length == 0 && !_hasStandIn && !_rules.IsConversationOptional)
        {
            var names = Array.ConvertAll(_rules.Conversation, static member => member.Name);
            Fail(names[0], $"{string.Join(" or ", names)} is required");
        }
    }

    /// <summary>Fails unless the current value is of one of <paramref name="kinds"/>.</summary>
    private bool Expect(string path, JsonKinds kinds)
    {
        var kind = _json.TokenType.Kind();
        if ((kind & kinds) != 0)
        {
            return true;
        }

        Fail(path, $"{path} must be {(kinds & ~JsonKinds.Null).Say()}, got {kind.Say()}");
        return false;
    }

    private void Fail(string path, string message) => _error ??= GatewayError.Invalid(message, path);

    private void Supersede(ByteRange member)
    {
        if (!member.IsEmpty)
        {
            (_superseded ??= []).Add(member);
        }
    }

    private readonly bool? Bool() => _json.TokenType == JsonTokenType.Null ? null : _json.TokenType == JsonTokenType.True;

    private readonly ByteRange Value() => ByteRange.Between((int)_json.TokenStartIndex, (int)_json.BytesConsumed);

    private static bool Is(ReadOnlySpan<byte> name, string plain) => Ascii.Equals(name, plain);

    /// <summary>Utf8JsonReader.ValueTextEquals would throw on a lone surrogate in a name that is none of ours.</summary>
    private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> escaped)
    {
        var plain = new ArrayBufferWriter<byte>(escaped.Length);
        JsonEscapes.Unescape(escaped, plain);
        return plain.WrittenSpan;
    }

    /// <summary>"request body is not valid JSON: ... at line 1, byte 17"; the framework's own position words and advice are cut off.</summary>
    private static string Explain(JsonException e)
    {
        var reason = e.Message;
        foreach (var tail in (ReadOnlySpan<string>)[" LineNumber:", " Change the reader options.", " Path:"])
        {
            var at = reason.IndexOf(tail, StringComparison.Ordinal);
            reason = at < 0 ? reason : reason[..at];
        }

        return $"request body is not valid JSON: {reason.TrimEnd('.')} at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";
    }
}
