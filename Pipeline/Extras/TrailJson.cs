using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Writes the attempts of an exchange as extra_fields.trail.</summary>
internal static class TrailJson
{
    public static void Write(Trail trail, ref JsonEmitter json)
    {
        json.StartArray("trail"u8);
        for (var i = 0; i < trail.Count; i++)
        {
            var entry = trail[i];
            json.StartObject();
            json.Member("provider"u8, entry.Provider);
            json.Member("model"u8, entry.Model);
            json.Member("key"u8, entry.KeyName);
            json.Member("outcome"u8, entry.Outcome);
            json.Member("ms"u8, (long)entry.Milliseconds);
            json.EndObject();
        }

        json.EndArray();
    }
}
