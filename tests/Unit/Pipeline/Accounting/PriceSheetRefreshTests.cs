using System.Net;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Tests.Unit.Providers;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Pipeline.Accounting;

public sealed class PriceSheetRefreshTests : IDisposable
{
    private const string Address = "https://prices.example/sheet.json";

    private readonly string _directory = Directory.CreateTempSubdirectory("prices").FullName;
    private readonly ManualTime _time = new();
    private readonly PriceSheets _sheets = new();
    private HttpStatusCode _status = HttpStatusCode.OK;
    private string _answer = Sheet(1);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_WebAddress_ReadsItAndAgainAfterTheInterval()
    {
        using var refresh = await StartAsync(Address);
        Assert.Equal(1e-6m, Price());

        _answer = Sheet(2);
        await PassAsync(refresh, TimeSpan.FromSeconds(3599));
        Assert.Equal(1e-6m, Price());
        await PassAsync(refresh, TimeSpan.FromSeconds(1));
        Assert.Equal(2e-6m, Price());
    }

    [Fact]
    public async Task Refresh_ServerFailsOrAnswersNonsense_KeepsTheLastGoodSheet()
    {
        using var refresh = await StartAsync(Address);
        _status = HttpStatusCode.ServiceUnavailable;
        await PassAsync(refresh, TimeSpan.FromHours(1));
        Assert.Equal(1e-6m, Price());

        (_status, _answer) = (HttpStatusCode.OK, "<html>sorry</html>");
        await PassAsync(refresh, TimeSpan.FromMinutes(10));
        Assert.Equal(1e-6m, Price());
    }

    [Fact]
    public async Task Start_WithoutNetwork_UsesWhatTheLastRunKept()
    {
        using (await StartAsync(Address))
        {
        }

        _sheets.Use(null);
        _status = HttpStatusCode.BadGateway;
        using var again = await StartAsync(Address);

        Assert.Equal(1e-6m, Price());
    }

    [Fact]
    public async Task Start_OtherAddress_DoesNotUseTheKeptSheet()
    {
        using (await StartAsync(Address))
        {
        }

        _sheets.Use(null);
        _status = HttpStatusCode.BadGateway;
        using var again = await StartAsync("https://prices.example/other.json");

        Assert.Equal("built in", _sheets.Current.Source);
    }

    [Fact]
    public async Task Start_FileAddress_ReadsTheFile()
    {
        var file = Path.Combine(_directory, "own.json");
        await File.WriteAllTextAsync(file, Sheet(3));
        using var refresh = await StartAsync(new Uri(file).AbsoluteUri);

        Assert.Equal(3e-6m, Price());
    }

    [Fact]
    public async Task Start_NoAddress_UsesTheSheetBuiltIn()
    {
        using var refresh = await StartAsync(null);

        Assert.Same(PriceSheets.Embedded, _sheets.Current);
    }

    private static string Sheet(int micros) => $$$"""{"m":{"litellm_provider":"openai","input_cost_per_token":{{{micros}}}e-06}}""";

    private decimal? Price() => _sheets.Current.Find("openai", "openai", "m")?.Rate(Meter.Input, default, 0);

    private async Task<PriceSheetRefresh> StartAsync(string? address)
    {
        var config = new GatewayConfig { Pricing = new PricingConfig { Url = address is null ? null : new Uri(address), Interval = TimeSpan.FromHours(1) } };
        var source = new ConfigSource(config, () => throw new NotSupportedException(), _ => null, NullLogger<ConfigSource>.Instance);
        var handler = new ScriptedHandler((_, _) => Task.FromResult(new HttpResponseMessage(_status) { Content = new StringContent(_answer) }));
        var refresh = new PriceSheetRefresh(_sheets, source, _directory, new HttpMessageInvoker(handler), _time, NullLogger<PriceSheetRefresh>.Instance);
        await refresh.StartAsync(CancellationToken.None);
        await PassAsync(refresh, TimeSpan.Zero);
        return refresh;
    }

    private async Task PassAsync(PriceSheetRefresh refresh, TimeSpan span)
    {
        _time.Advance(span);
        await refresh.Reading;
    }
}
