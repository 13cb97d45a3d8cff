"""`aihub user` shows who may spend what."""

import orjson

from tests.app.cli.conftest import Aihub


def test_one_user_as_json(declared: Aihub) -> None:
    result = declared("user", "show", "alice", "--json")
    user = orjson.loads(result.stdout)
    (token,) = user.pop("tokens")
    assert user == {
        "username": "alice",
        "role": "user",
        "group": "default",
        "enabled": True,
        "limits": {},
        "balance_usd": "25",
        "held_usd": "0",
        "used_usd": "0",
        "requests": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "last_used_at": None,
    }
    assert (token["name"], token["key_hint"]) == ("laptop", "laptop…ters")
    assert "laptops-own-key" not in result.stdout


def test_one_user_for_people(declared: Aihub) -> None:
    lines = declared("user", "show", "alice").stdout.splitlines()
    assert "balance_usd: 25" in lines
    assert "tokens: laptop" in lines


def test_all_users(declared: Aihub) -> None:
    lines = [line.split() for line in declared("user", "list").stdout.splitlines()]
    assert [line[:3] for line in lines] == [
        ["username", "role", "group"],
        ["alice", "user", "default"],
        ["bob", "admin", "default"],
    ]
    assert [user["username"] for user in orjson.loads(declared("user", "list", "--json").stdout)] == ["alice", "bob"]


def test_an_unknown_user(declared: Aihub) -> None:
    result = declared("user", "show", "alcie")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: there is no user 'alcie', did you mean 'alice'?\n"
