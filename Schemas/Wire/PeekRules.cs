using System.Text;

namespace BifrostLite.Schemas.Wire;

/// <summary>Where a request names its model.</summary>
internal enum ModelPlace
{
    /// <summary>The body must name the model.</summary>
    RequiredInBody,

    /// <summary>The model stands in the path; a member called model is none of ours.</summary>
    Path,
}

/// <summary>A member that holds the conversation: its legal types, and those of an array's elements.</summary>
internal sealed record PeekMember(string Name, JsonKinds Kinds, JsonKinds Elements)
{
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Name);

    /// <summary>"an array of objects", "a string or an array of objects".</summary>
    public string Expected
    {
        get
        {
            var others = Kinds & ~JsonKinds.Array;
            if (Kinds == others)
            {
                return others.Say();
            }

            var array = $"an array of {Elements.SayMany()}";
            return others == JsonKinds.None ? array : $"{others.Say()} or {array}";
        }
    }
}

/// <summary>
/// What <see cref="RequestPeek"/> looks for at the top of one dialect's request bodies. Only what routing, admission and
/// splicing need; everything else is the reader's or the upstream's business.
/// </summary>
internal sealed record PeekRules
{
    private const JsonKinds Text = JsonKinds.String;
    private const JsonKinds Object = JsonKinds.Object;
    private const JsonKinds Array = JsonKinds.Array;

    private static readonly PeekMember Messages = new("messages", Array, Object);
    private static readonly PeekMember Input = new("input", Text | Array, Object);

    /// <summary>developers.openai.com/api/reference: chat/completions/create; max_tokens is the older name.</summary>
    public static readonly PeekRules ChatCompletions = new() { Conversation = [Messages], MaxTokens = ["max_completion_tokens", "max_tokens"] };

    /// <summary>The same at a path of Azure's that names the deployment; what the body calls the model is no more than a repetition.</summary>
    public static readonly PeekRules ChatDeployment = ChatCompletions with { Model = ModelPlace.Path, Foreign = ["model"] };

    /// <summary>responses/create: input may be left out where the conversation is kept by the server or comes from a prompt template.</summary>
    public static readonly PeekRules Responses = new()
    {
        Conversation = [Input],
        StandIns = ["prompt", "previous_response_id", "conversation"],
        MaxTokens = ["max_output_tokens"],
    };

    /// <summary>platform.claude.com/docs/en/api/messages; count_tokens takes the same body.</summary>
    public static readonly PeekRules AnthropicMessages = new() { Conversation = [Messages], MaxTokens = ["max_tokens"] };

    /// <summary>Bedrock Converse: the model is in the path; a prompt-management ARN there takes promptVariables instead of messages.</summary>
    public static readonly PeekRules Converse = new()
    {
        Model = ModelPlace.Path,
        Conversation = [Messages],
        StandIns = ["promptVariables"],
        MaxTokensParent = "inferenceConfig",
        MaxTokens = ["maxTokens"],
    };

    /// <summary>Bedrock CountTokens: {"input":{"converse":{...}}} or {"input":{"invokeModel":{...}}}.</summary>
    public static readonly PeekRules BedrockCountTokens = new() { Model = ModelPlace.Path, Conversation = [new PeekMember("input", Object, JsonKinds.None)] };

    /// <summary>
    /// ai.google.dev/api/generate-content; contents is a list, but a single object is accepted upstream. countTokens may
    /// carry a whole request instead.
    /// </summary>
    public static readonly PeekRules GenerateContent = new()
    {
        Model = ModelPlace.Path,
        Conversation = [new PeekMember("contents", Array | Object, Object)],
        StandIns = ["generateContentRequest"],
        MaxTokensParent = "generationConfig",
        MaxTokens = ["maxOutputTokens"],
    };

    /// <summary>Cursor sends Responses members to the chat route, or chat's own.</summary>
    public static readonly PeekRules Cursor = new()
    {
        Conversation = [Input, Messages],
        StandIns = ["prompt", "previous_response_id", "conversation"],
        MaxTokens = ["max_output_tokens", "max_completion_tokens", "max_tokens"],
    };

    /// <summary>embeddings/create: a text, texts, tokens or lists of tokens; some vendors take objects (images).</summary>
    public static readonly PeekRules Embeddings = new()
    {
        Conversation = [new PeekMember("input", Text | Array, Text | JsonKinds.Number | Array | Object)],
    };

    public static readonly PeekRules EmbeddingsDeployment = Embeddings with { Model = ModelPlace.Path, Foreign = ["model"] };

    /// <summary>Speech, images, completions: what they are about is between caller and provider. Sounds and pictures come in forms.</summary>
    public static readonly PeekRules Native = new() { IsConversationOptional = true, TakesForms = true };

    /// <summary>Bedrock InvokeModel: the body is the model's own, whatever that is; messages is checked where it is there.</summary>
    public static readonly PeekRules Invoke = new() { Model = ModelPlace.Path, Conversation = [Messages], IsConversationOptional = true, MaxTokens = ["max_tokens"] };

    /// <summary>Vertex AI's rawPredict of Claude: a Messages body whose model is in the path and whose version member only Vertex knows.</summary>
    public static readonly PeekRules Vertex = Invoke with { Foreign = ["anthropic_version"] };

    public ModelPlace Model { get; init; } = ModelPlace.RequiredInBody;

    /// <summary>One of these must be there.</summary>
    public PeekMember[] Conversation { get; init; } = [];

    /// <summary>Members whose presence excuses a missing conversation.</summary>
    public string[] StandIns { get; init; } = [];

    public bool IsConversationOptional { get; init; }

    /// <summary>The body may be multipart/form-data.</summary>
    public bool TakesForms { get; init; }

    /// <summary>Members that belong to the caller's platform and not to the dialect: a spliced body leaves them out.</summary>
    public string[] Foreign { get; init; } = [];

    /// <summary>Names of the output limit, the better one first.</summary>
    public string[] MaxTokens { get; init; } = [];

    /// <summary>The object that holds the output limit; null where it stands at the top.</summary>
    public string? MaxTokensParent { get; init; }
}
