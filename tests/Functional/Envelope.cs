using System.Text.Json;

namespace BifrostLite.Tests.Functional;

/// <summary>Error bodies of the dialects: checks the form and gives the message.</summary>
internal static class Envelope
{
    public static string Message(string dialect, JsonElement body)
    {
        switch (dialect)
        {
            case "messages":
                Assert.Equal("error", body.GetProperty("type").GetString());
                Assert.Matches("^([a-z_]+_error|request_too_large)$", body.GetProperty("error").GetProperty("type").GetString());
                return body.GetProperty("error").GetProperty("message").GetString()!;
            case "converse" or "invoke":
                Assert.Matches("^[A-Z][A-Za-z]+(Exception|Error)$", body.GetProperty("__type").GetString());
                return body.GetProperty("message").GetString()!;
            case "genai":
                Assert.InRange(body.GetProperty("error").GetProperty("code").GetInt32(), 400, 599);
                Assert.Matches("^[A-Z_]+$", body.GetProperty("error").GetProperty("status").GetString());
                return body.GetProperty("error").GetProperty("message").GetString()!;
            default:
                Assert.NotNull(body.GetProperty("error").GetProperty("type").GetString());
                Assert.True(body.GetProperty("is_bifrost_error").ValueKind is JsonValueKind.True or JsonValueKind.False);
                return body.GetProperty("error").GetProperty("message").GetString()!;
        }
    }
}
