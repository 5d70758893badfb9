using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>A tool of the caller's as Converse takes it (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html).</summary>
internal static class ConverseToolSpec
{
    private static readonly RawJson NoParameters = new("{\"type\":\"object\",\"properties\":{}}"u8.ToArray());

    public static void Write(ref JsonEmitter json, Tool tool, bool isStrict)
    {
        json.StartObject();
        json.StartObject("toolSpec"u8);
        json.Member("name"u8, tool.Name);
        if (!RequestRepair.IsBlank(tool.Description))
        {
            json.Member("description"u8, tool.Description);
        }

        json.StartObject("inputSchema"u8);
        json.Name("json"u8);
        json.Raw(ObjectSchema(tool.Parameters));
        json.EndObject();
        if (isStrict)
        {
            json.Member("strict"u8, true);
        }

        json.EndObject();
        json.EndObject();
    }

    /// <summary>A schema without "type" is refused ("tools.0.custom.input_schema.type: Field required").</summary>
    private static RawJson ObjectSchema(RawJson schema)
    {
        if (!schema.IsObject || schema.Span.Trim("{} \t\r\n"u8).IsEmpty)
        {
            return NoParameters;
        }

        return schema.Span.IndexOf("\"type\""u8) >= 0 ? schema : new RawJson((byte[])[.. "{\"type\":\"object\","u8, .. schema.Span.TrimStart("{"u8)]);
    }
}
