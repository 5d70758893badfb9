namespace BifrostLite.Providers.Auth;

/// <summary>One small request to a credential service: status and text, or why there is none.</summary>
internal static class CredentialFetch
{
    // Credential services answer in milliseconds; a request of a user waits for this one.
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static Task<(int Status, string Text, string? Failure)> SendAsync(HttpMessageInvoker http, HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(http, request, Timeout, cancellationToken);

    public static async Task<(int Status, string Text, string? Failure)> SendAsync(
        HttpMessageInvoker http,
        HttpRequestMessage request,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await http.SendAsync(request, deadline.Token);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(deadline.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (0, "", "it did not answer in time");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (0, "", "it could not be reached");
        }
        finally
        {
            request.Dispose();
        }
    }
}
