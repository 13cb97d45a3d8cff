"""The operator's page on responses shows settings that are the defaults, and names every member that is refused."""

import re
from pathlib import Path

import yaml

from app.config.settings import Responses

PAGE = (Path(__file__).parents[2] / "docs/responses.md").read_text()


def test_the_settings_are_the_defaults() -> None:
    (block,) = re.findall(r"```yaml\n(.+?)```", PAGE, re.DOTALL)
    assert Responses(**yaml.safe_load(block)["responses"]) == Responses()


def test_every_call_that_is_answered_is_on_the_page() -> None:
    for call in (
        "POST /v1/responses",
        "GET /v1/responses/{id}",
        "GET /v1/responses/{id}/input_items",
        "DELETE /v1/responses/{id}",
    ):
        assert f"`{call}`" in PAGE
