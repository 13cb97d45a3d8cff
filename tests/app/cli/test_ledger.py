"""`aihub ledger` shows what was booked, and whether it is right."""

import orjson

from tests.app.cli.conftest import Aihub, by_hand


def test_books_in_order(declared: Aihub) -> None:
    result = declared("ledger", "audit")
    assert result.exit_code == 0
    lines = [line.split(maxsplit=4) for line in result.stdout.splitlines()]
    assert lines[0][:3] == ["invariant", "checked", "broken"]
    assert ["I2", "2", "users", "0"] in [line[:4] for line in lines]
    assert {line[3] for line in lines[1:] if line[2] == "users"} == {"0"}


def test_a_break_is_a_line_and_the_exit_code(declared: Aihub) -> None:
    by_hand("UPDATE users SET balance_nano = 26000000000 WHERE username = 'alice'")
    result = declared("ledger", "audit")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[-1] == "I2 is broken: user alice: the balance is 26 USD, the ledger says 25 USD"
    assert result.stderr == "Error: the books are not in order: 1 found wrong\n"


def test_the_findings_as_json(declared: Aihub) -> None:
    found = orjson.loads(declared("ledger", "audit", "--json").stdout)
    assert found["clean"] is True
    assert {"invariant", "checked", "broken", "what", "breaks"} == set(found["findings"][0])
    by_hand("DELETE FROM ledger")
    result = declared("ledger", "audit", "--json")
    found = orjson.loads(result.stdout)
    assert (result.exit_code, found["clean"]) == (1, False)
    assert [line for each in found["findings"] for line in each["breaks"]] == [
        "user alice: the balance is 25 USD, the ledger says 0 USD"
    ]


def test_a_long_list_is_read_page_by_page(declared: Aihub) -> None:
    for number in range(1, 6):
        assert declared("user", "credit", "bob" if number == 3 else "alice", str(number)).exit_code == 0
    read: list[str] = []
    after: list[str] = []
    while True:
        page = orjson.loads(declared("ledger", "list", "--limit", "2", "--user", "alice", *after, "--json").stdout)
        assert len(page["rows"]) <= 2
        read += [row["amount_usd"] for row in page["rows"]]
        if page["after"] is None:
            break
        after = ["--after", page["after"]]
    assert read == ["5", "4", "2", "1", "25"]
    result = declared("ledger", "list", "--limit", "1")
    assert result.stdout.splitlines()[1].split()[1:] == ["topup", "house:grants", "alice", "5"]
    assert result.stderr.startswith("there is more: --after ")
