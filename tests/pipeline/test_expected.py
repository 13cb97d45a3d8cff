"""What a request will take, before anybody knows."""

import pytest

from pipeline.estimate import estimate_input
from pipeline.expected import Expected
from pipeline.json_object import JsonObject


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
        (b'{"generationConfig": {"maxOutputTokens": 40, "candidateCount": 2}}', 80),
        (b'{"generationConfig": {}}', 50),
        (b'{"generationConfig": [40]}', 50),
    ],
)
def test_the_output_is_what_the_caller_allows_or_what_is_assumed(body: bytes, output: int) -> None:
    assert Expected(JsonObject.parse(body), body, "m").output(50) == output


def test_the_input_is_estimated_from_the_body() -> None:
    body = b'{"messages": [{"role": "user", "content": "Say hello to the world."}]}'
    assert Expected(JsonObject.parse(body), body, "m").input == estimate_input(body, "m")
