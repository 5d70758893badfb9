using System.Buffers;
using System.Buffers.Text;
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

    private readonly ReadOnlySpan<byte> _body;
    private readonly PeekRules _rules;
    private JsonMembers _json;
    private readonly RequestPeek _peek;
    private List<ByteRange>? _superseded;
    private GatewayError? _error;
    private ByteRange _modelMember;
    private ByteRange _streamMember;
    private int _maxTokensRank = int.MaxValue;
    private bool _hasStandIn;

    private PeekReader(ReadOnlySpan<byte> body, PeekRules rules, RequestPeek peek)
    {
        _body = body;
        _rules = rules;
        _json = new JsonMembers(body);
        _peek = peek;
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

        var reader = new PeekReader(body, rules, peek);
        reader.ReadBody();
        return reader._error;
    }

    private void ReadBody()
    {
        _peek.AfterBrace = _json.End;
        while (_error is null && _json.MoveNext())
        {
            ReadMember();
        }

        if (_json.IsBroken || (_error is null && JsonScan.SkipBlanks(_body, _json.End) < _body.Length))
        {
            _error = Explain(_body);
        }

        if (_error is null)
        {
            CheckRequired();
        }
    }

    private void ReadMember()
    {
        var start = _json.NameStart;
        var name = Plain(_json.Name);
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
            ReadMaxTokens(_json, name, "");
        }
        else if (_json.Kind == JsonTokenType.StartObject && Is(name, _rules.MaxTokensParent))
        {
            ReadMaxTokensParent(_rules.MaxTokensParent);
        }

        foreach (var standIn in _rules.StandIns)
        {
            _hasStandIn |= _json.Kind != JsonTokenType.Null && Is(name, standIn);
        }

        foreach (var foreign in _rules.Foreign)
        {
            if (Is(name, foreign))
            {
                Supersede(ByteRange.Between(start, _json.End));
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
        _peek.Model = JsonEscapes.Decode(_json.Text);
        _peek.ModelMember = _modelMember;
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
        _peek.Stream = Bool(_json.Kind);
        _peek.StreamValue = value;
    }

    private void ReadStreamOptions(int start)
    {
        Supersede(_peek.StreamOptionsMember);
        if (!Expect("stream_options", JsonKinds.Object | JsonKinds.Null))
        {
            return;
        }

        var isObject = _json.Kind == JsonTokenType.StartObject;
        _peek.IncludeUsage = null;
        _peek.IncludeUsageValue = default;
        var options = new JsonMembers(isObject ? _json.Raw : "{}"u8);
        while (options.MoveNext())
        {
            if (Is(Plain(options.Name), "include_usage") && Expect("stream_options.include_usage", JsonKinds.Boolean | JsonKinds.Null, options.Kind))
            {
                _peek.IncludeUsage = Bool(options.Kind);
                _peek.IncludeUsageValue = new ByteRange(_json.ValueStart + options.ValueStart, options.Raw.Length);
            }
        }

        _peek.StreamOptionsValue = isObject ? Value() : default;
        _peek.StreamOptionsMember = ByteRange.Between(start, _json.End);
    }

    private void ReadFallbacks(int start)
    {
        Supersede(_peek.FallbacksMember);
        if (!Expect("fallbacks", JsonKinds.Array | JsonKinds.Null))
        {
            return;
        }

        var models = new List<string>();
        var items = new JsonElements(_json.Raw);
        while (items.MoveNext())
        {
            if (!Expect($"fallbacks[{models.Count}]", JsonKinds.String, items.Kind))
            {
                return;
            }

            models.Add(JsonEscapes.Decode(items.Raw[1..^1]));
        }

        _peek.Fallbacks = models;
        _peek.FallbacksMember = ByteRange.Between(start, _json.End);
    }

    private void ReadConversation(PeekMember member)
    {
        // null stands for "not given", as with the official parsers: the check for a missing one speaks then.
        var kind = _json.Kind.Kind();
        if (kind == JsonKinds.Null)
        {
            return;
        }

        if ((kind & member.Kinds) == 0)
        {
            Fail(member.Name, $"{member.Name} must be {member.Expected}, got {kind.Say()}");
            return;
        }

        _peek.Conversation = member.Name;
        var items = new JsonElements((_json.Items & ~member.Elements) != 0 ? _json.Raw : default);
        for (var index = 0; items.MoveNext(); index++)
        {
            if ((items.Kind.Kind() & member.Elements) == 0)
            {
                var path = $"{member.Name}[{index}]";
                Fail(path, $"{path} must be {member.Elements.Say()}, got {items.Kind.Kind().Say()}");
                return;
            }
        }
    }

    private void ReadMaxTokensParent(string parent)
    {
        var members = new JsonMembers(_json.Raw);
        while (members.MoveNext())
        {
            ReadMaxTokens(members, Plain(members.Name), parent + ".");
        }
    }

    private void ReadMaxTokens(in JsonMembers member, ReadOnlySpan<byte> name, string prefix)
    {
        for (var rank = 0; rank < _rules.MaxTokens.Length; rank++)
        {
            if (Is(name, _rules.MaxTokens[rank]) && rank <= _maxTokensRank
                && Expect(prefix + _rules.MaxTokens[rank], JsonKinds.Number | JsonKinds.Null, member.Kind) && member.Kind == JsonTokenType.Number)
            {
                _maxTokensRank = rank;
                _peek.MaxTokens = Utf8Parser.TryParse(member.Raw, out long limit, out var used) && used == member.Raw.Length ? limit : null;
            }
        }
    }

    private void CheckRequired()
    {
        _peek.Voided = _superseded;
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

    private bool Expect(string path, JsonKinds kinds) => Expect(path, kinds, _json.Kind);

    /// <summary>Fails unless a value is of one of <paramref name="kinds"/>.</summary>
    private bool Expect(string path, JsonKinds kinds, JsonTokenType token)
    {
        var kind = token.Kind();
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

    private static bool? Bool(JsonTokenType token) => token == JsonTokenType.Null ? null : token == JsonTokenType.True;

    private readonly ByteRange Value() => ByteRange.Between(_json.ValueStart, _json.End);

    private static bool Is(ReadOnlySpan<byte> name, string plain) => Ascii.Equals(name, plain);

    /// <summary>A name without its escapes. Utf8JsonReader.ValueTextEquals would throw on a lone surrogate in a name that is none of ours.</summary>
    private static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'\\'))
        {
            return name;
        }

        var plain = new ArrayBufferWriter<byte>(name.Length);
        JsonEscapes.Unescape(name, plain);
        return plain.WrittenSpan;
    }

    /// <summary>What is wrong with a body that is no JSON object, found by a reader that counts lines.</summary>
    private static GatewayError Explain(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth });
            reader.Read();
            var kind = reader.TokenType.Kind();
            while (reader.Read())
            {
            }

            return GatewayError.Invalid($"request body must be a JSON object, got {kind.Say()}");
        }
        catch (JsonException e)
        {
            return GatewayError.Invalid(Explain(e));
        }
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
