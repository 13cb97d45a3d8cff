"""A map of headers: which of the caller's pass, and which are set by name."""

from typing import Any

import msgspec
import pytest

from pipeline.overrides.header_names import readable
from pipeline.overrides.header_override import read_header_override
from tests.pipeline.overrides.acting import refusal_of, with_headers

SENT = [
    ("X-Trace-Id", "t-1"),
    ("x-trace-parent", "t-0"),
    ("User-Agent", "client/1"),
    ("X-Hop", "gone"),
    ("Connection", "keep-alive, X-Hop"),
    ("X-Odd", "caf\xe9"),
]
NEVER = [
    "authorization", "x-api-key", "x-goog-api-key", "api-key", "mj-api-secret", "cookie", "set-cookie", "host", "content-length",
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-authorization", "proxy-connection",
    "sec-websocket-key", "sec-websocket-protocol", "x-forwarded-for", "x-real-ip", "forwarded", "via", "accept-encoding",
    "content-encoding", "content-type", "traceparent",
]  # fmt: skip


@pytest.mark.parametrize(
    ("override", "after"),
    [
        ({"X-Team": "ours"}, {"x-team": "ours"}),
        ({"authorization": "Bearer {api_key}"}, {"authorization": "Bearer sk-channel"}),
        ({"x-key": "{api_key}"}, {"x-key": "sk-channel"}),
        ({"x-id": "{client_header:X-Trace-Id}"}, {"x-id": "t-1"}),
        ({"x-id": "a-{client_header: x-trace-id }-b"}, {"x-id": "a-t-1-b"}),
        ({"x-id": "{client_header:x-absent}"}, {}),
        ({"x-id": "{client_header:x-odd}"}, {}),
        ({"x-json": '{"a": {}}'}, {"x-json": '{"a": {}}'}),
        ({"*": True}, {"x-trace-id": "t-1", "x-trace-parent": "t-0", "user-agent": "client/1"}),
        ({"*": ""}, {"x-trace-id": "t-1", "x-trace-parent": "t-0", "user-agent": "client/1"}),
        ({"*": False}, {}),
        ({"re:^X-Trace-.*$": True}, {"x-trace-id": "t-1", "x-trace-parent": "t-0"}),
        ({"regex:(?i)-id$": ""}, {"x-trace-id": "t-1"}),
        ({"*": True, "user-agent": "ours"}, {"x-trace-id": "t-1", "x-trace-parent": "t-0", "user-agent": "ours"}),
        ({"re:^user": True, "User-Agent": None}, {}),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_what_goes_up(override: dict[str, Any], after: dict[str, str], as_text: bool) -> None:
    written = msgspec.json.encode(override).decode() if as_text else override
    assert with_headers(written, sent=SENT) == after


def test_null_takes_the_gateways_own_away() -> None:
    assert with_headers({"User-Agent": None}, headers={"user-agent": "aihub"}) == {}


def test_a_channel_without_a_key_sends_no_half_of_a_credential() -> None:
    assert with_headers({"authorization": "Bearer {api_key}"}, secret="") == {}


@pytest.mark.parametrize("name", NEVER)
def test_what_is_about_the_caller_or_its_connection_never_passes(name: str) -> None:
    assert not readable(name)
    assert name == "content-type" or with_headers({"*": True, f"re:{name}": True}, sent=[(name, "caller's")]) == {}
    assert "never goes to a vendor" in refusal_of(read_header_override, {"x-a": f"{{client_header:{name.upper()}}}"})


@pytest.mark.parametrize("override", [None, {}, "", "{}", {"*": False}])
def test_nothing_is_nothing(override: Any) -> None:
    assert read_header_override(override or {}) is None


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"authorization": "Bearer sk-1"}, "authorization: 'authorization' can only hold the channel's own key: write {api_key}"),
        ({"X-Api-Key": "{client_header:x-a}"}, "X-Api-Key: 'x-api-key' can only hold the channel's own key"),
        ({"authorization": None}, "authorization.[key]: the header 'authorization' can only be set to a text with {api_key}"),
        ({"Cookie": "a=b"}, "Cookie.[key]: the header 'cookie' cannot be set: it belongs to the connection"),
        ({"Transfer-Encoding": "chunked"}, "Transfer-Encoding.[key]: the header 'transfer-encoding' cannot be set"),
        ({"proxy-authorization": "{api_key}"}, "proxy-authorization.[key]: the header 'proxy-authorization' cannot be set"),
        ({"x a": "b"}, "x a.[key]: expected a header's name"),
        ({"x-a": "b", "X-A": "c"}, "X-A.[key]: the header 'x-a' is here twice"),
        ({"x-a": "caf\xe9"}, "x-a: expected a text of visible ASCII"),
        ({"x-a": "a\r\nb: c"}, "x-a: expected a text of visible ASCII"),
        ({"x-a": ""}, "x-a: expected a text of visible ASCII"),
        ({"x-a": 5}, "x-a: expected text"),
        ({"x-a": "{apikey}"}, "x-a: no placeholder is called 'apikey', did you mean 'api_key'?"),
        ({"x-a": "{client_header:}"}, "x-a: a header's name is missing"),
        ({"re:(": True}, "re:(.[key]: not a regular expression"),
        ("[1]", ": expected a mapping"),
        ("{", ": expected a mapping, or the JSON of one"),
    ],
)
def test_what_cannot_be_sent_is_refused_while_it_is_read(override: Any, said: str) -> None:
    assert refusal_of(read_header_override, override).startswith(said)
