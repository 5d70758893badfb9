using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// What the gateway must know of a request before anything else is read, found in one pass over the whole body (which
/// proves it well-formed on the way), and where it stands, so that it can be spliced instead of written anew.
/// Of members given twice the last one counts, as in the parsers upstream.
/// </summary>
internal sealed class RequestPeek
{
    /// <summary>Decoded; empty where the dialect keeps the model in its path.</summary>
    public string Model { get; set; } = "";

    /// <summary>The model's value, quotes included.</summary>
    public ByteRange ModelValue { get; set; }

    /// <summary>The body is a form (multipart/form-data), and the model's value stands there without quotes.</summary>
    public bool IsForm { get; set; }

    /// <summary>The whole member, name to value.</summary>
    public ByteRange ModelMember { get; set; }

    /// <summary>Null where the body does not say.</summary>
    public bool? Stream { get; set; }

    public ByteRange StreamValue { get; set; }

    /// <summary>Most tokens the caller will accept; null where the body does not say.</summary>
    public long? MaxTokens { get; set; }

    /// <summary>Other models to try, as written.</summary>
    public IReadOnlyList<string> Fallbacks { get; set; } = [];

    /// <summary>The whole member, name to value, for <see cref="JsonSplice.RemoveMember"/>.</summary>
    public ByteRange FallbacksMember { get; set; }

    /// <summary>The value of stream_options where it is an object.</summary>
    public ByteRange StreamOptionsValue { get; set; }

    /// <summary>The whole member, also where its value is null.</summary>
    public ByteRange StreamOptionsMember { get; set; }

    /// <summary>stream_options.include_usage; null where the body does not say.</summary>
    public bool? IncludeUsage { get; set; }

    public ByteRange IncludeUsageValue { get; set; }

    /// <summary>Earlier model, stream, stream_options and fallbacks members, made void by a later one, and members foreign to the dialect; a spliced body leaves them out.</summary>
    public IReadOnlyList<ByteRange> Superseded => Voided ?? (IReadOnlyList<ByteRange>)[];

    /// <summary>The same; null where there are none.</summary>
    public List<ByteRange>? Voided { get; set; }

    /// <summary>Just behind the opening brace, for <see cref="JsonSplice.InsertMember"/>.</summary>
    public int AfterBrace { get; set; }

    /// <summary>Which of the rules' conversation members was there; empty if none (a stand-in was).</summary>
    public string Conversation { get; set; } = "";

    /// <returns>Null when the body is good for a first look; else what is wrong, with the field named.</returns>
    public static GatewayError? Read(ReadOnlySpan<byte> body, PeekRules rules, out RequestPeek peek) =>
        rules.TakesForms && body.StartsWith("--"u8) ? FormPeek.Read(body, out peek) : PeekReader.Read(body, rules, out peek);
}
