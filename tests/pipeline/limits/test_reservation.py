"""What a request is counted for before anybody knows, and what afterwards."""

import pytest

from pipeline.catalog import Target
from pipeline.flow import Attempt
from pipeline.json_object import JsonObject
from pipeline.limits.reservation import Reservation, used_tokens
from pipeline.retry import Failure
from pipeline.testing import a_channel
from pipeline.usage import Usage


@pytest.mark.parametrize(
    ("body", "output"),
    [
        (b"{}", 50),
        (b'{"max_tokens": 10}', 10),
        (b'{"max_completion_tokens": 20, "max_tokens": 10}', 20),
        (b'{"max_output_tokens": 30}', 30),
        (b'{"max_tokens": 10, "n": 3}', 30),
        (b'{"n": 2}', 100),
        (b'{"max_tokens": null, "n": 0}', 50),
        (b'{"max_tokens": -5, "n": true}', 50),
        (b'{"max_tokens": "many", "n": 1.5}', 50),
    ],
)
def test_the_output_is_what_the_caller_allows_or_what_is_assumed(body: bytes, output: int) -> None:
    assert Reservation(JsonObject.parse(body), 0, assume_output=50).tokens == 1 + output


def test_the_input_is_a_quarter_of_the_bytes() -> None:
    assert Reservation(JsonObject.parse(b"{}"), 4000, assume_output=5).tokens == 1005


def attempt(usage: Usage | None = None, failure: Failure | None = None) -> Attempt:
    channel = a_channel()
    made = Attempt(1, Target(channel, channel.keys[0], "m"), None)
    made.usage, made.failure = usage, failure
    return made


@pytest.mark.parametrize(
    ("ended", "tokens"),
    [
        (None, 0),
        (attempt(failure=Failure("it broke")), 0),
        (attempt(Usage(input=9, output=3, cache_read=5, reasoning=2)), 12),
        (attempt(), None),
    ],
)
def test_what_counts_in_the_end(ended: Attempt | None, tokens: int | None) -> None:
    assert used_tokens(ended) == tokens
