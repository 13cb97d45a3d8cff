"""Real answers told in the responses format, and real responses in the others: read by the official SDKs' types, they say the
same."""

from typing import Any

import openai
import pytest

from pipeline.errors import UpstreamFailed
from providers import formats
from tests.support import converting, legal, official, responses, said
from tests.support.recordings import MISSING, Recording, chat_recordings, messages_recordings, responses_recordings

NAME = "openai_responses"
SAID: dict[tuple[str, bool], Any] = {
    **said.READERS,
    (NAME, False): responses.said,
    (NAME, True): responses.said_stream,
}
READ: dict[tuple[str, bool], Any] = {**official.READERS, (NAME, False): responses.read, (NAME, True): responses.read_stream}
LEGAL: dict[str, Any] = {**legal.CHECKS, NAME: responses.legal}
ERRORS: dict[str, Any] = {**official.ERRORS, NAME: openai.APIError}

# One file holds four streams, one after the other.
RESPONSES = [each for each in responses_recordings() if each.response.count(b"event: response.completed") < 2]

SOURCES = [
    *(("openai_chat", NAME, each) for each in chat_recordings()),
    *(("anthropic_messages", NAME, each) for each in messages_recordings()),
    *((NAME, caller, each) for each in RESPONSES for caller in ("openai_chat", "anthropic_messages")),
]
ANSWERS = [each for each in SOURCES if each[2].status == 200 and not each[2].fails]
STREAMS = [each for each in ANSWERS if each[2].stream]

pytestmark = pytest.mark.skipif(not SOURCES, reason=MISSING)


def named(value: Any) -> str:
    return value.name if isinstance(value, Recording) else value


@pytest.mark.parametrize(("vendor", "caller", "recording"), ANSWERS, ids=named)
def test_an_answer_says_the_same_in_the_other_format(vendor: str, caller: str, recording: Recording) -> None:
    if recording.stream:
        out, whole = converting.stream(vendor, caller, [recording.response])
        assert whole
        LEGAL[caller](out)
    else:
        out = converting.conversion(vendor, caller).reply(recording.response)
    READ[caller, recording.stream](out)
    assert SAID[caller, recording.stream](out) == SAID[vendor, recording.stream](recording.response)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: a chunk has the time of its making."""
    for name in ("openai_chat.write_stream", "openai_responses.write_response"):
        monkeypatch.setattr(f"providers.formats.{name}.time.time", lambda: 1.0)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(("vendor", "caller", "recording"), STREAMS, ids=named)
def test_a_stream_in_single_bytes_comes_out_the_same(vendor: str, caller: str, recording: Recording) -> None:
    source = recording.response
    singly = [source[index : index + 1] for index in range(len(source))]
    assert converting.stream(vendor, caller, singly) == converting.stream(vendor, caller, [source])


PLACES = 6
"""Cuts per recording, spread over it: each takes an SDK's whole reading."""


@pytest.mark.parametrize(("vendor", "caller", "recording"), STREAMS, ids=named)
def test_a_stream_that_is_cut_is_legal_to_its_last_event_and_raises(vendor: str, caller: str, recording: Recording) -> None:
    source, error = recording.response, UpstreamFailed("It was cut.", code="upstream_stream_cut")
    for place in range(1, len(source), max(len(source) // PLACES, 1)):
        tap, splitter = converting.conversion(vendor, caller).stream(), converting.EventSplitter()
        out = b"".join(tap.feed(splitter.feed(source[:place])))
        if tap.complete or not out:
            continue
        LEGAL[caller](out, cut=True)
        end = formats.get(caller).errors.event(error, "req_1") if tap.fail is None else tap.fail(error)
        with pytest.raises(ERRORS[caller], match="It was cut"):
            READ[caller, True](out + end)
        if caller == NAME:
            last = responses.payloads(out + end)[-1]
            assert (last["type"], last["response"]["error"]["code"]) == ("response.failed", "server_error")


@pytest.mark.parametrize("recording", [each for each in RESPONSES if each.fails], ids=named)
@pytest.mark.parametrize("caller", ["openai_chat", "anthropic_messages", NAME])
def test_a_stream_that_fails_has_no_end_in_any_format(caller: str, recording: Recording) -> None:
    out, whole = converting.stream(NAME, caller, [recording.response])
    assert not whole
    assert not any(word in out for word in (b"[DONE]", b"message_stop", b"response.completed"))
