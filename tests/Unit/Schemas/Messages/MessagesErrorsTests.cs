using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesErrorsTests
{
    [Theory]
    [InlineData(ErrorKind.InvalidRequest, "invalid_request_error")]
    [InlineData(ErrorKind.MethodNotAllowed, "invalid_request_error")]
    [InlineData(ErrorKind.UnsupportedMedia, "invalid_request_error")]
    [InlineData(ErrorKind.Authentication, "authentication_error")]
    [InlineData(ErrorKind.Permission, "permission_error")]
    [InlineData(ErrorKind.NotFound, "not_found_error")]
    [InlineData(ErrorKind.TooLarge, "request_too_large")]
    [InlineData(ErrorKind.RateLimit, "rate_limit_error")]
    [InlineData(ErrorKind.Billing, "billing_error")]
    [InlineData(ErrorKind.Overloaded, "overloaded_error")]
    [InlineData(ErrorKind.Unavailable, "api_error")]
    [InlineData(ErrorKind.Timeout, "timeout_error")]
    [InlineData(ErrorKind.BadGateway, "api_error")]
    [InlineData(ErrorKind.Server, "api_error")]
    public void WriteError_AnyKind_SpeaksAnthropicsVocabulary(object kind, string type)
    {
        var text = Wire.Error(new GatewayError(400, (ErrorKind)kind, "says \"no\"") { Type = "insufficient_quota" });

        Assert.Equal($$$"""{"type":"error","error":{"type":"{{{type}}}","message":"says \"no\""}}""", text);
    }

    [Fact]
    public void WriteError_FieldNotInMessage_NamesIt() =>
        Assert.Contains("\"message\":\"max_tokens: must be positive\"", Wire.Error(GatewayError.Invalid("must be positive", "max_tokens")), StringComparison.Ordinal);

    [Theory]
    [InlineData(429, """{"type":"error","error":{"type":"rate_limit_error","message":"slow \"down\""},"request_id":"req_1"}""", ErrorKind.RateLimit, "slow \"down\"")]
    [InlineData(529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded, "Overloaded")]
    [InlineData(404, """[{"error":{"code":404,"message":"no such model","status":"NOT_FOUND"}}]""", ErrorKind.NotFound, "no such model")]
    [InlineData(400, """{"error":"plain words"}""", ErrorKind.InvalidRequest, "plain words")]
    [InlineData(422, """{"detail":"bad field"}""", ErrorKind.InvalidRequest, "bad field")]
    [InlineData(400, """{"error":{"message":"lone \ud83d surrogate"}}""", ErrorKind.InvalidRequest, "lone \uFFFD surrogate")]
    [InlineData(503, "no healthy upstream", ErrorKind.Unavailable, "the upstream answered 503: no healthy upstream")]
    [InlineData(502, "<html>Bad gateway</html>", ErrorKind.BadGateway, "the upstream answered 502 without a readable error")]
    [InlineData(500, "", ErrorKind.Server, "the upstream answered 500 without a readable error")]
    [InlineData(500, "[1,2]", ErrorKind.Server, "the upstream answered 500 without a message")]
    public void ReadError_AnyBody_KeepsStatusAndMessage(int status, string body, object kind, string message)
    {
        var error = Wire.Dialect.ReadError(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal(status, error.Status);
        Assert.Equal((ErrorKind)kind, error.Kind);
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"api_error","message":"m"},"request_id":"r"}""", true)]
    [InlineData("""{"type":"error","error":{"type":"insufficient_quota","message":"m"}}""", false)]
    [InlineData("""{"error":{"type":"api_error","message":"m"}}""", false)]
    [InlineData("""{"type":"error","error":"m"}""", false)]
    [InlineData("<html>", false)]
    public void IsErrorBody_AnyBody_KnowsItsOwn(string body, bool isOwn) => Assert.Equal(isOwn, Wire.Dialect.IsErrorBody(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void ReadError_ThenWrite_IsTheSameType()
    {
        var error = Wire.Dialect.ReadError(409, """{"type":"error","error":{"type":"conflict_error","message":"twice"}}"""u8);

        Assert.Equal("""{"type":"error","error":{"type":"conflict_error","message":"twice"}}""", Wire.Error(error));
    }
}
