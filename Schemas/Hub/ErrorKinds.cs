namespace BifrostLite.Schemas.Hub;

/// <summary>Meanings that HTTP statuses have in every dialect that says no more.</summary>
internal static class ErrorKinds
{
    /// <summary>The meaning of an upstream's error status whose body has no known type.</summary>
    public static ErrorKind OfStatus(int status) => status switch
    {
        401 => ErrorKind.Authentication,
        402 => ErrorKind.Billing,
        403 => ErrorKind.Permission,
        404 => ErrorKind.NotFound,
        405 => ErrorKind.MethodNotAllowed,
        408 or 504 => ErrorKind.Timeout,
        413 => ErrorKind.TooLarge,
        415 => ErrorKind.UnsupportedMedia,
        429 => ErrorKind.RateLimit,
        502 => ErrorKind.BadGateway,
        503 => ErrorKind.Unavailable,
        529 => ErrorKind.Overloaded,
        >= 400 and < 500 => ErrorKind.InvalidRequest,
        _ => ErrorKind.Server,
    };
}
