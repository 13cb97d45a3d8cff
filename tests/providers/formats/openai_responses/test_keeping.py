"""Going on from an earlier response: what goes up instead of its id, and what is kept of the answer."""

from typing import Any

import orjson
import pytest

from pipeline.flow import Route
from pipeline.testing import Playbook, Result, a_caller, a_channel, reply, stream
from providers.formats.openai_responses.keeping import KeepResponses
from providers.formats.openai_responses.name import NAME
from tests.providers.formats.openai_responses.memory_responses import MemoryResponses
from tests.support import responses
from tests.support.responses import call, reasoning, request, response, result, text

ROUTE = Route(NAME, "chat")
HEX = "0123456789abcdef" * 3


class Play:
    """A conversation of Alice's with two channels, each of which keeps what it says if the test says so."""

    def __init__(self) -> None:
        self.store = MemoryResponses()
        channels = [a_channel("one"), a_channel("two")]
        self.book = Playbook(KeepResponses(self.store, 60.0), caller=a_caller(user_id="alice"), channels=channels)

    async def turn(self, answer: Any, given: Any = "Hello", **more: Any) -> Result:
        self.book.upstream(answer)
        return await self.book.request(request("gpt-x", given, **more), route=ROUTE)

    def sent(self) -> Any:
        return orjson.loads(self.book.sent[-1].body)

    async def kept(self, response_id: str) -> Any:
        (kept,) = (await self.store.chain("alice", response_id))[-1:]
        return kept


@pytest.fixture
def play() -> Play:
    return Play()


async def test_the_callers_bytes_are_left_alone(play: Play) -> None:
    await play.turn(reply(response()))
    assert play.book.sent[0].body == orjson.dumps(request("gpt-x"))
    assert play.store.lifetimes == [60.0]


async def test_what_nobody_else_keeps_goes_up_whole_without_ids(play: Play) -> None:
    await play.turn(reply(response(reasoning("gAAA", "Hm."), call("call_1", "f"), id="resp_1")))
    await play.turn(reply(response(text("a"), id="resp_2")), [result("call_1", "ok")], previous_response_id="resp_1")
    await play.turn(reply(response(id="resp_3")), "Go on", previous_response_id="resp_2")
    sent = play.sent()
    assert "previous_response_id" not in sent
    kinds = ["message", "reasoning", "function_call", "function_call_output", "message", "message"]
    assert [item["type"] for item in sent["input"]] == kinds
    assert not [item for item in sent["input"] if "id" in item]
    assert len(orjson.loads(bytes((await play.kept("resp_2")).items))) == 1


async def test_what_the_vendor_keeps_pins_the_flow_and_goes_up_as_it_came(play: Play) -> None:
    first = await play.turn(reply(response(id="resp_1", store=True)))
    channel = first.flow.attempts[0].target.channel.name
    asked = request("gpt-x", "Go on", previous_response_id="resp_1")
    second = await play.turn(reply(response(id="resp_2", store=True)), "Go on", previous_response_id="resp_1")
    assert (second.flow.pin, play.sent()) == (channel, asked)
    assert (await play.kept("resp_2")).previous == "resp_1"


