using Xunit.Abstractions;
using Xunit.Sdk;

namespace BifrostLite.Tests.Unit.Storage;

/// <summary>A fact of an engine; skipped, with the reason, where its engine cannot be had on this machine.</summary>
[XunitTestCaseDiscoverer("BifrostLite.Tests.Unit.Storage.StoreFactDiscoverer", "bifrost-lite.tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoreFactAttribute : FactAttribute;

/// <summary>Asks at discovery whether the engine of the test's class is there.</summary>
public sealed class StoreFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var display = discoveryOptions.MethodDisplayOrDefault();
        var options = discoveryOptions.MethodDisplayOptionsOrDefault();
        return testMethod.TestClass.Class.Interfaces.Any(one => one.ToRuntimeType() == typeof(IClassFixture<PostgresServer>)) && PostgresServer.Obstacle is { } reason
            ? new SkippedCase(DiagnosticMessageSink, display, options, testMethod, reason)
            : new XunitTestCase(DiagnosticMessageSink, display, options, testMethod);
    }
}

/// <summary>A test that is reported as skipped.</summary>
public sealed class SkippedCase : XunitTestCase
{
    private string _reason = "";

    [Obsolete("For deserialization.")]
    public SkippedCase()
    {
    }

    public SkippedCase(IMessageSink messages, Xunit.Sdk.TestMethodDisplay display, Xunit.Sdk.TestMethodDisplayOptions options, ITestMethod method, string reason)
        : base(messages, display, options, method) => _reason = reason;

    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue(nameof(_reason), _reason);
    }

    public override void Deserialize(IXunitSerializationInfo data)
    {
        _reason = data.GetValue<string>(nameof(_reason));
        base.Deserialize(data);
    }

    protected override string GetSkipReason(IAttributeInfo factAttribute) => _reason;
}
