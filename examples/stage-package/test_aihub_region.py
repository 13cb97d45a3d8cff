"""The stage against the real engine, with a vendor that follows a script: `python -m pytest` in this folder."""

import pytest
from aihub_region import Region

from pipeline.testing import Answer, Playbook, a_channel, broken, reply, status, stream

BODY = {"model": "gpt-x", "messages": []}
CHANNELS = [
    a_channel("nowhere", priority=3),
    a_channel("openai-us", priority=2),
    a_channel("openai-eu", priority=1),
    a_channel("mistral"),
]


@pytest.fixture
def play() -> Playbook:
    regions = {"eu": ["openai-eu", "mistral"], "us": ["openai-us"], "asia": []}
    return Playbook(Region(Region.Config.model_validate({"channels": regions})), channels=CHANNELS)


def asked(play: Playbook) -> list[str]:
    """The channels that something was sent to."""
    return [sent.url.removeprefix("https://").partition(".")[0] for sent in play.sent]


# What the caller asks for, what the vendor answers, which channels are asked, and where the answer says it comes from.
ROWS: list[tuple[str | None, list[Answer], list[str], str | None]] = [
    (None, [reply({})], ["nowhere"], None),
    (None, [status(503), reply({})], ["nowhere", "openai-us"], "us"),
    ("us", [reply({})], ["openai-us"], "us"),
    ("eu", [reply({})], ["openai-eu"], "eu"),
    ("eu", [broken(), reply({})], ["openai-eu", "mistral"], "eu"),
    ("eu", [status(400)], ["openai-eu"], "eu"),
    ("us", [status(404)], ["openai-us"], "us"),
    ("us", [broken()], ["openai-us"], None),
]


@pytest.mark.parametrize(("region", "answers", "channels", "served"), ROWS)
async def test_a_request_stays_in_its_region(
    play: Playbook, region: str | None, answers: list[Answer], channels: list[str], served: str | None
) -> None:
    play.upstream(*answers)
    result = await play.request(BODY, headers={"x-region": region} if region else {})
    assert (list(dict.fromkeys(asked(play))), result.headers.get("x-served-region")) == (channels, served)
    assert result.status == (answers[-1].status or 502)


async def test_a_stream_names_its_region_too(play: Playbook) -> None:
    play.upstream(stream([{"id": "1"}]))
    result = await play.request(BODY, headers={"x-region": "eu"}, stream=True)
    assert (result.headers["x-served-region"], len(result.events)) == ("eu", 2)


@pytest.mark.parametrize(
    ("region", "expected", "code"),
    [("mars", 400, "unknown_region"), ("", 400, "unknown_region"), ("asia", 404, "model_not_in_region")],
)
async def test_what_cannot_be_had_is_refused_before_anything_is_sent(
    play: Playbook, region: str, expected: int, code: str
) -> None:
    result = await play.request(BODY, headers={"x-region": region})
    assert (result.status, result.json()["error"]["code"], play.sent) == (expected, code, [])
    assert "x-served-region" not in result.headers


@pytest.mark.parametrize("channels", [{}, {"eu": ["a"], "us": ["b", "a"]}])
def test_regions_that_make_no_sense_are_refused_at_start(channels: dict[str, list[str]]) -> None:
    with pytest.raises(ValueError, match="channels"):
        Region.Config.model_validate({"channels": channels})
