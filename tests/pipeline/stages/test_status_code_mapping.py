"""The status that a caller sees of a failure."""

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.stages.status_code_mapping import StatusCodeMapping
from pipeline.testing import Answer, Playbook, a_channel, broken, reply, status


def playbook(written: Any, own: Mapping[int, int] | None = None) -> Playbook:
    stage = StatusCodeMapping(StatusCodeMapping.Config.model_validate(written))
    return Playbook(stage, channels=[a_channel(status_code_mapping=own or {})])


@pytest.mark.parametrize(
    ("answer", "written", "own", "seen"),
    [
        (status(429), {"429": 503}, {}, 503),
        (status(429), {"429": 503}, {429: 529}, 529),
        (status(429), {}, {429: 529}, 529),
        (status(429), {"400": 422}, {}, 429),
        (status(400), {"400": 422}, {}, 422),
        (reply({}), {"400": 422}, {}, 200),
        (broken(), {"502": 503}, {}, 503),
        (broken(timed_out=True), {"502": 503, "504": 500}, {}, 500),
        (status(401), {}, {}, 502),
        (status(401), {"401": 503}, {}, 503),
        (status(401), {"502": 503}, {}, 503),
        (status(401), {"502": 500, "401": 503}, {}, 503),
    ],
)
async def test_it_is_found_by_the_vendors_status_or_by_the_one_that_would_be_seen(
    answer: Answer, written: Any, own: Mapping[int, int], seen: int
) -> None:
    play = playbook(written, own)
    play.upstream(answer)
    assert (await play.request({"model": "m"})).status == seen


async def test_whether_to_try_again_is_decided_by_the_vendors_own_status() -> None:
    play = playbook({"429": 400, "400": 429})
    play.upstream(status(429), status(400))
    result = await play.request({"model": "m"})
    assert [line for line in play.story if "verdict" in line] == ["-- verdict next", "-- verdict final"]
    assert result.status == 429


async def test_the_vendors_words_stay() -> None:
    play = playbook({"400": 422})
    play.upstream(status(400, {"error": {"message": "too long"}}))
    assert (await play.request({"model": "m"})).json() == {"error": {"message": "too long"}}
