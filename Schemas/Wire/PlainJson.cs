using System.Text.Encodings.Web;
using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>How small bodies of the gateway's own are written: names with a plus or an umlaut as they are.</summary>
internal static class PlainJson
{
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
