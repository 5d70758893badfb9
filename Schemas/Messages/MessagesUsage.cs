using System.Buffers.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Token figures of the Messages API, whose input_tokens leaves out what the cache gave and took, to and from the hub's,
/// whose Input holds everything. Figures in message_delta are cumulative and partial: they lie over those of message_start.
/// </summary>
internal static class MessagesUsage
{
    /// <summary>Reads a usage object.</summary>
    /// <param name="json">The object's bytes; anything else gives <paramref name="before"/>.</param>
    /// <param name="before">Figures that came earlier in the same answer.</param>
    public static Usage Read(ReadOnlySpan<byte> json, in Usage before)
    {
        var figures = new Figures { Uncached = before.UncachedInput };
        return figures.Read(json) ? figures.Over(before) : before;
    }

    public static void Write(ref JsonEmitter json, in Usage usage)
    {
        json.StartObject();
        json.Member("input_tokens"u8, usage.UncachedInput ?? 0);
        json.Member("cache_creation_input_tokens"u8, usage.CacheWrite ?? 0);
        json.Member("cache_read_input_tokens"u8, usage.CacheRead ?? 0);
        if (usage.CacheWrite is not null)
        {
            json.StartObject("cache_creation"u8);
            json.Member("ephemeral_5m_input_tokens"u8, usage.CacheWrite5m ?? 0);
            json.Member("ephemeral_1h_input_tokens"u8, usage.CacheWrite1h ?? 0);
            json.EndObject();
        }

        json.Member("output_tokens"u8, usage.Output ?? 0);
        if (usage.Reasoning is { } thinking)
        {
            json.StartObject("output_tokens_details"u8);
            json.Member("thinking_tokens"u8, thinking);
            json.EndObject();
        }

        if (usage.WebSearches is not null || usage.WebFetches is not null)
        {
            json.StartObject("server_tool_use"u8);
            json.Member("web_search_requests"u8, usage.WebSearches ?? 0);
            json.Member("web_fetch_requests"u8, usage.WebFetches ?? 0);
            json.EndObject();
        }

        json.EndObject();
    }

    private struct Figures
    {
        public long? Uncached;
        private long? _read;
        private long? _write;
        private long? _write5m;
        private long? _write1h;
        private long? _output;
        private long? _thinking;
        private long? _searches;
        private long? _fetches;
        private ServiceTier _tier;
        private bool _isUsOnly;

        /// <summary>The names are unique across the nested objects, so one flat list of them does. False for no object.</summary>
        public bool Read(ReadOnlySpan<byte> json)
        {
            var members = new JsonMembers(json);
            while (members.MoveNext())
            {
                if (members.Kind == JsonTokenType.StartObject)
                {
                    Read(members.Raw);
                }
                else if (members.Kind == JsonTokenType.String)
                {
                    SetWord(members.Name, members.Text);
                }
                else if (Utf8Parser.TryParse(members.Raw, out long value, out var used) && used == members.Raw.Length)
                {
                    Set(members.Name, value);
                }
            }

            return !members.IsBroken;
        }

        public readonly Usage Over(in Usage before)
        {
            var usage = before;
            usage.CacheRead = _read ?? usage.CacheRead;
            usage.CacheWrite5m = _write5m ?? usage.CacheWrite5m;
            usage.CacheWrite1h = _write1h ?? usage.CacheWrite1h;
            if (_write is { } write && write != (usage.CacheWrite ?? -1))
            {
                // No split, or one that does not add up: what is not known to live an hour lives five minutes.
                usage.CacheWrite5m = Math.Max(0, write - (usage.CacheWrite1h ?? 0));
            }

            if (Uncached is not null || usage.CacheRead is not null || usage.CacheWrite is not null)
            {
                usage.Input = (Uncached ?? 0) + (usage.CacheRead ?? 0) + (usage.CacheWrite ?? 0);
            }

            usage.Output = _output ?? usage.Output;
            usage.Reasoning = _thinking ?? usage.Reasoning;
            usage.WebSearches = _searches ?? usage.WebSearches;
            usage.WebFetches = _fetches ?? usage.WebFetches;
            usage.Tier = _tier == ServiceTier.Standard ? usage.Tier : _tier;
            usage.IsUsOnly |= _isUsOnly;
            return usage;
        }

        /// <summary>service_tier (standard, priority, batch), speed (standard, fast) and inference_geo (global, us).</summary>
        private void SetWord(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word)
        {
            if (name.SequenceEqual("service_tier"u8) || name.SequenceEqual("speed"u8))
            {
                var tier = ServiceTiers.Read(word);
                _tier = tier == ServiceTier.Standard ? _tier : tier;
            }
            else if (name.SequenceEqual("inference_geo"u8))
            {
                _isUsOnly = word.SequenceEqual("us"u8);
            }
        }

        private void Set(ReadOnlySpan<byte> name, long value)
        {
            _ = name switch
            {
                _ when name.SequenceEqual("input_tokens"u8) => Uncached = value,
                _ when name.SequenceEqual("output_tokens"u8) => _output = value,
                _ when name.SequenceEqual("cache_read_input_tokens"u8) => _read = value,
                _ when name.SequenceEqual("cache_creation_input_tokens"u8) => _write = value,
                _ when name.SequenceEqual("ephemeral_5m_input_tokens"u8) => _write5m = value,
                _ when name.SequenceEqual("ephemeral_1h_input_tokens"u8) => _write1h = value,
                _ when name.SequenceEqual("thinking_tokens"u8) => _thinking = value,
                _ when name.SequenceEqual("web_search_requests"u8) => _searches = value,
                _ when name.SequenceEqual("web_fetch_requests"u8) => _fetches = value,
                _ => (long?)null,
            };
        }
    }
}
