using BifrostLite.Configuration;
using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Pipeline.Cache;

/// <summary>How an answer was found.</summary>
internal enum CacheHit
{
    /// <summary>It was not: a provider is asked.</summary>
    None,

    /// <summary>To an equal request.</summary>
    Equal,

    /// <summary>To an alike request.</summary>
    Alike,
}

/// <summary>What one request has to do with the cache; hangs on its exchange.</summary>
/// <param name="config">The settings.</param>
/// <param name="wishes">The caller's.</param>
/// <param name="question">What is asked.</param>
internal sealed class CacheRun(CacheConfig config, CacheWishes wishes, CacheQuestion question) : IDisposable
{
    /// <summary>A longer answer is not kept.</summary>
    private const int MostBytes = 4 << 20;

    public CacheConfig Config { get; } = config;

    public CacheWishes Wishes { get; } = wishes;

    /// <summary>Under which id the answer was found.</summary>
    public string Id { get; set; } = "";

    public CacheHit Hit { get; set; }

    /// <summary>How alike the requests are; of an <see cref="CacheHit.Alike"/> hit.</summary>
    public double Similarity { get; set; }

    /// <summary>The conversation's embedding, of length 1; null where none was made.</summary>
    public float[]? Vector { get; set; }

    /// <summary>Tokens the embedding took.</summary>
    public long EmbeddedTokens { get; set; }

    /// <summary>What the provider sends; null where nothing is recorded.</summary>
    public AnswerCopy? Copy { get; private set; }

    /// <summary>The id of a candidate's answer to this request.</summary>
    public string IdFor(Candidate candidate) => CacheQuestion.Narrow(question.Whole, ProviderOf(candidate), ModelOf(candidate));

    /// <summary>Under which id the answer of an exchange was found, or will be kept.</summary>
    public string IdOf(Exchange exchange) => Hit == CacheHit.None ? IdFor(exchange.Candidate!) : Id;

    /// <summary>What answers that could stand for one another have in common.</summary>
    public string GroupFor(Candidate candidate) => CacheQuestion.Narrow(question.Setting, ProviderOf(candidate), ModelOf(candidate));

    /// <summary>An answer begins that will be kept if all of it comes.</summary>
    public AnswerCopy? Record(HttpResponseMessage response)
    {
        Copy?.Dispose();
        Copy = Hit != CacheHit.None || Wishes.NoStore ? null : new AnswerCopy(response.Content.Headers.ContentType?.ToString() ?? "", MostBytes);
        return Copy;
    }

    /// <summary>The same for another candidate that is asked at the same time.</summary>
    public CacheRun Another() => new(Config, Wishes, question) { Vector = Vector, EmbeddedTokens = EmbeddedTokens };

    public void Dispose() => Copy?.Dispose();

    private string ProviderOf(Candidate candidate) => Config.ByProvider ? candidate.Provider.Name : "";

    private string ModelOf(Candidate candidate) => Config.ByModel ? candidate.Model : "";
}
