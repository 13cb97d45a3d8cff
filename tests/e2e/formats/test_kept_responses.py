"""Going on from an earlier response, over every upstream; and what can be asked about one."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest

from tests.e2e.conftest import CONFIG, KEY
from tests.e2e.formats.conftest import PIPELINE
from tests.e2e.formats.conftest import state as formats_state
from tests.support import chat, messages
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.official import collect
from tests.support.responses import call, reasoning, request, response, result, stream, text
from tests.support.standin import StandIn, json_answer, sse_answer

BOB = "sk-test-bob"
CANARY = "a most confidential city"
WEATHER: dict[str, Any] = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}


def state(standin: StandIn) -> dict[str, Any]:
    known = formats_state(standin)
    known["users"].append({"username": "bob"})
    known["tokens"].append({"name": "bob", "user": "bob", "key": BOB})
    # Both serve `k-*`: what one keeps, the other does not know.
    for name in ("one", "two"):
        base_url = standin.base_url.removesuffix("/v1") + f"/{name}/v1"
        known["channels"].append({**known["channels"][1], "name": name, "base_url": base_url, "models": ["k-*"]})
    return known


@pytest.fixture(scope="module")
async def keeping(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    config = CONFIG | {"pipeline": PIPELINE}
    async with running_gateway(tmp_path_factory.mktemp("keeping"), config, state(standin)) as gateway:
        yield gateway


@pytest.fixture(scope="module")
async def alice(keeping: RunningGateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=keeping.url + "/v1", api_key=KEY, max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture(scope="module")
async def bob(keeping: RunningGateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=keeping.url + "/v1", api_key=BOB, max_retries=0, timeout=20) as client:
        yield client


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_over_chat(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    answers = [json_answer(chat.completion(each)) for each in ("Oslo", "Cold", "Yes")]
    standin.on("c-kept", *answers, at="chat")
    first = await alice.responses.create(**request("c-kept", "Where?", instructions="Be brief."))
    second = await alice.responses.create(**request("c-kept", "How is it there?", previous_response_id=first.id))
    third = await alice.responses.create(**request("c-kept", "Sure?", previous_response_id=second.id))
    assert [each.previous_response_id for each in (first, second, third)] == [None, first.id, second.id]
    assert third.output_text == "Yes"
    # Instructions are not inherited.
    assert [(m["role"], m["content"]) for m in sent(standin, "c-kept", 2)["messages"]] == [
        ("user", "Where?"),
        ("assistant", "Oslo"),
        ("user", "How is it there?"),
        ("assistant", "Cold"),
        ("user", "Sure?"),
    ]


async def test_a_streamed_tool_call_over_anthropic_with_its_thinking(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    blocks = messages.thinking_block(0, "sig-1", "Hm."), messages.tool_block(1, "toolu_1", "weather", "{}")
    standin.on(
        "a-kept",
        sse_answer(*messages.stream(*blocks, stop="tool_use")),
        json_answer(messages.message(messages.text("Cold"))),
        at="anthropic",
    )
    async with alice.responses.stream(model="a-kept", input="Well?", tools=[WEATHER]) as events:  # type: ignore[list-item]
        first = await events.get_final_response()
    asked = request("a-kept", [result("toolu_1", "-3")], previous_response_id=first.id, tools=[WEATHER])
    second = await alice.responses.create(**asked)
    assert second.output_text == "Cold"
    roles = [(turn["role"], [block["type"] for block in turn["content"]]) for turn in sent(standin, "a-kept", 1)["messages"]]
    assert roles == [("user", ["text"]), ("assistant", ["thinking", "tool_use"]), ("user", ["tool_result"])]
    assert sent(standin, "a-kept", 1)["messages"][1]["content"][0]["signature"] == "sig-1"


async def test_a_vendor_that_keeps_it_itself_is_told_its_id_and_nobody_else_asked(
    alice: openai.AsyncOpenAI, standin: StandIn
) -> None:
    for _ in range(4):
        for name in ("one", "two"):
            answers = [sse_answer(*stream(text(name), id=f"resp_{name}_native", store=True)), json_answer(response(text(name)))]
            standin.on("k-native", *answers, at=name)
        async with alice.responses.stream(model="k-native", input="Where?") as events:
            first = await events.get_final_response()
        asked = request("k-native", "Sure?", previous_response_id=first.id)
        second = await alice.responses.create(**asked)
        assert second.output_text == first.output_text
        assert standin.requests("k-native")[-1].json() == asked


async def test_a_vendor_that_keeps_nothing_is_sent_the_conversation(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    first_answer = response(reasoning("gAAA", "Hm."), call("call_1", "weather"), id="resp_stateless", store=False)
    standin.on("o-kept", json_answer(first_answer), json_answer(response(text("Cold"))), at="openai")
    first = await alice.responses.create(**request("o-kept", "Well?", tools=[WEATHER]))
    await alice.responses.create(**request("o-kept", [result("call_1", "-3")], previous_response_id=first.id))
    items = sent(standin, "o-kept", 1)["input"]
    assert [item["type"] for item in items] == ["message", "reasoning", "function_call", "function_call_output"]
    assert items[1]["encrypted_content"] == "gAAA"
    assert not [item for item in items if "id" in item]
    assert "previous_response_id" not in sent(standin, "o-kept", 1)


async def test_a_conversation_may_change_its_vendor(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "sig-1"}
    standin.on("a-moving", json_answer(messages.message(thinking, messages.text("Oslo"))), at="anthropic")
    standin.on("o-moving", json_answer(response(text("Cold"), id="resp_moved")), at="openai")
    first = await alice.responses.create(**request("a-moving", "Where?"))
    second = await alice.responses.create(**request("o-moving", "How is it?", previous_response_id=first.id))
    assert second.output_text == "Cold"
    # What Anthropic signed, OpenAI would refuse.
    assert [item["type"] for item in sent(standin, "o-moving")["input"]] == ["message", "message", "message"]


async def test_retrieve_and_list_and_delete(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-get", json_answer(chat.completion("Oslo")), at="chat")
    given: Any = [{"role": "user", "content": str(number)} for number in range(3)]
    made = await alice.responses.create(**request("c-get", given, metadata={"a": "b"}))
    found = await alice.responses.retrieve(made.id)
    assert found == made
    page = await alice.responses.input_items.list(made.id, limit=2)
    assert [item.content for item in page.data] == ["2", "1"]  # type: ignore[union-attr]
    assert page.has_more
    assert [item.content async for item in alice.responses.input_items.list(made.id, order="asc", limit=1)] == ["0", "1", "2"]  # type: ignore[union-attr]
    await alice.responses.delete(made.id)
    for asking in (alice.responses.retrieve(made.id), alice.responses.delete(made.id)):
        with pytest.raises(openai.NotFoundError):
            await asking
    with pytest.raises(openai.BadRequestError, match="not found") as caught:
        await alice.responses.create(**request("c-get", previous_response_id=made.id))
    assert caught.value.code == "previous_response_not_found"


async def test_nobody_elses(alice: openai.AsyncOpenAI, bob: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-mine", json_answer(chat.completion("Oslo")), at="chat")
    made = await alice.responses.create(**request("c-mine"))
    for asking in (bob.responses.retrieve(made.id), bob.responses.delete(made.id), bob.responses.cancel(made.id)):
        with pytest.raises(openai.NotFoundError):
            await asking
    with pytest.raises(openai.BadRequestError) as caught:
        await bob.responses.create(**request("c-mine", previous_response_id=made.id))
    assert caught.value.code == "previous_response_not_found"
    assert (await alice.responses.retrieve(made.id)).id == made.id


async def test_what_shall_not_be_stored_is_not(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-forgotten", json_answer(chat.completion("Oslo")), at="chat")
    made = await alice.responses.create(**request("c-forgotten", store=False))
    with pytest.raises(openai.NotFoundError):
        await alice.responses.retrieve(made.id)


async def test_a_stream_that_broke_is_not_kept(alice: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-broken-kept", sse_answer(*chat.text_stream("Bon", "jour")[:2], cut=True), at="chat")
    found: list[Any] = []
    with pytest.raises(openai.APIError):
        await collect(await alice.responses.create(**request("c-broken-kept"), stream=True), found)
    with pytest.raises(openai.NotFoundError):
        await alice.responses.retrieve(found[0].response.id)


async def test_what_is_not_supported_is_refused_by_name(
    alice: openai.AsyncOpenAI, keeping: RunningGateway, standin: StandIn
) -> None:
    standin.on("c-refused-kept", json_answer(chat.completion("Oslo")), at="chat")
    made = await alice.responses.create(**request("c-refused-kept"))
    with pytest.raises(openai.BadRequestError, match="background"):
        await alice.responses.cancel(made.id)
    with pytest.raises(openai.BadRequestError, match="stream"):
        await alice.responses.retrieve(made.id, stream=True)
    async with httpx.AsyncClient(base_url=keeping.url, headers={"authorization": f"Bearer {KEY}"}) as client:
        for path in ("compact", "input_tokens"):
            reply = await client.post(f"/v1/responses/{path}", json=request("c-refused-kept"))
            assert (reply.status_code, reply.json()["error"]["code"]) == (400, "unsupported_operation")


async def test_it_is_encrypted_at_rest(alice: openai.AsyncOpenAI, keeping: RunningGateway, standin: StandIn) -> None:
    standin.on("c-secret", json_answer(chat.completion(CANARY)), at="chat")
    await alice.responses.create(**request("c-secret", CANARY))
    files = [file for file in keeping.directory.iterdir() if file.is_file()]
    assert [file.name for file in files if CANARY.encode() in file.read_bytes()] == []


async def test_a_gateway_that_keeps_nothing_says_so(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> None:
    standin.on("c-off", json_answer(chat.completion("Oslo")), at="chat")
    config = CONFIG | {"pipeline": PIPELINE, "responses": {"store": False}}
    async with (
        running_gateway(tmp_path_factory.mktemp("off"), config, state(standin)) as gateway,
        openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0, timeout=20) as client,
    ):
        made = await client.responses.create(**request("c-off"))
        for asking in (
            client.responses.retrieve(made.id),
            client.responses.delete(made.id),
            client.responses.create(**request("c-off", previous_response_id=made.id)),
        ):
            with pytest.raises(openai.BadRequestError) as caught:
                await asking
            assert caught.value.code == "responses_not_kept"
