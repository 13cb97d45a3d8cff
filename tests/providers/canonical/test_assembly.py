"""The answer that a stream's events tell."""

from pipeline.usage import Usage
from providers import canonical as c
from providers.canonical.assembly import Assembly

SIGNATURE = c.Opaque("anthropic_messages", "sig")
CITATION = c.Citation(kind="url", url="https://example.com")
END = c.Stop(c.StopReason.END)
TOKEN = c.TokenLogprob("Hi", -0.5)


def assembled(*events: c.Event) -> c.Reply:
    assembly = Assembly()
    for event in events:
        assembly.feed(event)
    return assembly.reply()


def test_each_part_grows_by_its_own_deltas() -> None:
    reply = assembled(
        c.Started("id", "m", 7),
        c.PartStarted(c.Thinking("")), c.ThinkingDelta("h"), c.ThinkingDelta("m"), c.SignatureDelta(SIGNATURE), c.PartEnded(),
        c.PartStarted(c.Thinking("")), c.SignatureDelta(SIGNATURE, encrypted=True), c.PartEnded(),
        c.PartStarted(c.Text("")), c.TextDelta("Hi", logprobs=(TOKEN,)), c.CitationAdded(CITATION),
        c.TextDelta("!"), c.PartEnded(),
        c.PartStarted(c.Refusal("")), c.RefusalDelta("no"), c.PartEnded(),
        c.PartStarted(c.ToolCall("c1", "f", "")), c.ArgumentsDelta('{"a"'), c.ArgumentsDelta(":1}"), c.PartEnded(),
        c.PartStarted(c.Audio(c.Inline("audio/pcm", ""))), c.AudioDelta("AAAA", "be"), c.AudioDelta("BBBB", "ep"), c.PartEnded(),
        c.Heartbeat(),
        c.Finished(END),
        c.UsageReported(Usage(input=1)), c.UsageReported(Usage(input=2)),
        c.Completed(),
    )  # fmt: skip
    assert (reply.id, reply.model, reply.created, reply.usage) == ("id", "m", 7, Usage(input=2))
    (candidate,) = reply.candidates
    assert (candidate.stop, candidate.logprobs) == (END, (TOKEN,))
    assert candidate.parts == (
        c.Thinking("hm", signature=SIGNATURE),
        c.Thinking("", encrypted=SIGNATURE),
        c.Text("Hi!", (CITATION,)),
        c.Refusal("no"),
        c.ToolCall("c1", "f", '{"a":1}'),
        c.Audio(c.Inline("audio/pcm", "AAAABBBB"), transcript="beep"),
    )


def test_candidates_may_interleave() -> None:
    reply = assembled(
        c.PartStarted(c.Text(""), 0), c.PartStarted(c.Text(""), 1), c.TextDelta("a", 0), c.TextDelta("b", 1),
        c.PartEnded(1), c.PartEnded(0), c.Finished(END, 1), c.Finished(END, 0),
    )  # fmt: skip
    assert [candidate.parts for candidate in reply.candidates] == [(c.Text("a"),), (c.Text("b"),)]
