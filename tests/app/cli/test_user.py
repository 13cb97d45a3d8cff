"""`aihub user` shows who may spend what."""

import orjson
import pytest

from tests.app.cli.conftest import Aihub, by_hand


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


def test_credit_is_a_transfer_and_the_balance_and_a_row_of_the_log(declared: Aihub) -> None:
    result = declared("user", "credit", "alice", "0.5", "--note", "an apology")
    assert (result.exit_code, result.stdout) == (0, "alice: the balance is 25.5 USD\n")
    [newest, opening] = orjson.loads(declared("ledger", "list", "--user", "alice", "--json").stdout)["rows"]
    assert (newest["from"], newest["to"], newest["amount_usd"], newest["note"]) == ("house:grants", "alice", "0.5", "an apology")
    assert (opening["kind"], opening["amount_usd"]) == ("opening", "25")
    assert declared("ledger", "audit").exit_code == 0


def test_credit_can_be_taken_back_as_far_as_it_is_free(declared: Aihub) -> None:
    by_hand("UPDATE users SET held_nano = 5000000000 WHERE username = 'alice'")
    result = declared("user", "credit", "alice", "-20.000000001")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: alice has 20 USD that can be taken back: calls under way hold the rest\n"
    assert declared("user", "credit", "alice", "-20").stdout == "alice: the balance is 5 USD\n"
    [newest, _] = orjson.loads(declared("ledger", "list", "--json").stdout)["rows"]
    assert (newest["from"], newest["to"], newest["amount_usd"]) == ("alice", "house:grants", "20")


def test_credit_with_a_key_is_booked_once(declared: Aihub) -> None:
    once = ("user", "credit", "alice", "1", "--key", "invoice-7")
    assert declared(*once).stdout == "alice: the balance is 26 USD\n"
    assert declared(*once).stdout == "alice: the balance is 26 USD, booked before\n"
    for other in (("alice", "2"), ("bob", "1"), ("alice", "-1")):
        result = declared("user", "credit", *other, "--key", "invoice-7")
        assert (result.exit_code, "was used for another credit" in result.stderr) == (2, True)


@pytest.mark.parametrize("amount", ["0", "ten", "1e-10", "1e12"])
def test_an_amount_that_is_none(declared: Aihub, amount: str) -> None:
    assert declared("user", "credit", "alice", amount).exit_code == 2


def test_credit_for_nobody(declared: Aihub) -> None:
    result = declared("user", "credit", "alcie", "1")
    assert (result.exit_code, result.stderr) == (2, "Error: there is no user 'alcie', did you mean 'alice'?\n")
