using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Cache;

/// <summary>Tells what came of the cache: extra_fields.cache_debug, by Bifrost's names (docs.getbifrost.ai/features/semantic-caching).</summary>
internal static class CacheJson
{
    public static void Write(Exchange exchange, CacheRun run, ref JsonEmitter json)
    {
        json.StartObject("cache_debug"u8);
        json.Member("cache_hit"u8, run.Hit != CacheHit.None);
        json.Member("cache_id"u8, run.IdOf(exchange));
        if (run.Hit != CacheHit.None)
        {
            json.Member("hit_type"u8, NameOf(run.Hit));
            json.Member("requested_provider"u8, exchange.Candidate!.Provider.Name);
            json.Member("requested_model"u8, exchange.Model);
        }

        if (run.Vector is not null)
        {
            json.Member("provider_used"u8, run.Config.Provider);
            json.Member("model_used"u8, run.Config.EmbeddingModel);
            json.Member("input_tokens"u8, run.EmbeddedTokens);
        }

        if (run.Hit == CacheHit.Alike)
        {
            json.Member("threshold"u8, run.Wishes.Threshold);
            json.Member("similarity"u8, Math.Round(run.Similarity, 6));
        }

        json.EndObject();
    }

    /// <summary>Bifrost's words.</summary>
    public static string NameOf(CacheHit hit) => hit switch
    {
        CacheHit.Equal => "direct",
        CacheHit.Alike => "semantic",
        _ => "miss",
    };
}
