"""Operations on headers."""

from typing import Any

import pytest

from pipeline.overrides.param_override import read_param_override
from tests.pipeline.overrides.acting import operated, refusal_of

Op = dict[str, Any]
SENT = [("X-Trace", "t-1"), ("Anthropic-Beta", "a,b"), ("Authorization", "Bearer sk-caller"), ("X-Odd", "caf\xe9")]


def headers(*operations: Op, **before: str) -> dict[str, str]:
    own = {name.replace("_", "-"): value for name, value in before.items()}
    after = operated({}, *operations, sent=SENT, headers=own).headers
    return {name: value for name, value in after.items() if name != "content-type"}


ROWS: list[tuple[Op, dict[str, str], dict[str, str]]] = [
    ({"mode": "set_header", "path": "X-A", "value": "1"}, {}, {"x-a": "1"}),
    ({"mode": "set_header", "path": "X-A", "value": "1", "keep_origin": True}, {"x_a": "0"}, {"x-a": "0"}),
    ({"mode": "set_header", "path": "authorization", "value": "Token {api_key}"}, {}, {"authorization": "Token sk-channel"}),
    ({"mode": "set_header", "path": "x-a", "value": "{client_header:x-trace}!"}, {}, {"x-a": "t-1!"}),
    ({"mode": "set_header", "path": "x-a", "value": "{client_header:x-absent}"}, {"x_a": "0"}, {"x-a": "0"}),
    ({"mode": "set_header", "path": "anthropic-beta", "value": {"a": "c", "b": None, "$append": ["d", "c"]}}, {},
     {"anthropic-beta": "c,d"}),
    ({"mode": "set_header", "path": "x-l", "value": {"*": ["new"], "keep": "keep"}}, {"x_l": "old, keep,older"},
     {"x-l": "new,keep"}),
    ({"mode": "set_header", "path": "x-l", "value": {"a": "a", "$keep_only_declared": True}}, {"x_l": "a,b"}, {"x-l": "a"}),
    ({"mode": "set_header", "path": "x-l", "value": {"a": None}}, {"x_l": "a"}, {}),
    ({"mode": "delete_header", "path": "X-A"}, {"x_a": "1"}, {}),
    ({"mode": "copy_header", "from": "x-trace", "to": "x-b"}, {}, {"x-b": "t-1"}),
    ({"mode": "copy_header", "from": "x-a", "to": "x-b"}, {"x_a": "1"}, {"x-a": "1", "x-b": "1"}),
    ({"mode": "copy_header", "from": "x-a", "to": "x-b", "keep_origin": True}, {"x_a": "1", "x_b": "2"},
     {"x-a": "1", "x-b": "2"}),
    ({"mode": "copy_header", "from": "x-absent", "to": "x-b"}, {}, {}),
    ({"mode": "move_header", "from": "x-a", "to": "x-b"}, {"x_a": "1"}, {"x-b": "1"}),
    ({"mode": "pass_headers", "value": ["X-Trace", "x-absent", "x-odd"]}, {}, {"x-trace": "t-1"}),
    ({"mode": "pass_headers", "value": "x-trace, x-absent"}, {}, {"x-trace": "t-1"}),
    ({"mode": "pass_headers", "value": ["x-trace"], "keep_origin": True}, {"x_trace": "0"}, {"x-trace": "0"}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "before", "after"), ROWS)
def test_each_does_what_its_row_says(operation: Op, before: dict[str, str], after: dict[str, str]) -> None:
    assert headers(operation, **before) == after


@pytest.mark.parametrize(
    ("operation", "body", "after", "header"),
    [
        ({"from": "header:x-trace", "to": "json:metadata.id"}, {}, {"metadata": {"id": "t-1"}}, None),
        ({"from": "user", "to": "header:x-user"}, {"user": "u"}, {"user": "u"}, "u"),
        ({"from": "header:x-user", "to": "user"}, {"user": 5}, {"user": 5}, "5"),
        ({"from": "header:x-trace", "to": "user"}, {"user": "u"}, {"user": "u"}, None),
        ({"from": "a", "to": "json:b"}, {"a": 1}, {"a": 1, "b": 1}, None),
        ({"from": "a", "to": "b"}, {}, {}, None),
    ],
)
def test_sync_fills_the_side_that_is_missing(operation: Op, body: Any, after: Any, header: str | None) -> None:
    acted = operated(body, {"mode": "sync_fields", **operation}, sent=SENT)
    assert acted.body == after
    assert acted.headers.get("x-user") == header


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (
            {"mode": "set_header", "path": "authorization", "value": "Bearer x"},
            "value: 'authorization' can only hold the channel's own",
        ),
        (
            {"mode": "set_header", "path": "x-api-key", "value": {"a": "b"}},
            "path: the header 'x-api-key' can only be set to a text",
        ),
        ({"mode": "set_header", "path": "host", "value": "x"}, "path: the header 'host' cannot be set"),
        (
            {"mode": "set_header", "path": "x-a", "value": "{client_header:authorization}"},
            "value: the caller's header 'authorization'",
        ),
        ({"mode": "set_header", "path": "x-a", "value": 5}, "value: expected a text, or a mapping of tokens"),
        ({"mode": "set_header", "path": "x-a", "value": {"a": 5}}, "value.a: expected a token"),
        ({"mode": "set_header", "path": "x-a", "value": {"$keep_only_declared": 1}}, "value.$keep_only_declared: expected true"),
        ({"mode": "copy_header", "from": "cookie", "to": "x-a"}, "from: the caller's header 'cookie' never goes"),
        ({"mode": "copy_header", "from": "x-a", "to": "authorization"}, "to: the header 'authorization' can only"),
        ({"mode": "move_header", "from": "Authorization", "to": "x-a"}, "from: the caller's header 'authorization' never goes"),
        ({"mode": "pass_headers", "value": ["x-a", "X-Api-Key"]}, "value.1: the caller's header 'x-api-key' never goes"),
        ({"mode": "pass_headers", "value": []}, "value: List should have at least 1 item"),
        ({"mode": "sync_fields", "from": "header:cookie", "to": "a"}, "from: the caller's header 'cookie' never goes"),
        ({"mode": "sync_fields", "from": "a", "to": "json:stream"}, "to: 'stream' cannot be changed"),
        ({"mode": "delete_header", "path": "not a name"}, "path: expected a header's name"),
    ],
)
def test_no_way_leads_to_a_callers_credentials_or_to_the_connection(operation: Op, said: str) -> None:
    assert refusal_of(read_param_override, {"operations": [operation]}).startswith(f"operations.0.{said}")
