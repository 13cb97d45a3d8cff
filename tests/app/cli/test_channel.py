"""`aihub channel list` shows everything but secrets."""

import orjson

from app.state.model import ChannelSpec
from tests.app.cli.conftest import Aihub


def test_a_table(declared: Aihub) -> None:
    head, row = declared("channel", "list").stdout.splitlines()
    assert head.split() == ["name", "vendor", "enabled", "models", "groups", "priority", "weight", "base_url"]
    assert row.split() == ["main", "openai", "yes", "gpt-*", "default", "0", "1", "-"]


def test_json_in_the_words_of_the_state_file(declared: Aihub) -> None:
    result = declared("channel", "list", "--json")
    (channel,) = orjson.loads(result.stdout)
    assert set(ChannelSpec.model_fields) <= set(channel)
    assert [(key["name"], key["enabled"], key["priority"], key["requests"]) for key in channel["keys"]] == [("key-1", True, 0, 0)]
    assert channel["proxy"] == "http://u@proxy:1"
    assert "sk-vendor" not in result.output
    assert "s3cret" not in result.output
