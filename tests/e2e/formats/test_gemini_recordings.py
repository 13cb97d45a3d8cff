"""Real traffic in Gemini's format through the running gateway: the caller gets the vendor's bytes; the usage is read right."""

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
from tests.support.recordings import MISSING, Recording, gemini_recordings
from tests.support.standin import Answer, StandIn

RECORDINGS = gemini_recordings()
pytestmark = pytest.mark.skipif(not RECORDINGS, reason=MISSING)


@pytest.fixture(scope="module")
async def tapped(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    directory = tmp_path_factory.mktemp("gemini")
    stage = {"use": f"{usage_log.__file__}:UsageLog", "name": "usage_log", "config": {"file": str(directory / "usage.jsonl")}}
    state: dict[str, Any] = {
        "groups": [{"name": "default", "usable_by": ["*"]}],
        "users": [{"username": "alice"}],
        "channels": [channel("gemini", "gemini", standin.base_url.removesuffix("/v1") + "/gemini", ["*"])],
        "tokens": [{"name": "everything", "user": "alice", "key": KEY}],
    }
    async with running_gateway(directory, CONFIG | {"pipeline": ["auth", stage]}, state) as gateway:
        yield gateway


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
async def test_the_caller_gets_the_vendors_bytes(tapped: RunningGateway, standin: StandIn, recording: Recording) -> None:
    body = orjson.dumps({name: value for name, value in recording.request.items() if name != "model"} or {"contents": []})
    pieces = small_pieces(recording.response, recording.name)
    standin.on("m", Answer(recording.status, {"content-type": recording.content_type}, pieces), at="gemini")
    method = "streamGenerateContent?alt=sse" if recording.stream else "generateContent"
    async with httpx.AsyncClient(timeout=30, headers={"x-goog-api-key": KEY}) as client:
        reply = await client.post(f"{tapped.url}/v1beta/models/m:{method}", content=body)
    if b"API_KEY_INVALID" in recording.response:
        assert (reply.status_code, reply.json()["error"]["status"]) == (502, "UNAVAILABLE")
    else:
        assert (reply.status_code, reply.content) == (recording.status, recording.response)
    assert standin.requests("m")[-1].body == body
    row = await logged(tapped.directory / "usage.jsonl", reply.headers["x-request-id"])
    if recording.status != 200 or b"promptTokenCount" not in recording.response:
        assert row["usage"] is None
    else:
        expected = said.READERS["gemini", recording.stream](recording.response)
        assert (row["usage"]["input"], row["usage"]["output"]) == (expected.input, expected.output)
