"""Real traffic in Anthropic's format through the running gateway: the caller gets the vendor's bytes, and the usage is read
right."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.conftest import CONFIG, KEY
from tests.e2e.formats.conftest import channel
from tests.e2e.test_recordings import logged, small_pieces
from tests.support import said, usage_log
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.recordings import MISSING, Recording, messages_recordings
from tests.support.standin import Answer, StandIn

RECORDINGS = messages_recordings()
pytestmark = pytest.mark.skipif(not RECORDINGS, reason=MISSING)


@pytest.fixture(scope="module")
async def tapped(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    directory = tmp_path_factory.mktemp("messages")
    stage = {"use": f"{usage_log.__file__}:UsageLog", "name": "usage_log", "config": {"file": str(directory / "usage.jsonl")}}
    state: dict[str, Any] = {
        "groups": [{"name": "default", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [channel("anthropic", "anthropic", standin.base_url.removesuffix("/v1") + "/anthropic", ["*"])],
        "tokens": [{"name": "everything", "user": "alice", "key": KEY}],
    }
    async with running_gateway(directory, CONFIG | {"pipeline": ["auth", stage]}, state) as gateway:
        yield gateway


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
async def test_the_caller_gets_the_vendors_bytes(tapped: RunningGateway, standin: StandIn, recording: Recording) -> None:
    body = {"model": "m", "messages": [], "stream": recording.stream, **recording.request}
    pieces = small_pieces(recording.response, recording.name)
    standin.on(body["model"], Answer(recording.status, {"content-type": recording.content_type}, pieces), at="anthropic")
    async with httpx.AsyncClient(timeout=30) as client:
        reply = await client.post(
            tapped.url + "/v1/messages", content=orjson.dumps(body), headers={"authorization": f"Bearer {KEY}"}
        )
    if recording.status == 401:
        assert (reply.status_code, reply.json()["error"]["type"]) == (502, "api_error")
    else:
        assert (reply.status_code, reply.content) == (recording.status, recording.response)
    assert standin.requests(body["model"])[-1].body == orjson.dumps(body)
    row = await logged(tapped.directory / "usage.jsonl", reply.headers["x-request-id"])
    if recording.status != 200:
        assert row["usage"] is None
    elif recording.response.count(b'"message_stop"') < 2:
        expected = said.READERS["anthropic_messages", recording.stream](recording.response)
        assert (row["usage"]["input"], row["usage"]["output"]) == (expected.input, expected.output)
