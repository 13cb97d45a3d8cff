"""Real traffic through the running gateway: the caller gets the vendor's bytes, and the usage is read right."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.conftest import CONFIG, KEY, state
from tests.support import documented_usage, usage_log
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.recorded_replies import recorded_replies
from tests.support.recordings import MISSING, Recording, chat_recordings
from tests.support.standin import Answer, StandIn

RECORDINGS = chat_recordings()
REPLIES = {reply.name: reply for reply in recorded_replies()}
pytestmark = pytest.mark.skipif(not RECORDINGS, reason=MISSING)


@pytest.fixture(scope="module")
async def tapped(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    directory = tmp_path_factory.mktemp("recordings")
    stage = {"use": f"{usage_log.__file__}:UsageLog", "name": "usage_log", "config": {"file": str(directory / "usage.jsonl")}}
    config = CONFIG | {"pipeline": ["auth", stage]}
    async with running_gateway(directory, config, state(standin.base_url)) as gateway:
        yield gateway


def small_pieces(data: bytes, seed: str) -> list[bytes]:
    chance = random.Random(seed)
    pieces, start = [], 0
    while start < len(data):
        size = chance.choice((1, 2, 3, 5, 17, 64, 256))
        pieces.append(data[start : start + size])
        start += size
    return pieces


@pytest.mark.parametrize("cut_up", [False, True], ids=["whole", "pieces"])
@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.name)
async def test_the_caller_gets_the_vendors_bytes(
    tapped: RunningGateway, standin: StandIn, recording: Recording, cut_up: bool
) -> None:
    body = dict(recording.request)
    if recording.stream and recording.usages():
        body["stream_options"] = {**(body.get("stream_options") or {}), "include_usage": True}
    pieces = small_pieces(recording.response, recording.name) if cut_up else [recording.response]
    standin.on(body["model"], Answer(recording.status, {"content-type": recording.content_type}, pieces))
    async with httpx.AsyncClient(timeout=30) as client:
        reply = await client.post(
            tapped.url + "/v1/chat/completions", content=orjson.dumps(body), headers={"authorization": f"Bearer {KEY}"}
        )
    if recording.status == 401:
        assert reply.status_code == 502
        assert reply.json()["error"]["code"] == "upstream_credentials_refused"
    else:
        assert (reply.status_code, reply.content) == (recording.status, recording.response)
    row = await logged(tapped.directory / "usage.jsonl", reply.headers["x-request-id"])
    assert row["usage"] == expected(recording)
    assert row["attempts"] == 1


async def logged(file: Path, flow_id: str) -> Any:
    """`done` runs after the reply, so the row may take a moment."""
    async with asyncio.timeout(5):
        while True:
            rows = [orjson.loads(line) for line in file.read_bytes().splitlines()] if file.exists() else []
            for row in rows:
                if row["id"] == flow_id:
                    return row
            await asyncio.sleep(0.01)


def expected(recording: Recording) -> dict[str, int] | None:
    reply = REPLIES.get(recording.name)
    return asdict(documented_usage.chat(reply)) if reply is not None and reply.counts else None
