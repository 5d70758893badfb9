namespace BifrostLite.Pipeline.Conversations;

/// <summary>What stateful responses and conversations need of each other.</summary>
internal static class ConversationServices
{
    public static void AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<ResponseBook>();
        services.AddSingleton<ConversationBook>();
        services.AddSingleton<TurnKeeper>();
        services.AddSingleton<NativeResponses>();
        services.AddSingleton<BackgroundRuns>();
        services.AddHostedService<BackgroundRunner>();
        services.AddSingleton<ResponseDesk>();
        services.AddSingleton<ConversationDesk>();
    }
}
