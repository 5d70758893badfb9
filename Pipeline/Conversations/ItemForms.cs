using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Items of a conversation as they are kept and replayed (platform.openai.com/docs/api-reference/responses/input-items): every
/// one has an id and a type, and the content of messages is an array.
/// </summary>
internal static class ItemForms
{
    /// <summary>Begins every id made here, so that one that is not stored any more is told from a provider's.</summary>
    private const string Mark = "bf";

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>The input of a request (text or items) as an array of items for the store.</summary>
    /// <param name="input">The value of "input"; empty for none.</param>
    /// <param name="turn">Makes the ids of items that have none unique.</param>
    public static byte[] Kept(ReadOnlySpan<byte> input, string turn)
    {
        var buffer = new ArrayBufferWriter<byte>(input.Length + 256);
        var json = new JsonEmitter(buffer);
        json.StartArray();
        if (JsonScan.KindOf(input) == JsonTokenType.String)
        {
            WriteMessage(Id("msg", turn, 0), "user"u8, input, ref json);
        }

        var items = new JsonElements(JsonScan.KindOf(input) == JsonTokenType.StartArray ? input : "[]"u8);
        for (var number = 0; items.MoveNext(); number++)
        {
            WriteKept(items.Raw, turn, number, ref json);
        }

        json.EndArray();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>One item for the store: with an id, a type, and content as an array.</summary>
    public static void WriteKept(ReadOnlySpan<byte> item, string turn, int number, ref JsonEmitter json)
    {
        var (type, id, role) = (TypeOf(item), IdOf(item), JsonPick.Text(item, "role"u8));
        var isMessage = type is "message" or "";
        json.StartObject();
        json.Member("id"u8, id.Length > 0 ? id : Id(isMessage ? "msg" : Prefix(type), turn, number));
        json.Member("type"u8, isMessage ? "message" : type);
        if (isMessage)
        {
            json.Member("status"u8, "completed"u8);
        }

        var members = new JsonMembers(item);
        while (members.MoveNext())
        {
            if (members.Is("id"u8) || members.Is("type"u8) || (isMessage && members.Is("status"u8)))
            {
                continue;
            }

            json.Name(members.Name);
            if (isMessage && members.Is("content"u8) && members.Kind == JsonTokenType.String)
            {
                WriteText(Encoding.UTF8.GetBytes(role), members.Raw, ref json);
            }
            else
            {
                json.Raw(members.Raw);
            }
        }

        json.EndObject();
    }

    /// <summary>One stored item for a provider of this API that did not issue it: ids mean nothing to it.</summary>
    /// <returns>False where it is nothing for that provider: another's reasoning, which it could not verify.</returns>
    public static bool WriteForeign(ReadOnlySpan<byte> item, bool isIssuers, ref JsonEmitter json)
    {
        var type = TypeOf(item);
        if (type == "compaction" && ResponsesCompaction.Open(Encoding.UTF8.GetBytes(JsonPick.Text(item, "encrypted_content"u8))) is { } summary)
        {
            WriteMessage("", "user"u8, Quoted(summary), ref json);
            return true;
        }

        if (type == "reasoning" && (!isIssuers || JsonPick.Text(item, "encrypted_content"u8).Length == 0))
        {
            return false;
        }

        json.StartObject();
        var members = new JsonMembers(item);
        while (members.MoveNext())
        {
            if (!members.Is("id"u8))
            {
                json.Name(members.Name);
                json.Raw(members.Raw);
            }
        }

        json.EndObject();
        return true;
    }

    /// <summary>The elements of an array, each for itself.</summary>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> array)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var elements = new JsonElements(array.Span);
        while (elements.MoveNext())
        {
            items.Add(elements.Raw.ToArray());
        }

        return items;
    }

    /// <summary>A text as a message.</summary>
    public static void WriteMessage(string id, ReadOnlySpan<byte> role, ReadOnlySpan<byte> rawText, ref JsonEmitter json)
    {
        json.StartObject();
        if (id.Length > 0)
        {
            json.Member("id"u8, id);
        }

        json.Member("type"u8, "message"u8);
        json.Member("status"u8, "completed"u8);
        json.Member("role"u8, role);
        json.Name("content"u8);
        WriteText(role, rawText, ref json);
        json.EndObject();
    }

    /// <summary>A text as a JSON string.</summary>
    public static byte[] Quoted(string text) => [(byte)'"', .. JsonText.From(text).Span, (byte)'"'];

    public static string IdOf(ReadOnlySpan<byte> item) => JsonPick.Text(item, "id"u8);

    public static string TypeOf(ReadOnlySpan<byte> item) => JsonPick.Text(item, "type"u8);

    /// <summary>An id nobody can guess.</summary>
    public static string NewId() => Mark + Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(23));

    /// <summary>The response an item belongs to, where its id was made here: PREFIX_RESPONSE_NUMBER.</summary>
    public static string? ResponseIdOf(string id)
    {
        var (start, end) = (id.IndexOf('_', StringComparison.Ordinal) + 1, id.LastIndexOf('_'));
        return start > 0 && end > start ? "resp_" + id[start..end] : null;
    }

    /// <summary>Whether an id can only be a provider's: long and hexadecimal as theirs are, and without the mark of ours.</summary>
    public static bool IsForeign(string id)
    {
        var tail = id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1);
        return tail.Length >= 32 && !tail.ContainsAnyExcept(Hexadecimal) && !tail.StartsWith(Mark);
    }

    private static void WriteText(ReadOnlySpan<byte> role, ReadOnlySpan<byte> rawText, ref JsonEmitter json)
    {
        var isAnswer = role.SequenceEqual("assistant"u8);
        json.StartArray();
        json.StartObject();
        json.Member("type"u8, isAnswer ? "output_text"u8 : "input_text"u8);
        json.Name("text"u8);
        json.Raw(rawText);
        if (isAnswer)
        {
            json.Name("annotations"u8);
            json.Raw("[]"u8);
        }

        json.EndObject();
        json.EndArray();
    }

    private static string Id(string prefix, string turn, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}_{turn}_i{number}");

    /// <summary>Prefixes as the API gives them.</summary>
    private static string Prefix(string type) => type switch
    {
        "function_call" => "fc",
        "function_call_output" => "fco",
        "custom_tool_call" => "ctc",
        "custom_tool_call_output" => "ctco",
        "reasoning" => "rs",
        "compaction" => "cmp",
        "item_reference" => "ref",
        _ => "item",
    };
}
