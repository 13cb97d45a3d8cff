"""What a request is counted for, before its usage is known and afterwards."""

import pytest

from pipeline.catalog import Target
from pipeline.expected import Expected
from pipeline.flow import Attempt
from pipeline.json_object import JsonObject
from pipeline.limits.reservation import Reservation, used_tokens
from pipeline.retry import Failure
from pipeline.testing import a_channel
from pipeline.usage import Usage

BODY = b'{"max_tokens": 7}'


def test_the_input_and_all_the_output_that_is_allowed_are_reserved() -> None:
    expected = Expected(JsonObject.parse(BODY), BODY, "m")
    assert Reservation(expected, assumed=5).tokens == expected.input + 7


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
