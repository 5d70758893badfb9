using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Response objects of answers that have not begun, or ended without one (docs/guides/background), and the marks by which a stored
/// response differs from the answer it was made of.
/// </summary>
internal static class ResponsesStates
{
    /// <summary>A response that waits to be worked on.</summary>
    public static void WriteQueued(string id, AnswerContext context, IBufferWriter<byte> output)
    {
        var envelope = new ResponsesEnvelope(context);
        envelope.Start(new ResponseEvent { Kind = EventKind.MessageStart, Id = System.Text.Encoding.UTF8.GetBytes(id) });
        var json = new JsonEmitter(output);
        envelope.Write(ref json, default, ResponsesEnding.Queued);
    }

    /// <summary>The same object with another status; an error where there is one.</summary>
    public static byte[] With(ReadOnlySpan<byte> response, string status, GatewayError? error = null)
    {
        var output = new ArrayBufferWriter<byte>(response.Length + 256);
        var json = new JsonEmitter(output);
        json.StartObject();
        var members = new JsonMembers(response);
        while (members.MoveNext())
        {
            json.Name(members.Name);
            if (members.Is("status"u8))
            {
                json.String(status);
            }
            else if (members.Is("error"u8) && error is not null)
            {
                WriteError(error, ref json);
            }
            else
            {
                json.Raw(members.Raw);
            }
        }

        json.EndObject();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>An answer as that of a background response: under its id, with what was asked of the gateway and not of the provider.</summary>
    public static void WriteAs(ReadOnlySpan<byte> answer, string id, string previous, ref JsonEmitter json)
    {
        json.StartObject();
        var members = new JsonMembers(answer);
        while (members.MoveNext())
        {
            json.Name(members.Name);
            if (members.Is("id"u8))
            {
                json.String(id);
            }
            else if (members.Is("background"u8) || members.Is("store"u8))
            {
                json.Bool(true);
            }
            else if (members.Is("previous_response_id"u8) && previous.Length > 0)
            {
                json.String(previous);
            }
            else
            {
                json.Raw(members.Raw);
            }
        }

        json.EndObject();
    }

    private static void WriteError(GatewayError error, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("code"u8, ResponsesErrors.CodeOf(error));
        json.Member("message"u8, error.Message);
        json.EndObject();
    }
}
