using BifrostLite.Pipeline;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace BifrostLite.Endpoints;

/// <summary>Which web pages may call the gateway: client.allowed_origins and client.allowed_headers of the newest configuration.</summary>
internal sealed class Cors(SnapshotSource snapshots) : ICorsPolicyProvider
{
    /// <summary>What Bifrost allows when nothing is configured.</summary>
    private static readonly string[] DefaultHeaders = ["Content-Type", "Authorization", "X-Requested-With", "X-Stainless-Timeout", "X-Api-Key"];

    /// <summary>Only browsers send Origin; everybody else's requests need no policy made for them.</summary>
    public static void UseForBrowsers(IApplicationBuilder app) =>
        app.UseWhen(static http => http.Request.Headers.Origin.Count > 0, static browsers => browsers.UseCors());

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var client = snapshots.Current.Config.Client;
        var policy = new CorsPolicyBuilder()
            .WithMethods("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
            .WithHeaders([.. DefaultHeaders, .. client.AllowedHeaders])
            .WithExposedHeaders("*");
        if (client.AllowedOrigins.Contains("*"))
        {
            policy.AllowAnyOrigin();
        }
        else
        {
            policy.WithOrigins([.. client.AllowedOrigins]).SetIsOriginAllowedToAllowWildcardSubdomains();
        }

        return Task.FromResult<CorsPolicy?>(policy.Build());
    }
}
