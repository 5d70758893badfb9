using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas;

public class KeptAnswerTests
{
    /// <summary>A caller who wants the answer kept must hear where that is not to be had.</summary>
    [Theory]
    [InlineData("chat")]
    [InlineData("responses")]
    [InlineData("messages")]
    [InlineData("converse")]
    [InlineData("genai")]
    public void WriteRequest_AnswerToBeKept_SaysSoOrReportsTheLoss(string dialect)
    {
        var request = new ChatRequest { Dialect = "other", Model = "m", Store = true };
        var turn = new Turn(Role.User);
        turn.Parts.Add(new TextPart(JsonText.From("Hello")));
        request.Turns.Add(turn);
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();

        Dialects.Get(dialect).WriteRequest(request, new TargetModel("p", "m", "f"), output, losses);

        Assert.True(
            Encoding.UTF8.GetString(output.WrittenSpan).Contains("\"store\":true", StringComparison.Ordinal) || losses.Kept.Any(loss => loss.Path == "store"),
            $"{dialect} dropped store in silence");
    }
}