async def test_thoughts_that_nobody_can_read_again_are_not_sent(play: Play) -> None:
    bare = {"id": "rs_1", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
    await play.turn(reply(response(bare, text("a"), id="resp_1")))
    await play.turn(reply(response()), "Go on", previous_response_id="resp_1")
    assert [item["type"] for item in play.sent()["input"]] == ["message", "message", "message"]


async def test_thoughts_of_another_formats_vendor_stay_here(play: Play) -> None:
    given = [reasoning("aihub.anthropic_messages.sig"), reasoning("gAAA"), text("a"), {"role": "user", "content": "b"}]
    await play.turn(reply(response()), given)
    assert [item.get("encrypted_content") for item in play.sent()["input"]] == ["gAAA", None, None]


@pytest.mark.parametrize("output", [True, False], ids=["whole", "empty at the end"])
async def test_a_stream_is_kept_when_its_last_event_goes_out(play: Play, output: bool) -> None:
    events = responses.stream(text("Hello"), id="resp_1")
    if not output:
        last = orjson.loads(events[-1].split(b"data: ")[1])
        events[-1] = responses.sse("response.completed", 99, {"response": {**last["response"], "output": []}})
    play.book.upstream(stream(events, end=None))
    await play.book.request(request("gpt-x"), route=ROUTE, stream=True)
    (item,) = orjson.loads(bytes((await play.kept("resp_1")).response))["output"]
    assert item["content"][0]["text"] == "Hello"


@pytest.mark.parametrize("answer", [stream(responses.stream(text("Hello"))[:-1], cut=True)])
async def test_what_has_no_end_is_not_kept(play: Play, answer: Any) -> None:
    play.book.upstream(answer)
    await play.book.request(request("gpt-x"), route=ROUTE, stream=True)
    assert play.store.kept == {}


async def test_what_shall_not_be_stored_is_not(play: Play) -> None:
    await play.turn(reply(response()), store=False)
    assert play.store.kept == {}


async def test_an_answer_is_not_lost_because_it_cannot_be_kept(play: Play) -> None:
    play.store.lost = True
    assert (await play.turn(reply(response()))).status == 200


async def test_a_lost_store_is_said_to_who_goes_on(play: Play) -> None:
    play.store.lost = True
    assert (await play.turn(reply(response()), previous_response_id="resp_1")).status == 503


async def test_a_conversation_with_a_gap_does_not_go_on(play: Play) -> None:
    await play.turn(reply(response(id="resp_1")))
    await play.turn(reply(response(id="resp_2")), previous_response_id="resp_1")
    await play.store.delete("alice", "resp_1")
    refused = await play.turn(reply(response()), previous_response_id="resp_2")
    assert (refused.status, refused.json()["error"]["code"]) == (400, "previous_response_not_found")


async def test_items_may_be_named_instead_of_sent(play: Play) -> None:
    said = {**text("Oslo"), "id": f"msg_{HEX}_0"}
    await play.turn(reply(response(said, id=f"resp_{HEX}")))
    names = [said["id"], f"msg_{HEX}_7", "msg_native"]
    await play.turn(reply(response()), [{"type": "item_reference", "id": name} for name in names])
    first, *others = play.sent()["input"]
    assert (first["role"], first["content"], "id" in first) == ("assistant", said["content"], False)
    assert [item["id"] for item in others] == names[1:]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"background": True}, "background"),
    ({"conversation": "conv_1"}, "conversation"),
    ({"previous_response_id": 1}, "previous_response_id"),
    ({"previous_response_id": "resp_nobody"}, "previous_response_id"),
]


@pytest.mark.parametrize(("members", "param"), REFUSED)
async def test_what_is_refused_is_named(play: Play, members: dict[str, Any], param: str) -> None:
    refused = await play.turn(reply(response()), **members)
    assert (refused.status, play.book.sent) == (400, [])
    assert refused.flow.error is not None
    assert refused.flow.error.param == param


async def test_other_formats_are_none_of_its_business(play: Play) -> None:
    play.book.upstream(reply({"choices": []}))
    chat = await play.book.request({"model": "gpt-x", "messages": [], "background": True})
    assert (chat.status, play.store.kept) == (200, {})


async def test_switched_off_it_keeps_nothing_and_goes_on_from_nothing() -> None:
    book = Playbook(KeepResponses(None, 60.0), caller=a_caller())
    book.upstream(reply(response()))
    assert (await book.request(request("gpt-x"), route=ROUTE)).status == 200
    refused = await book.request(request("gpt-x", previous_response_id="resp_1"), route=ROUTE)
    assert (refused.status, refused.json()["error"]["code"]) == (400, "responses_not_kept")
