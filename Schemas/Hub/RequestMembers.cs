namespace BifrostLite.Schemas.Hub;

/// <summary>Settings of a request that not every API has. Each dialect lists those it never has a place for (<see cref="Dialect.Unsayable"/>).</summary>
[Flags]
internal enum RequestMembers
{
    None = 0,
    TopK = 1,
    Stop = 1 << 1,
    Seed = 1 << 2,
    FrequencyPenalty = 1 << 3,
    PresencePenalty = 1 << 4,
    Choices = 1 << 5,
    Logprobs = 1 << 6,
    TopLogprobs = 1 << 7,
    ParallelToolCalls = 1 << 8,
    User = 1 << 9,
    Metadata = 1 << 10,
    Verbosity = 1 << 11,
    PromptCacheKey = 1 << 12,
    Store = 1 << 13,
    Cache = 1 << 14,
}

/// <summary>Which settings a request makes use of, by their names in losses. What is said but means the default is not said.</summary>
internal static class RequestMembersOf
{
    /// <summary>docs/translation.md is written from it, with each dialect's own list.</summary>
    public static readonly (RequestMembers Member, string Name)[] Names =
    [
        (RequestMembers.TopK, "top_k"),
        (RequestMembers.Stop, "stop"),
        (RequestMembers.FrequencyPenalty, "frequency_penalty"),
        (RequestMembers.PresencePenalty, "presence_penalty"),
        (RequestMembers.Seed, "seed"),
        (RequestMembers.Logprobs, "logprobs"),
        (RequestMembers.TopLogprobs, "top_logprobs"),
        (RequestMembers.Choices, "n"),
        (RequestMembers.ParallelToolCalls, "parallel_tool_calls"),
        (RequestMembers.User, "user"),
        (RequestMembers.Metadata, "metadata"),
        (RequestMembers.Verbosity, "verbosity"),
        (RequestMembers.PromptCacheKey, "prompt_cache_key"),
        (RequestMembers.Store, "store"),
        (RequestMembers.Cache, "cache_control"),
    ];

    /// <summary>Records whatever the request says of the members a target has no place for.</summary>
    public static void Lose(ChatRequest request, RequestMembers unsayable, Losses losses)
    {
        var lost = Said(request) & unsayable;
        if (lost == RequestMembers.None)
        {
            return;
        }

        foreach (var (member, name) in Names)
        {
            if ((lost & member) != 0)
            {
                losses.Add(name, LossReason.Unsupported);
            }
        }
    }

    private static RequestMembers Said(ChatRequest request) =>
        SaidOf(request.Sampling)
        | If(RequestMembers.ParallelToolCalls, request.ParallelToolCalls == false)
        | If(RequestMembers.User, !request.User.IsEmpty)
        | If(RequestMembers.Metadata, request.Metadata.IsObject)
        | If(RequestMembers.Verbosity, request.Verbosity is not (null or "medium"))
        | If(RequestMembers.PromptCacheKey, !request.PromptCacheKey.IsEmpty)
        | If(RequestMembers.Store, request.Store == true)
        | If(RequestMembers.Cache, request.Cache is not null);

    private static RequestMembers SaidOf(Sampling sampling) =>
        If(RequestMembers.TopK, sampling.TopK is not null)
        | If(RequestMembers.Stop, sampling.Stop.Count > 0)
        | If(RequestMembers.Seed, sampling.Seed is not null)
        | If(RequestMembers.FrequencyPenalty, sampling.FrequencyPenalty is not (null or 0))
        | If(RequestMembers.PresencePenalty, sampling.PresencePenalty is not (null or 0))
        | If(RequestMembers.Choices, sampling.Choices is > 1)
        | If(RequestMembers.Logprobs, sampling.Logprobs == true)
        | If(RequestMembers.TopLogprobs, sampling.TopLogprobs is > 0);

    private static RequestMembers If(RequestMembers member, bool isSaid) => isSaid ? member : RequestMembers.None;
}
