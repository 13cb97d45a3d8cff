"""Real traffic in the responses format through the running gateway: the caller gets the vendor's bytes, and the usage is read
right."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.conftest import CONFIG, KEY
from tests.e2e.formats.conftest import channel
from tests.e2e.test_recordings import logged, small_pieces
from tests.support import responses, usage_log
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.recordings import MISSING, Recording, responses_recordings
from tests.support.standin import Answer, StandIn

RECORDINGS = responses_recordings()
pytestmark = pytest.mark.skipif(not RECORDINGS, reason=MISSING)

ELSEWHERE = ("previous_response_id", "prompt")
"""What the recorded callers had at the vendor, and callers of the gateway have not."""


@pytest.fixture(scope="module")
async def tapped(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    directory = tmp_path_factory.mktemp("responses")
    stage = {"use": f"{usage_log.__file__}:UsageLog", "name": "usage_log", "config": {"file": str(directory / "usage.jsonl")}}
    state: dict[str, Any] = {
        "groups": [{"name": "default", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [channel("openai", "openai", standin.base_url, ["*"])],
        "tokens": [{"name": "everything", "user": "alice", "key": KEY}],
    }
    async with running_gateway(directory, CONFIG | {"pipeline": ["auth", stage]}, state) as gateway:
        yield gateway


@pytest.mark.parametrize("cut_up", [False, True], ids=["whole", "pieces"])
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
async def test_the_caller_gets_the_vendors_bytes(
    tapped: RunningGateway, standin: StandIn, recording: Recording, cut_up: bool
) -> None:
    known = {name: value for name, value in recording.request.items() if name not in ELSEWHERE}
    body = {"model": "m", "input": "x", "stream": recording.stream, **known}
    pieces = small_pieces(recording.response, recording.name) if cut_up else [recording.response]
    standin.on(body["model"], Answer(recording.status, {"content-type": recording.content_type}, pieces))
    async with httpx.AsyncClient(timeout=30) as client:
        reply = await client.post(
            tapped.url + "/v1/responses", content=orjson.dumps(body), headers={"authorization": f"Bearer {KEY}"}
        )
    assert standin.requests(body["model"])[-1].body == orjson.dumps(body)
    if recording.status == 401 or recording.fails:
        # Our account at the vendor: the caller's own is not to blame. Nothing but the beginning came before it said so.
        assert (reply.status_code, reply.json()["error"]["code"]) == (502, "upstream_credentials_refused")
        return
    assert (reply.status_code, reply.content) == (recording.status, recording.response)
    row = await logged(tapped.directory / "usage.jsonl", reply.headers["x-request-id"])
    if recording.status != 200:
        assert row["usage"] is None
    elif recording.response.count(b"event: response.completed") < 2:
        read = responses.said_stream if recording.stream else responses.said
        said = read(recording.response)
        assert (row["usage"]["input"], row["usage"]["output"]) == (said.input, said.output)
