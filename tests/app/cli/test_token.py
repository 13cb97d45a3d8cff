"""`aihub token` makes keys, shows them once, and takes them away."""

import re
from pathlib import Path

import orjson
import pytest

from app.secrets import load
from app.state.model import TokenSpec
from tests.app.cli.conftest import Aihub, revision


def tokens(run: Aihub) -> dict[str, dict[str, object]]:
    return {token["name"]: token for token in orjson.loads(run("token", "list", "--json").stdout)}


def test_a_new_key_is_alone_on_stdout(declared: Aihub) -> None:
    before = revision()
    result = declared("token", "create", "--user", "alice")
    assert result.exit_code == 0
    assert re.fullmatch(r"sk-[0-9A-Za-z]{33}\n", result.stdout)
    assert result.stderr == "created token alice-1 of alice\n"
    assert revision() == before + 1
    assert declared("token", "create", "--user", "alice").stderr == "created token alice-2 of alice\n"


def test_every_option(declared: Aihub) -> None:
    options = {
        "--name": "ci",
        "--key": "any form: of-key".replace(" ", ""),
        "--group": "vip",
        "--models": "gpt-4o, gpt-5*",
        "--allow-ips": "10.0.0.0/8,::1",
        "--expires-at": "2030-01-31",
        "--quota-usd": "0.50",
    }
    arguments = [part for option in options.items() for part in option]
    result = declared("token", "create", "--user", "alice", *arguments)
    assert (result.exit_code, result.stdout) == (0, ""), "a key that was given is not repeated"
    token = tokens(declared)["ci"]
    assert {word: token[word] for word in ("group", "models", "allow_ips", "expires_at", "quota_usd", "unlimited")} == {
        "group": "vip",
        "models": ["gpt-4o", "gpt-5*"],
        "allow_ips": ["10.0.0.0/8", "::1"],
        "expires_at": "2030-01-31T00:00:00+00:00",
        "quota_usd": "0.5",
        "unlimited": False,
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--user", "alcie"], ["--user: unknown user 'alcie', did you mean 'alice'?"]),
        (["--user", "alice", "--name", "laptop"], ["there is a token 'laptop' already"]),
        (["--user", "alice", "--name", ""], ["--name: must have at least 1 characters"]),
        (["--user", "alice", "--group", "vpi"], ["--group: unknown group 'vpi', did you mean 'vip'?"]),
        (["--user", "alice", "--key", "laptops-own-key-of-30-letters"], ["--key: the token 'laptop' has this key already"]),
        (["--user", "alice", "--key", "s3cret key"], ["--key: a key is made of visible ASCII characters"]),
        (["--user", "alice", "--models", ""], ["--models: expected a model's name"]),
        (["--user", "alice", "--quota-usd", "-1"], ["--quota-usd: must be at least 0"]),
        (["--user", "no", "--expires-at", "x", "--allow-ips", "y"], ["--user: ", "--expires-at: ", "--allow-ips: "]),
        ([], ["Missing option '--user'"]),
    ],
)
def test_wrong_options(declared: Aihub, arguments: list[str], said: list[str]) -> None:
    before = revision()
    result = declared("token", "create", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    for message in said:
        assert message in result.stderr
    assert "s3cret" not in result.stderr
    assert "laptops-own-key" not in result.stderr
    assert revision() == before


COUNTS = {"requests", "input_tokens", "output_tokens", "last_used_at"}


def test_the_words_are_those_of_the_state_file(declared: Aihub) -> None:
    assert (
        set(tokens(declared)["laptop"]) == (set(TokenSpec.model_fields) - {"key"}) | {"key_hint", "held_usd", "used_usd"} | COUNTS
    )


def test_no_key_and_no_hash_is_listed(declared: Aihub) -> None:
    output = declared("token", "list").output + declared("token", "list", "--json").output
    assert "laptops-own-key" not in output
    secrets = load({}, Path())
    assert secrets.caller_hash("laptops-own-key-of-30-letters") not in output


def test_disable_and_enable(declared: Aihub) -> None:
    for action, enabled in (("disable", False), ("disable", False), ("enable", True)):
        before = revision()
        result = declared("token", action, "laptop")
        assert (result.exit_code, result.stdout) == (0, f"{action}d token laptop\n")
        assert tokens(declared)["laptop"]["enabled"] is enabled
        assert revision() == before + 1


@pytest.mark.parametrize("action", ["disable", "enable"])
def test_an_unknown_token(declared: Aihub, action: str) -> None:
    result = declared("token", action, "lptop")
    assert (result.exit_code, result.stderr) == (2, "Error: there is no token 'lptop', did you mean 'laptop'?\n")
