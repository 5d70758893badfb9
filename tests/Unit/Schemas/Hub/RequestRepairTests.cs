using BifrostLite.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;
using static BifrostLite.Tests.Unit.Schemas.Hub.Conversations;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class RequestRepairTests
{
    private readonly Losses _losses = new();

    [Fact]
    public void Turns_SameRoleTwice_BecomesOneTurn()
    {
        var request = Request(User(Text("a")), User(Text("b")), Assistant(Text("c")), Assistant(Text("d")), User(Text("e")));

        Assert.Equal("user: 'a', 'b'\nassistant: 'c', 'd'\nuser: 'e'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal(5, request.Turns.Count);
        Assert.Equal("user: 'a'\nuser: 'b'\nassistant: 'c'\nassistant: 'd'\nuser: 'e'", Repaired(request, RepairRules.Loose));
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void Turns_ResultsInSeveralTurns_StandFirstInOneInTheOrderOfTheCalls()
    {
        var request = Request(
            User(Text("go")), Assistant(Call("a"), Call("b", "g")), User(Text("by the way"), Result("b", "2")), User(Result("a", "1")));

        Assert.Equal(
            "user: 'go'\nassistant: call a f {}, call b g {}\nuser: result a f '1', result b g '2', 'by the way'",
            Repaired(request, RepairRules.Loose));
        Assert.Equal(3 + 1, request.Turns.Count);
        Assert.Equal([new Loss("messages[3].content[0]", LossReason.Moved)], _losses.Kept);
    }

    [Fact]
    public void Turns_OneTurnPerResult_IsNoLoss()
    {
        var request = Request(User(Text("go")), Assistant(Call("a"), Call("b")), User(Result("a")), User(Result("b")), Assistant(Text("done")));

        Assert.Equal(
            "user: 'go'\nassistant: call a f {}, call b f {}\nuser: result a f 'ok', result b f 'ok'\nassistant: 'done'",
            Repaired(request, RepairRules.Loose));
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void Turns_ResultBehindAnotherTurn_MovesToItsCall()
    {
        var request = Request(User(Text("go")), Assistant(Call("a")), User(Text("wait")), Assistant(Text("hm")), User(Result("a")));

        Assert.Equal(
            "user: 'go'\nassistant: call a f {}\nuser: result a f 'ok', 'wait'\nassistant: 'hm'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal([new Loss("messages[4].content[0]", LossReason.Moved)], _losses.Kept);
    }

    /// <summary>Some clients make the ids of results anew; as many results as calls can only be theirs.</summary>
    [Fact]
    public void Turns_ResultsWithForeignIdsBehindAsManyCalls_AreTheirs()
    {
        var request = Request(User(Text("go")), Assistant(Call("a"), Call("b", "g"), Call("c", "h")), User(Result("b", "2"), Result("x", "1"), Result("y", "3")));

        Assert.Equal(
            "user: 'go'\nassistant: call a f {}, call b g {}, call c h {}\nuser: result a f '1', result b g '2', result c h '3'",
            Repaired(request, RepairRules.Loose));
        Assert.Equal([new Loss("messages[2].content[1]", LossReason.Repaired), new Loss("messages[2].content[2]", LossReason.Repaired)], _losses.Kept);
    }

    [Fact]
    public void Turns_MoreForeignResultsThanCalls_ArePairedWithNone()
    {
        var request = Request(User(Text("go")), Assistant(Call("a")), User(Result("x", "1"), Result("y", "2")));

        Assert.StartsWith("user: 'go'\nassistant: call a f {}\nuser: failure a f", Repaired(request, RepairRules.Loose), StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_OrphanResult_BecomesText()
    {
        var request = Request(User(Text("go")), Assistant(Text("ok")), User(Result("x", "found"), Text("and?")));

        Assert.Equal(
            "user: 'go'\nassistant: 'ok'\nuser: '[result of tool call x]', 'found', 'and?'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal([new Loss("messages[2].content[0]", LossReason.Repaired)], _losses.Kept);
    }

    [Fact]
    public void Turns_ResultBeforeItsCall_IsAnOrphan()
    {
        var request = Request(User(Result("a", "early")), Assistant(Call("a")), User(Text("x")));

        Assert.Equal(
            "user: '[result of tool call a]', 'early'\nassistant: call a f {}\nuser: failure a f 'no result was recorded for this tool call.', 'x'",
            Repaired(request, RepairRules.Turnwise));
    }

    [Fact]
    public void Turns_CallWithoutResult_GetsAFailure()
    {
        var request = Request(User(Text("go")), Assistant(Text("let me"), Call("a"), Call("b")), User(Result("b")), Assistant(Call("c")));

        Assert.Equal(
            """
            user: 'go'
            assistant: 'let me', call a f {}, call b f {}
            user: failure a f 'no result was recorded for this tool call.', result b f 'ok'
            assistant: call c f {}
            user: failure c f 'no result was recorded for this tool call.'
            """,
            Repaired(request, RepairRules.Turnwise));
        Assert.Equal(2, _losses.Count);
    }

    [Fact]
    public void Turns_SameIdOnEveryTurn_IsMadeUniqueForCallAndResult()
    {
        var request = Request(
            User(Text("go")), Assistant(Call("call_0")), User(Result("call_0", "1")), Assistant(Call("call_0")), User(Result("call_0", "2")));

        Assert.Equal(
            """
            user: 'go'
            assistant: call call_0 f {}
            user: result call_0 f '1'
            assistant: call call_0_2 f {}
            user: result call_0_2 f '2'
            """,
            Repaired(request, RepairRules.Loose));
        Assert.Equal([new Loss("messages[3].content[0].id", LossReason.Repaired)], _losses.Kept);
    }

    [Fact]
    public void Turns_ForeignIds_AreMappedTheSameWayEachTime()
    {
        var request = Request(User(Text("go")), Assistant(Call("f:0"), Call("f.0")), User(Result("f.0", "2"), Result("f:0", "1")));
        var rules = RepairRules.Turnwise with { CallIdLength = 64 };

        var first = RequestRepair.Turns(request, rules, _losses);
        var second = RequestRepair.Turns(request, rules, _losses);

        Assert.Equal(Show(first), Show(second));
        var ids = first[1].Parts.Cast<ToolCallPart>().Select(c => c.Id).ToArray();
        Assert.All(ids, id => Assert.Matches("^f_0_[0-9a-f]{12}$", id.ToString()));
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids, first[2].Parts.Cast<ToolResultPart>().Select(r => r.CallId));
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void Turns_LongIds_FitTheLimit()
    {
        var id = "toolu_" + new string('x', 80);
        var request = Request(User(Text("go")), Assistant(Call(id), Call(id + "y")), User(Result(id), Result(id + "y")));

        var turns = RequestRepair.Turns(request, RepairRules.Loose with { CallIdLength = 40 }, _losses);

        var ids = turns[1].Parts.Cast<ToolCallPart>().Select(c => c.Id.ToString()).ToArray();
        Assert.All(ids, i => Assert.Equal(40, i.Length));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public void Turns_EmptyIds_ArePairedInOrder()
    {
        var request = Request(User(Text("go")), Assistant(Call(""), Call("", "g")), User(Result("", "1"), Result("", "2")));

        Assert.Equal(
            "user: 'go'\nassistant: call call f {}, call call_2 g {}\nuser: result call f '1', result call_2 g '2'",
            Repaired(request, RepairRules.Loose));
    }

    [Fact]
    public void Turns_BlankText_IsDroppedWithItsTurn()
    {
        var request = Request(User(Text("a"), Text(" \n\t")), Assistant(Text("")), User(Text("b")));

        Assert.Equal("user: 'a', 'b'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal("user: 'a', ' \\n\\t'\nassistant: ''\nuser: 'b'", Repaired(request, RepairRules.Loose));
    }

    [Fact]
    public void Turns_NothingButBlanks_KeepsOnePlaceholder()
    {
        Assert.Equal("user: '(no content)'", Repaired(Request(User(Text(""))), RepairRules.Turnwise));
        Assert.Equal(1, _losses.Count);
    }

    [Fact]
    public void Turns_EmptyReasoningWithSignature_IsKept()
    {
        var thought = new ReasoningPart(default) { State = new ReasoningState(StateKind.Signature, JsonText.From("sig"), default) };
        var request = Request(User(Text("a")), Assistant(thought, Text("b")), User(Text("c")));

        Assert.Equal("user: 'a'\nassistant: reasoningpart, 'b'\nuser: 'c'", Repaired(request, RepairRules.Turnwise));
    }

    [Fact]
    public void Turns_EmptyResult_IsFilledWhereTheTargetDemandsIt()
    {
        var request = Request(User(Text("a")), Assistant(Call("a")), User(Result("a", "")));

        Assert.EndsWith("result a f", Repaired(request, RepairRules.Turnwise).TrimEnd());
        Assert.EndsWith("result a f '(no output)'", Repaired(request, RepairRules.Turnwise with { FillsEmptyResults = true }));
        Assert.EndsWith("result a f ''", Repaired(request, RepairRules.Loose));
    }

    [Fact]
    public void Turns_AssistantFirst_GetsAUserBefore()
    {
        Assert.Equal("user: '(no content)'\nassistant: 'hi'\nuser: 'x'", Repaired(Request(Assistant(Text("hi")), User(Text("x"))), RepairRules.Turnwise));
    }

    [Fact]
    public void Turns_Prefill_IsTrimmedOrFollowed()
    {
        var request = Request(User(Text("a")), Assistant(Text("So: \n")));

        Assert.Equal("user: 'a'\nassistant: 'so:'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal(
            "user: 'a'\nassistant: 'so: \\n'\nuser: 'continue.'", Repaired(request, RepairRules.Turnwise with { TakesPrefill = false }));
        Assert.Equal("So: \\n", ((TextPart)request.Turns[1].Parts[0]).Text.ToString());
    }

    [Fact]
    public void Turns_SystemInTheMiddle_BecomesAUsersWhereRefused()
    {
        var request = Request(User(Text("a")), Assistant(Call("a")), Instructions(Text("be brief")), User(Result("a")));

        Assert.Equal("user: 'a'\nassistant: call a f {}\nuser: result a f 'ok', 'be brief'", Repaired(request, RepairRules.Turnwise));
        Assert.Equal(
            "user: 'a'\nassistant: call a f {}\nuser: result a f 'ok'\nsystem: 'be brief'", Repaired(request, RepairRules.Loose));
    }

    [Theory]
    [InlineData("a ", "a")]
    [InlineData("a\\n", "a")]
    [InlineData("a\\\\n", "a\\\\n")]
    [InlineData("a\\\\\\n \\t", "a\\\\")]
    [InlineData(" \\r", "")]
    [InlineData("n", "n")]
    [InlineData("", "")]
    public void TrimEnd_Escapes_AreUnderstood(string text, string expected) =>
        Assert.Equal(expected, RequestRepair.TrimEnd(new JsonText(System.Text.Encoding.UTF8.GetBytes(text))).ToString());

    [Fact]
    public void Turns_AnyConversation_IsLegal()
    {
        var part = Gen.OneOf(
            Gen.Elements("a", "b", "c:1").Select(i => (Part)Call(i)),
            Gen.Elements("a", "b", "c:1", "d").Select(i => (Part)Result(i)),
            Gen.Elements("x", "", " ").Select(t => (Part)Text(t)));
        var turn =
            from role in Gen.Elements(Role.User, Role.Assistant, Role.System)
            from parts in part.ListOf()
            select new { role, parts = parts.Where(p => p is not ToolCallPart || role == Role.Assistant).ToArray() };
        var conversation = turn.ListOf().Select(ts => ts.Select(t => Turn(t.role, t.parts)).ToArray());

        Prop.ForAll(Arb.From(conversation), turns => IsLegal(RequestRepair.Turns(Request(turns), RepairRules.Turnwise, new Losses())))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(700));
    }

    private static bool IsLegal(List<Turn> turns)
    {
        var ids = turns.SelectMany(t => t.Parts.OfType<ToolCallPart>()).Select(c => c.Id).ToArray();
        var results = turns.Sum(t => t.Parts.Count(p => p is ToolResultPart));
        return turns.Count > 0
            && turns.Index().All(t => t.Item.Role == (t.Index % 2 == 0 ? Role.User : Role.Assistant) && t.Item.Parts.Count > 0)
            && turns.Index().All(t => IsAnswered(t.Item, turns.ElementAtOrDefault(t.Index + 1)))
            && results == ids.Length
            && ids.Distinct().Count() == ids.Length
            && ids.All(ToolNames.IsLegal);
    }

    private static bool IsAnswered(Turn turn, Turn? next)
    {
        var calls = turn.Parts.OfType<ToolCallPart>().Select(c => c.Id);
        var results = next?.Parts.TakeWhile(p => p is ToolResultPart).Cast<ToolResultPart>().Select(r => r.CallId) ?? [];
        return turn.Role != Role.Assistant || calls.SequenceEqual(results);
    }

    private string Repaired(ChatRequest request, RepairRules rules) => Show(RequestRepair.Turns(request, rules, _losses));
}
