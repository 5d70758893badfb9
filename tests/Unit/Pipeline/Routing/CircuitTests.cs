using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Tests.Unit.Pipeline.Routing;

public class CircuitTests
{
    private readonly ManualTime _time = new();
    private readonly Circuit _circuit;

    public CircuitTests() => _circuit = new Circuit(_time);

    [Fact]
    public void Admits_UntilFiveFailuresInARow()
    {
        Fail(4);
        Assert.True(_circuit.Admits());
        Assert.False(_circuit.IsOpen);

        Fail(1);
        Assert.False(_circuit.Admits());
        Assert.True(_circuit.IsOpen);
    }

    [Fact]
    public void Admits_AfterThePause_OneProbe()
    {
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(_circuit.Admits());

        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(_circuit.Admits());
        Assert.False(_circuit.Admits());
    }

    [Fact]
    public void Fail_OfTheProbe_DoublesThePause_UpToHalfAMinute()
    {
        Fail(5);
        foreach (var seconds in new[] { 5, 10, 20, 30, 30 })
        {
            _time.Advance(TimeSpan.FromSeconds(seconds - 0.5));
            Assert.False(_circuit.Admits());
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_circuit.Admits());
            Fail(1);
        }
    }

    [Fact]
    public void Withdraw_OfTheProbe_LetsTheNextProbe()
    {
        Fail(5);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(_circuit.Admits());
        _circuit.Withdraw();
        Assert.True(_circuit.Admits());
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _circuit.Fail();
        }
    }
}
