using System.Text.Json;

namespace BifrostLite.Schemas.Wire;

/// <summary>Sets of JSON types, for rules and for words in errors.</summary>
[Flags]
internal enum JsonKinds
{
    None = 0,
    Null = 1,
    String = 2,
    Number = 4,
    Boolean = 8,
    Array = 16,
    Object = 32,
}

/// <summary>Sets of JSON types in words.</summary>
internal static class JsonKindsNames
{
    public static JsonKinds Kind(this JsonTokenType token) => token switch
    {
        JsonTokenType.Null => JsonKinds.Null,
        JsonTokenType.String => JsonKinds.String,
        JsonTokenType.Number => JsonKinds.Number,
        JsonTokenType.True or JsonTokenType.False => JsonKinds.Boolean,
        JsonTokenType.StartArray => JsonKinds.Array,
        JsonTokenType.StartObject => JsonKinds.Object,
        _ => JsonKinds.None,
    };

    /// <summary>One kind or several as a person says it: "a string or an array".</summary>
    public static string Say(this JsonKinds kinds)
    {
        ReadOnlySpan<JsonKinds> all = [JsonKinds.String, JsonKinds.Number, JsonKinds.Boolean, JsonKinds.Array, JsonKinds.Object, JsonKinds.Null];
        var words = new List<string>();
        foreach (var kind in all)
        {
            if ((kinds & kind) != 0)
            {
                words.Add(Word(kind));
            }
        }

        return string.Join(" or ", words);
    }

    /// <summary>The same in the plural: "objects".</summary>
    public static string SayMany(this JsonKinds kinds) =>
        string.Join(" or ", kinds.Say().Split(" or ").Select(static word => word[(word.IndexOf(' ') + 1)..] + "s"));

    private static string Word(JsonKinds kind) => kind switch
    {
        JsonKinds.String => "a string",
        JsonKinds.Number => "a number",
        JsonKinds.Boolean => "a boolean",
        JsonKinds.Array => "an array",
        JsonKinds.Object => "an object",
        _ => "null",
    };
}
