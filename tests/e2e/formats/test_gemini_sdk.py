"""Google's official SDK talks to a vendor of its own format, and cannot tell that a gateway is between."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import errors, types

from tests.e2e.conftest import KEY, VENDOR_KEY
from tests.e2e.formats.conftest import genai_client
from tests.support.gateway import RunningGateway
from tests.support.gemini import call, error, reply, rpc, stream, text, thought
from tests.support.standin import Answer, StandIn, array_answer, json_answer, sse_answer

Client = genai.client.AsyncClient

BODY = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}


def on(standin: StandIn, model: str, *answers: Answer) -> None:
    standin.on(model, *answers, at="gemini")


async def test_unary(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-unary", json_answer(reply(text("Bonjour"))))
    answer = await gemini.models.generate_content(model="g-unary", contents="Hello")
    assert answer.text == "Bonjour"
    assert answer.usage_metadata is not None
    assert answer.usage_metadata.total_token_count == 16
    (sent,) = standin.requests("g-unary")
    assert sent.path == "/gemini/v1beta/models/g-unary:generateContent"
    assert sent.json() == BODY


async def test_the_vendor_sees_the_channels_key_and_the_callers_bytes(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "g-key", json_answer(reply(text("Hi"))))
    source = b'{ "contents":[{"parts":[{"text":"Hello"}]}],"generation_config":{"topK":1e1},"path":"a\\/b" }'
    answer = await http.post(f"/v1beta/models/g-key:generateContent?key={KEY}&$alt=json", content=source)
    assert answer.status_code == 200
    (sent,) = standin.requests("g-key")
    assert sent.body == source
    assert sent.path == "/gemini/v1beta/models/g-key:generateContent"
    assert sent.headers["x-goog-api-key"] == VENDOR_KEY
    assert "authorization" not in sent.headers


@pytest.mark.parametrize("shown", ["?key=", "x-goog-api-key"])
async def test_the_callers_key_goes_nowhere(gateway: RunningGateway, standin: StandIn, shown: str) -> None:
    on(standin, "g-leak", json_answer(reply(text("Hi"))))
    query, headers = (f"?key={KEY}", {}) if shown == "?key=" else ("", {"x-goog-api-key": KEY})
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers) as client:
        answer = await client.post(f"/v1beta/models/g-leak:generateContent{query}", json=BODY)
        refused = await client.post(f"/v1beta/models/g-leak:nonsense{query}", json=BODY)
    assert answer.status_code == 200
    sent = standin.requests("g-leak")[-1]
    assert KEY not in sent.path + str(sent.headers) + sent.body.decode()
    assert KEY not in refused.text
    assert KEY not in gateway.log()


async def test_stream(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-stream", sse_answer(*stream([thought("hm")], [text("Bon")], [text("jour")])))
    chunks = [chunk async for chunk in await gemini.models.generate_content_stream(model="g-stream", contents="Hello")]
    assert "".join(chunk.text or "" for chunk in chunks) == "Bonjour"
    assert chunks[-1].candidates is not None
    assert chunks[-1].candidates[0].finish_reason is types.FinishReason.STOP
    assert standin.requests("g-stream")[0].path.endswith(":streamGenerateContent?alt=sse")


async def test_a_stream_as_one_array_passes_byte_by_byte(http: httpx.AsyncClient, standin: StandIn) -> None:
    sent = array_answer(*stream([text("Bon")], [text("jo]},ur")]))
    on(standin, "g-array", sent)
    answer = await http.post("/v1beta/models/g-array:streamGenerateContent", json=BODY)
    assert answer.content == b"".join(sent.pieces)
    assert answer.headers["content-type"].startswith("application/json")
    assert standin.requests("g-array")[0].path.endswith(":streamGenerateContent")


async def test_an_array_that_is_cut_ends_with_an_error_element(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "g-array-cut", array_answer(*stream([text("Bon")], [text("jour")])[:2], cut=True))
    answer = await http.post("/v1beta/models/g-array-cut:streamGenerateContent", json=BODY)
    *whole, last = json.loads(answer.content)
    assert [each["candidates"][0]["content"]["parts"][0]["text"] for each in whole] == ["Bon", "jour"]
    assert (last["error"]["code"], last["error"]["status"]) == (502, "UNAVAILABLE")


async def test_a_vendor_that_only_knows_events_is_told_as_an_array(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "g-events", sse_answer(*stream([text("Bon")], [text("jour")])))
    answer = await http.post("/v1beta/models/g-events:streamGenerateContent", json=BODY)
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content) == stream([text("Bon")], [text("jour")])


async def test_count_tokens_passes_to_the_vendor(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-count", json_answer({"totalTokens": 31, "promptTokensDetails": []}))
    assert (await gemini.models.count_tokens(model="g-count", contents="Hello")).total_tokens == 31
    assert standin.requests("g-count")[0].path == "/gemini/v1beta/models/g-count:countTokens"


async def test_a_channels_own_name_of_the_model_is_in_the_path(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "g-real", json_answer({"totalTokens": 31}))
    inner = {"model": "models/g-mapped", **BODY}
    await http.post("/v1beta/models/g-mapped:countTokens", json={"generateContentRequest": inner})
    (sent,) = standin.requests("g-real")
    assert sent.path == "/gemini/v1beta/models/g-real:countTokens"
    assert sent.json() == {"generateContentRequest": {**inner, "model": "models/g-real"}}


async def test_another_model_in_the_body_is_not_the_one_that_is_served(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "g-one", json_answer(reply(text("Hi"))))
    await http.post("/v1beta/models/g-one:generateContent", json={"model": "models/g-two", **BODY})
    assert standin.requests("g-one")[0].json() == BODY


NAMES = {
    "/v1beta/models/g-a%2Fb:c:generateContent": "g-a/b:c",
    "/v1beta/models%2Fg-plain:generateContent": "g-plain",
    "/v1alpha/models/g-alpha:generateContent": "g-alpha",
    "/v1/models/g-one:generateContent": "g-one",
    "/v1beta/tunedModels/mine:generateContent": "tunedModels/mine",
}


@pytest.mark.parametrize("path", NAMES)
async def test_how_a_path_names_its_model(http: httpx.AsyncClient, standin: StandIn, path: str) -> None:
    on(standin, NAMES[path].rpartition(":")[0] if ":" in NAMES[path] else NAMES[path], json_answer(reply(text("Hi"))))
    before = len(standin.received)
    answer = await http.post(path, json=BODY)
    sent = standin.received[before].path
    if NAMES[path] == "g-a/b:c":
        assert sent == "/gemini/v1beta/models/g-a/b%3Ac:generateContent"
    else:
        assert answer.status_code == 200
        collection = "" if NAMES[path].startswith("tunedModels/") else "models/"
        assert sent == f"/gemini/v1beta/{collection}{NAMES[path]}:generateContent"


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (400, "INVALID_ARGUMENT"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (503, "UNAVAILABLE"),
    ],
)
async def test_a_vendors_error_is_raised_as_the_sdks_own(gemini: Client, standin: StandIn, status: int, word: str) -> None:
    on(standin, f"g-{status}", json_answer(error(status, "so it is", word), status))
    with pytest.raises(errors.ClientError if status < 500 else errors.ServerError) as caught:
        await gemini.models.generate_content(model=f"g-{status}", contents="Hello")
    assert (caught.value.code, caught.value.status, caught.value.message) == (status, word, "so it is")


async def test_an_invalid_key_of_ours_does_not_blame_the_caller(gemini: Client, standin: StandIn) -> None:
    details = rpc("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")
    on(standin, "g-ours", json_answer(error(400, f"API key not valid: {VENDOR_KEY}", "INVALID_ARGUMENT", details), 400))
    with pytest.raises(errors.ServerError) as caught:
        await gemini.models.generate_content(model="g-ours", contents="Hello")
    assert (caught.value.code, caught.value.details["error"]["details"][0]["reason"]) == (502, "UPSTREAM_CREDENTIALS_REFUSED")
    assert VENDOR_KEY not in str(caught.value)


async def test_a_stream_that_is_cut_raises_an_api_error(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-cut", sse_answer(*stream([text("Bon")], [text("jour")])[:1], cut=True))
    chunks = await gemini.models.generate_content_stream(model="g-cut", contents="Hello")
    with pytest.raises(errors.ServerError, match="closed the stream"):
        _ = [chunk async for chunk in chunks]


async def test_a_stream_that_just_ends_raises_an_api_error(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-no-end", sse_answer(*stream([text("Bon")])[:1]))
    chunks = await gemini.models.generate_content_stream(model="g-no-end", contents="Hello")
    with pytest.raises(errors.ServerError, match="closed the stream"):
        _ = [chunk async for chunk in chunks]


async def test_a_stream_that_begins_with_an_error_has_an_error_status(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-first", sse_answer(error(503, "The model is overloaded.", "UNAVAILABLE")))
    chunks = await gemini.models.generate_content_stream(model="g-first", contents="Hello")
    with pytest.raises(errors.ServerError) as caught:
        await anext(chunks)
    assert caught.value.code == caught.value.response.status_code == 503


async def test_closing_a_stream_closes_the_upstream(gemini: Client, standin: StandIn) -> None:
    on(standin, "g-leave", sse_answer(*stream([text("Bon")])[:1], hold=True))
    chunks: Any = await gemini.models.generate_content_stream(model="g-leave", contents="Hello")
    await anext(chunks)
    await chunks.aclose()
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await standin.requests("g-leave")[0].left.wait()


async def test_the_gateways_own_errors_are_in_googles_envelope(gateway: RunningGateway, http: httpx.AsyncClient) -> None:
    async with genai_client(gateway.url, "sk-nobody") as client:
        with pytest.raises(errors.ClientError) as caught:
            await client.models.generate_content(model="g-x", contents="Hello")
    assert (caught.value.code, caught.value.status) == (401, "UNAUTHENTICATED")
    unknown = await http.post("/v1beta/models/g-x:doNonsense", json=BODY)
    assert (unknown.status_code, unknown.json()["error"]["status"]) == (404, "NOT_FOUND")
    details = {each["@type"].rpartition(".")[2]: each for each in unknown.json()["error"]["details"]}
    assert details["RequestInfo"]["requestId"] == unknown.headers["x-request-id"]


async def test_models_are_listed_in_googles_shape(gemini: Client, http: httpx.AsyncClient) -> None:
    assert [model.name async for model in await gemini.models.list()] == []  # wildcards alone
    found = await gemini.models.get(model="g-name")
    assert (found.name, found.supported_actions) == ("models/g-name", ["generateContent", "countTokens"])
    assert (await http.get("/v1beta/models")).json() == {"models": []}
    with pytest.raises(errors.ClientError, match="z-unknown"):
        await gemini.models.get(model="z-unknown")


async def test_parallel_calls_with_a_signature_over_two_turns(gemini: Client, standin: StandIn) -> None:
    first = reply(call("weather", "c2ln", city="Oslo"), call("weather", city="Rome"))
    on(standin, "g-tools", json_answer(first), json_answer(reply(text("Cold and warm"))))
    chat = gemini.chats.create(model="g-tools")
    asked = await chat.send_message("How is it?")
    assert [each.args for each in asked.function_calls or []] == [{"city": "Oslo"}, {"city": "Rome"}]
    results = [types.Part.from_function_response(name="weather", response={"output": word}) for word in ("cold", "warm")]
    assert (await chat.send_message(results)).text == "Cold and warm"
    history = standin.requests("g-tools")[1].json()["contents"]
    assert history[1]["parts"] == [call("weather", "c2ln", city="Oslo"), call("weather", city="Rome")]
