using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>What any dialect must stand: damaged answers and requests are read or refused, and what was read can be written.</summary>
/// <param name="dialect">The dialect.</param>
/// <param name="rounds">How many damaged bodies of each kind.</param>
internal sealed class DialectFuzz(Dialect dialect, int rounds)
{
    /// <param name="make">A whole answer.</param>
    /// <param name="context">What it is written with.</param>
    /// <param name="member">A member every written answer has.</param>
    public void Answers(Func<Random, string> make, AnswerContext context, string member)
    {
        var random = new Random(2);
        for (var round = 0; round < rounds; round++)
        {
            var body = Wounds.Damage(make(random), random);
            var builder = new AnswerBuilder();
            var guard = new StreamGuard(builder, dialect.Rules, new Losses());
            dialect.ReadAnswer(body, guard);
            dialect.InspectAnswer(body, new StreamFacts());
            dialect.ReadError(500, body);
            dialect.IsErrorBody(body);
            guard.Complete();
            if (!guard.HasFailed)
            {
                var output = new ArrayBufferWriter<byte>();
                dialect.WriteAnswer(builder.Answer, context, output);
                using var written = JsonDocument.Parse(output.WrittenMemory);
                Assert.True(written.RootElement.TryGetProperty(member, out _));
            }
        }
    }

    /// <param name="request">A whole request.</param>
    /// <param name="write">Writes what was read of it.</param>
    /// <param name="member">A member every written request has.</param>
    public void Requests(string request, Func<ChatRequest, string> write, string member)
    {
        var random = new Random(3);
        for (var round = 0; round < rounds; round++)
        {
            if (dialect.ReadRequest(new RequestSource(Wounds.Damage(request, random), "m", null), out var read) is null)
            {
                using var written = JsonDocument.Parse(write(read));
                Assert.True(written.RootElement.TryGetProperty(member, out _));
            }
        }
    }
}
