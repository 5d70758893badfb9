using System.Text;
using System.Text.Unicode;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// The same first look at a form (multipart/form-data, RFC 7578), which is how sounds and pictures come: only the field "model" is looked for.
/// The first line is the boundary; what stands in a file cannot be taken for it, or the form would be broken for everybody.
/// </summary>
internal static class FormPeek
{
    /// <summary>Names of models are short; anything longer is a file in the wrong field.</summary>
    private const int MostBytes = 512;

    private static ReadOnlySpan<byte> NewLine => "\r\n"u8;

    private static ReadOnlySpan<byte> Blank => "\r\n\r\n"u8;

    public static GatewayError? Read(ReadOnlySpan<byte> body, out RequestPeek peek)
    {
        peek = new RequestPeek { IsForm = true };
        var line = body.IndexOf(NewLine);
        if (line <= 2)
        {
            return GatewayError.Invalid("request body is no multipart/form-data: its first line is no boundary");
        }

        var boundary = body[..line];
        for (var at = line + 2; at < body.Length;)
        {
            var length = body[at..].IndexOf(boundary);
            var head = length < 0 ? -1 : body.Slice(at, length).IndexOf(Blank);
            if (head < 0)
            {
                break; // the last boundary, or the end is missing: the provider's to judge
            }

            if (IsModel(body.Slice(at, head)))
            {
                return Take(body, at + head + Blank.Length, at + length - NewLine.Length, peek);
            }

            at += length + line + 2;
        }

        return GatewayError.Invalid("model is missing: the form needs a field of this name", "model");
    }

    /// <summary>Whether a part's head names the field: Content-Disposition: form-data; name="model".</summary>
    private static bool IsModel(ReadOnlySpan<byte> head) =>
        head.IndexOf(" name=\"model\""u8) >= 0 || head.IndexOf(";name=\"model\""u8) >= 0 || head.IndexOf(" name=model"u8) >= 0;

    private static GatewayError? Take(ReadOnlySpan<byte> body, int start, int end, RequestPeek peek)
    {
        if (end - start is <= 0 or > MostBytes || !Utf8.IsValid(body[start..end]))
        {
            return GatewayError.Invalid("model must be the name of a model", "model");
        }

        peek.Model = Encoding.UTF8.GetString(body[start..end]);
        peek.ModelValue = new ByteRange(start, end - start);
        return null;
    }
}
