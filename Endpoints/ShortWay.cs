namespace BifrostLite.Endpoints;

/// <summary>
/// Requests for the doors at fixed paths go in without routing, which takes three times as long to find them and then asks what it found
/// for policies that no door has. Whatever is not exactly such a path, is no POST or comes from a browser goes the long way.
/// </summary>
internal sealed class ShortWay
{
    private readonly Dictionary<string, RequestDelegate> _doors = new(StringComparer.Ordinal);

    /// <summary>Stands before routing.</summary>
    public static void Use(WebApplication app)
    {
        var way = app.Services.GetRequiredService<ShortWay>();
        app.Use(next => http => way.Find(http.Request) is { } door ? door(http) : next(http));
    }

    /// <summary>Before the server starts.</summary>
    public void Add(string path, RequestDelegate door) => _doors.TryAdd(path, door);

    private RequestDelegate? Find(HttpRequest request) =>
        request.Path.Value is { } path && _doors.TryGetValue(path, out var door) && HttpMethods.IsPost(request.Method) && request.Headers.Origin.Count == 0
            ? door
            : null;
}
