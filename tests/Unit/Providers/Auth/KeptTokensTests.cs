using BifrostLite.Providers.Auth;

namespace BifrostLite.Tests.Unit.Providers.Auth;

/// <summary>When a token is fetched, whoever's it is.</summary>
public sealed class KeptTokensTests
{
    private readonly FixedClock _clock = new(ProviderKit.Now);
    private readonly KeptTokens _tokens;
    private int _fetched;

    public KeptTokensTests() => _tokens = new KeptTokens(_clock);

    [Theory]
    [InlineData(54, 1)]
    [InlineData(56, 2)]
    public async Task Get_Again_KeepsTheTokenUntilShortlyBeforeItsEnd(int minutes, int fetches)
    {
        await GetAsync("a");
        _clock.Now = ProviderKit.Now.AddMinutes(minutes);

        Assert.Equal("token " + fetches, (await GetAsync("a")).Token);
        Assert.Equal(fetches, _fetched);
    }

    [Fact]
    public async Task Get_OtherName_IsAnotherToken()
    {
        await GetAsync("a");

        Assert.Equal("token 2", (await GetAsync("b")).Token);
    }

    [Fact]
    public async Task Get_AfterAFailure_AsksAgain()
    {
        var failed = await _tokens.GetAsync("a", _ => Task.FromResult(new TokenAnswer(null, "no")), CancellationToken.None);

        Assert.Equal("no", failed.Failure);
        Assert.Equal("token 1", (await GetAsync("a")).Token);
    }

    [Fact]
    public async Task Get_ManyAtOnce_FetchesOnce()
    {
        var answer = new TaskCompletionSource<TokenAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        var callers = Enumerable.Range(0, 8).Select(_ => GetAsync("a", answer.Task).AsTask()).ToList();
        answer.SetResult(new TokenAnswer("one", null) { Lives = TimeSpan.FromHours(1) });

        Assert.All(await Task.WhenAll(callers), token => Assert.Equal("one", token.Token));
        Assert.Equal(1, _fetched);
    }

    [Theory]
    [InlineData("""{"access_token":"t","expires_in":3599}""", 3599.0)]
    [InlineData("""{"access_token":"t","expires_in":"3599"}""", 3599.0)]
    [InlineData("""{"access_token":"","expires_in":3599}""", null)]
    [InlineData("""{"access_token":"t"}""", null)]
    [InlineData("[]", null)]
    [InlineData("no json", null)]
    public void Read_AnyAnswer_IsATokenOrNone(string text, double? seconds) => Assert.Equal(seconds, KeptTokens.Read(text)?.Lives.TotalSeconds);

    private ValueTask<TokenAnswer> GetAsync(string name, Task<TokenAnswer>? answer = null) => _tokens.GetAsync(
        name,
        _ =>
        {
            _fetched++;
            return answer ?? Task.FromResult(new TokenAnswer("token " + _fetched, null) { Lives = TimeSpan.FromHours(1) });
        },
        CancellationToken.None);
}
