using BifrostLite.Configuration;
using BifrostLite.Pipeline.Jobs;
using System.Text;
using System.Text.Json;

namespace BifrostLite.Tests.Unit.Pipeline.Jobs;

public sealed class WebhookSenderTests
{
    private static readonly WebhookConfig Hook = new("ops", new Uri("https://hooks.example"), new Secret(""));

    /// <summary>The worked example of https://github.com/standard-webhooks/standard-webhooks (its libraries' tests).</summary>
    [Fact]
    public void Sign_SecretInBase64_IsTheStandardsExample() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSender.Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}"u8));

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(4, 240)]
    [InlineData(9, 1800)]
    [InlineData(99, 1800)]
    public void Wait_AfterEachFailure_DoublesUpToTheLongest(int failed, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), WebhookSender.Wait(Hook, failed));

    [Theory]
    [InlineData(200, "completed", true, 100, "response")]
    [InlineData(500, "failed", true, 100, "error")]
    [InlineData(200, "completed", true, 3, "response_omitted")]
    [InlineData(500, "failed", true, 3, "error_omitted")]
    [InlineData(200, "completed", false, 100, null)]
    public void Write_AnswerOfTheJob_IsThereWhereWantedAndSmallEnough(int status, string state, bool isWanted, int most, string? member)
    {
        var call = new WebhookCall("ops", "j1", state, "") { Door = "responses", Status = status, ExpiresAt = DateTimeOffset.UnixEpoch };
        var outcome = new JobOutcome { Status = status, ContentType = "application/json", Body = Encoding.UTF8.GetBytes("{\"a\":1}"), CompletedAt = DateTimeOffset.UnixEpoch };

        var json = Written(Hook with { IncludesResponse = isWanted, MostResponseBytes = most }, call, outcome, isGone: false);

        string[] all = ["response", "error", "response_omitted", "error_omitted"];
        Assert.Equal(member is null ? [] : [member], all.Where(name => json.TryGetProperty(name, out _)));
        Assert.Equal("/v1/async/responses/j1", json.GetProperty("result_url").GetString());
    }

    [Fact]
    public void Write_AnswerThatIsGone_SaysSo()
    {
        var json = Written(Hook, new WebhookCall("ops", "j1", "completed", "") { Door = "responses", Status = 200 }, null, isGone: true);

        Assert.True(json.GetProperty("result_expired").GetBoolean());
        Assert.False(json.TryGetProperty("result_url", out _));
    }

    private static JsonElement Written(WebhookConfig hook, WebhookCall call, JobOutcome? outcome, bool isGone) =>
        JsonDocument.Parse(WebhookBody.Write(hook, call, null, outcome, isGone, DateTimeOffset.UnixEpoch)).RootElement.GetProperty("data");
}
