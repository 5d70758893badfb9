using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Routing;

/// <summary>Chooses the key of a candidate: the one the caller asked for, the one its session has, or any by weight.</summary>
internal static class KeySelection
{
    /// <param name="exchange">The exchange.</param>
    /// <param name="provider">Whose key.</param>
    /// <param name="model">For which model, as it was asked for.</param>
    /// <param name="lane">What is remembered of the provider.</param>
    /// <param name="isPrimary">Sessions hold for the primary only (contract 3.1).</param>
    /// <param name="choice">The key and how far it binds.</param>
    public static GatewayError? Select(Exchange exchange, Provider provider, string model, Lane lane, bool isPrimary, out (KeyConfig Key, KeyHold Hold) choice)
    {
        choice = default;
        var wishes = exchange.KeyWishes;
        if (wishes is { IsFixed: true })
        {
            if (wishes.Find(provider, model, exchange.VirtualKey, isPrimary, out var wished) is { } error)
            {
                return error;
            }

            choice = (wished!, KeyHold.Fixed);
        }

        if (choice.Key is null && wishes is { Session.Length: > 0 } && isPrimary)
        {
            choice = (OfSession(exchange, wishes, provider, model, lane)!, KeyHold.Sticky);
        }

        choice = choice.Key is null ? (KeyRing.Choose(provider, model, exchange.VirtualKey, lane, null)!, KeyHold.Free) : choice;
        return choice.Key is null ? GatewayError.Invalid($"No key of provider \"{provider.Name}\" may serve the model \"{model}\".", "model") : null;
    }

    /// <summary>The session's key was refused: it gets another.</summary>
    public static void Rebind(Exchange exchange, Candidate candidate) =>
        exchange.Snapshot.Sessions.Keep(exchange.KeyWishes!.Session, candidate.Provider.Name, candidate.Key.Name, exchange.KeyWishes.Lifetime);

    private static KeyConfig? OfSession(Exchange exchange, KeyWishes wishes, Provider provider, string model, Lane lane)
    {
        var sessions = exchange.Snapshot.Sessions;
        var name = sessions.Find(wishes.Session, provider.Name);
        KeyConfig? key = null;
        foreach (var each in name is null ? [] : provider.Keys)
        {
            key = each.Name == name && KeyRing.MayServe(provider, each, model, exchange.VirtualKey) ? each : key;
        }

        key ??= KeyRing.Choose(provider, model, exchange.VirtualKey, lane, null);
        if (key is not null)
        {
            sessions.Keep(wishes.Session, provider.Name, key.Name, wishes.Lifetime);
        }

        return key;
    }
}
