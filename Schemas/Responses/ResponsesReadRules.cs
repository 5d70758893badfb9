namespace BifrostLite.Schemas.Responses;

/// <summary>What a reader of Responses-shaped requests forgives; clients with hybrid bodies need more than the API allows.</summary>
[Flags]
internal enum ResponsesReadRules
{
    None = 0,

    /// <summary>Tools without a type, their schema under input_schema or parameters: {name, description, input_schema}.</summary>
    UntypedTools = 1,

    /// <summary>Messages with the role "tool", and tool_use and tool_result blocks among a message's content.</summary>
    ToolBlocks = 2,
}
