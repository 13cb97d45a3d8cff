"""Real answers of each format, told in the other: read by the official SDK's types, they say the same."""

from typing import Any

import pytest

from pipeline.errors import UpstreamFailed
from providers import formats
from tests.support import converting, legal, official, said
from tests.support.recordings import MISSING, Recording, chat_recordings, messages_recordings

OTHER = {"openai_chat": "anthropic_messages", "anthropic_messages": "openai_chat"}
SOURCES = [("openai_chat", each) for each in chat_recordings()] + [("anthropic_messages", each) for each in messages_recordings()]
ANSWERS = [(vendor, each) for vendor, each in SOURCES if each.status == 200 and not each.fails]
STREAMS = [(vendor, each) for vendor, each in ANSWERS if each.stream]

pytestmark = pytest.mark.skipif(not SOURCES, reason=MISSING)


def named(value: Any) -> str:
    return value.name if isinstance(value, Recording) else value


@pytest.mark.parametrize(("vendor", "recording"), ANSWERS, ids=named)
def test_an_answer_says_the_same_in_the_other_format(vendor: str, recording: Recording) -> None:
    caller = OTHER[vendor]
    if recording.stream:
        out, whole = converting.stream(vendor, caller, [recording.response])
        assert whole
    else:
        out = converting.conversion(vendor, caller).reply(recording.response)
    if recording.stream:
        legal.CHECKS[caller](out)
    official.READERS[caller, recording.stream](out)
    assert said.READERS[caller, recording.stream](out) == said.READERS[vendor, recording.stream](recording.response)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: a chunk has the time of its making."""
    monkeypatch.setattr("providers.formats.openai_chat.write_stream.time.time", lambda: 1.0)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(("vendor", "recording"), STREAMS, ids=named)
def test_a_stream_in_single_bytes_comes_out_the_same(vendor: str, recording: Recording) -> None:
    source, caller = recording.response, OTHER[vendor]
    singly = [source[index : index + 1] for index in range(len(source))]
    assert converting.stream(vendor, caller, singly) == converting.stream(vendor, caller, [source])


PLACES = 6
"""Cuts per recording, spread over it: each takes an SDK's whole reading."""


@pytest.mark.parametrize(("vendor", "recording"), STREAMS, ids=named)
def test_a_stream_that_is_cut_is_legal_to_its_last_event_and_raises(vendor: str, recording: Recording) -> None:
    source, caller = recording.response, OTHER[vendor]
    errors = formats.get(caller).errors
    for place in range(1, len(source), max(len(source) // PLACES, 1)):
        out, whole = converting.stream(vendor, caller, [source[:place]])
        if whole or not out:
            continue
        legal.CHECKS[caller](out, cut=True)
        end = errors.event(UpstreamFailed("It was cut.", code="upstream_stream_cut"), "req_1")
        with pytest.raises(official.ERRORS[caller], match="It was cut"):
            official.READERS[caller, True](out + end)
