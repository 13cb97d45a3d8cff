"""`aihub channel list` shows everything but secrets; `aihub channel test` asks what can be asked."""

from pathlib import Path

import orjson
import pytest

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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("mian", "--model", "gpt-5"), "there is no channel 'mian', did you mean 'main'?"),
        (("main",), "the channel 'main' lists only wildcards: say which model with --model"),
        (("main", "--model", "o3"), "the channel 'main' does not list the model 'o3', but gpt-*"),
        (("keyless",), "the channel 'keyless' has no key: declare some with `aihub apply`"),
    ],
)
def test_a_test_that_can_ask_nothing_says_why(declared: Aihub, arguments: tuple[str, ...], said: str) -> None:
    Path("more.yaml").write_text("channels: [{name: keyless, vendor: openai, models: [m]}]")
    assert declared("apply", "-f", "more.yaml").exit_code == 0
    result = declared("channel", "test", *arguments)
    assert (result.exit_code, result.stderr) == (2, f"Error: {said}\n")


def test_the_answer_of_each_key_is_shown(declared: Aihub) -> None:
    Path("more.yaml").write_text("channels: [{name: echo, vendor: echo, models: [echo]}]")
    assert declared("apply", "-f", "more.yaml").exit_code == 0
    result = declared("channel", "test", "echo")
    assert result.exit_code == 0
    assert [line.split()[:3] for line in result.stdout.splitlines()] == [["key", "result", "status"], ["none", "ok", "200"]]
