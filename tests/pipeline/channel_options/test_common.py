"""The options of any vendor's channel, as they are read."""

from typing import Any

import pytest

from pipeline.channel_options.common import read_common_options
from tests.pipeline.overrides.acting import refusal_of


@pytest.mark.parametrize("options", [{}, {"region": "eu"}])
def test_without_any_of_them_there_is_nothing_to_do(options: dict[str, Any]) -> None:
    assert read_common_options(options) is None


def test_a_vendors_own_options_are_left_to_it() -> None:
    read = read_common_options({"region": "eu", "model_suffixes": True})
    assert read is not None
    assert read.model_suffixes


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"system_prompt": ""}, "system_prompt: "),
        (
            {"system_prompt": "x", "system_prompt_mode": "replace"},
            "system_prompt_mode: Input should be 'add', 'override' or 'default'",
        ),
        ({"system_prompt_mode": "add"}, "system_prompt_mode: there is no `system_prompt`"),
        ({"strip_fields": ["model"]}, "strip_fields.0: 'model' cannot be stripped: a request is made of it"),
        ({"strip_fields": ["a", "b..c"]}, "strip_fields.1: expected a path"),
        ({"strip_fields": "store"}, "strip_fields: Input should be a valid list"),
        ({"allow_fields": []}, "allow_fields: "),
        ({"thinking_to_content": "yes"}, "thinking_to_content: Input should be a valid boolean"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    assert refusal_of(read_common_options, options).startswith(said)
