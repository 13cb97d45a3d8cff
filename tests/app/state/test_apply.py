"""The database becomes what the file says, in one transaction, and nothing else happens to it."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from app.config.problems import ConfigError
from app.db.channels import Channel, ChannelKey
from app.db.engine import Engine
from app.db.errors import NotMigrated, Unreachable, WrongSecret
from app.db.groups import Group
from app.db.ledger import LedgerEntry, user_account
from app.db.migrate import known
from app.db.prices import Price
from app.db.state import revision
from app.db.tokens import Token
from app.db.users import User
from app.secrets import Secrets
from app.state.apply import apply, apply_file, preview_file
from app.state.read import read_state
from app.state.report import report
from app.stores.callers import DatabaseCallers
from app.stores.catalogs import read_catalog

Apply = Callable[[str], Awaitable[list[str]]]

FULL = """\
groups:
  - {name: default, models: [gpt-*, echo*]}
  - {name: vip, ratio: 0.8, usable_by: [default], auto: true}
users:
  - {username: alice, balance_usd: 25.5}
  - {username: root, role: admin, group: vip}
channels:
  - name: openai
    vendor: openai
    base_url: https://api.example/v1
    keys: [sk-one, {name: second, key: sk-two, enabled: false, priority: 3}]
    models: [gpt-*]
    groups: [default, vip]
    priority: 5
    weight: 2
    tag: paid
    formats: [openai_chat]
    options: {strip_fields: [service_tier]}
    model_mapping: {gpt-4: gpt-4o}
    param_override: {temperature: 0, stop: [a, null]}
    header_override: {x-team: ours}
    status_code_mapping: {404: 429}
    proxy: http://user:pw@proxy:3128
    auto_disable: false
    test_model: gpt-4o
    remark: ours
tokens:
  - {name: laptop, user: alice, group: vip, allow_ips: [10.0.0.0/8], expires_at: 2027-01-01, models: [gpt-4*]}
  - {name: ci, user: alice, key: my-own-key, quota_usd: 1.5}
prices:
  - {model: gpt-5, input: 1.25, output: "10", cache_read: 0.125, ratio: 1.5}
"""


@pytest.fixture
def declare_state(database: Engine, secrets: Secrets, tmp_path: Path) -> Apply:
    """Applies a state file's text; returns the report."""

    async def declared(text: str) -> list[str]:
        file = tmp_path / "state.yaml"
        file.write_text(text)
        return list(report(await apply(database, read_state(file, {}), secrets)))

    return declared


async def everything() -> list[Any]:
    tables: list[Any] = [Group, User, Channel, ChannelKey, Token, Price, LedgerEntry]
    return [await table.select().order_by(table.id) for table in tables]


async def row(table: Any, column: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = await table.select().where(column == name).first().output(load_json=True)
    return found


async def test_everything_is_created(declare_state: Apply, secrets: Secrets) -> None:
    *said, key = await declare_state(FULL)
    assert said == [
        "created group default",
        "created group vip",
        "created user alice",
        "credited user alice: 25.5 USD",
        "created user root",
        "created channel openai",
        "created token laptop",
        "created token ci",
        "created price gpt-5",
        "unchanged: 0",
    ]
    generated = key.removeprefix("key of token laptop, shown only this once: ")
    callers = DatabaseCallers(secrets)
    laptop, ci = await callers.find(generated), await callers.find("my-own-key")
    assert laptop is not None
    assert ci is not None
    assert (laptop.group, laptop.quota, laptop.allow_ips) == ("vip", None, ("10.0.0.0/8",))
    assert (ci.group, ci.quota, ci.expires_at) == ("default", 1_500_000_000, None)
    (channel,) = (await read_catalog(secrets)).channels
    assert [(key.name, key.secret, key.enabled, key.priority) for key in channel.keys] == [
        ("key-1", "sk-one", True, 0),
        ("second", "sk-two", False, 3),
    ]
    stored = await row(Channel, Channel.name, "openai")
    assert stored["param_override"] == {"temperature": 0, "stop": ["a", None]}
    assert stored["status_code_mapping"] == {"404": 429}
    price = await row(Price, Price.model, "gpt-5")
    assert (price["input"], price["output"], price["cache_read"]) == (1_250_000_000, 10_000_000_000, 125_000_000)
    assert (price["cache_write"], price["per_call"], price["ratio"]) == (None, None, "1.5")


async def test_the_same_again_changes_nothing(declare_state: Apply) -> None:
    await declare_state(FULL)
    before, number = await everything(), await revision()
    assert await declare_state(FULL) == ["unchanged: 8"]
    assert (await everything(), await revision()) == (before, number)


async def test_changes_are_named_by_their_words(declare_state: Apply) -> None:
    await declare_state(FULL)
    number = await revision()
    changed = (
        FULL.replace("sk-two", "sk-three")
        .replace("priority: 5", "priority: 6")
        .replace("quota_usd: 1.5", "quota_usd: 2, enabled: false")
        .replace("my-own-key", "my-new-key")
        .replace("input: 1.25", "input: 1.3")
        .replace("role: admin, ", "")
    )
    assert await declare_state(changed) == [
        "updated user root: role",
        "updated channel openai: priority, keys",
        "updated token ci: enabled, quota_usd, key",
        "updated price gpt-5: input",
        "unchanged: 4",
    ]
    assert await revision() == number + 1


async def test_what_is_left_out_has_its_default(declare_state: Apply) -> None:
    await declare_state(FULL)
    await declare_state("channels: [{name: openai, vendor: openai}]\ntokens: [{name: ci, user: alice}]")
    channel = await row(Channel, Channel.name, "openai")
    assert (channel["models"], channel["groups"], channel["priority"], channel["proxy"]) == (["*"], ["default"], 0, None)
    token = await row(Token, Token.name, "ci")
    assert token["quota_nano"] is None


async def test_keys_that_are_left_out_stay(declare_state: Apply, secrets: Secrets) -> None:
    await declare_state(FULL)
    keys = await ChannelKey.select().order_by(ChannelKey.position)
    said = await declare_state("channels: [{name: openai, vendor: openai}]\ntokens: [{name: ci, user: alice, quota_usd: 1.5}]")
    assert "created" not in " ".join(said)
    assert await ChannelKey.select().order_by(ChannelKey.position) == keys
    assert await DatabaseCallers(secrets).find("my-own-key") is not None
    await declare_state("channels: [{name: openai, vendor: openai, keys: []}]")
    assert await ChannelKey.count() == 0


async def test_what_is_not_mentioned_stays(declare_state: Apply) -> None:
    await declare_state(FULL)
    before = await everything()
    assert await declare_state("") == ["unchanged: 0"]
    assert await everything() == before


async def test_the_default_group_always_exists(declare_state: Apply) -> None:
    assert await declare_state("users: [{username: alice}]") == ["created group default", "created user alice", "unchanged: 0"]


async def test_an_opening_credit_is_booked_once(declare_state: Apply) -> None:
    await declare_state("users: [{username: alice}]")
    assert "credited user alice: 10 USD" in await declare_state("users: [{username: alice, balance_usd: 10}]")
    assert await declare_state("users: [{username: alice, balance_usd: 99}]") == [
        "note: user alice: balance_usd was booked before as 10 USD and is never booked again",
        "unchanged: 1",
    ]
    assert await declare_state("users: [{username: alice}]") == ["unchanged: 1"]
    user = await row(User, User.username, "alice")
    assert user["balance_nano"] == 10_000_000_000
    (entry,) = await LedgerEntry.select()
    assert (entry["key"], entry["debit_account"], entry["amount_nano"]) == ("apply:alice", "house:grants", 10_000_000_000)
    assert entry["credit_account"] == user_account(user["id"])


async def test_auto_groups_are_tried_in_the_files_order(declare_state: Apply, secrets: Secrets) -> None:
    async def order() -> tuple[str, ...]:
        return tuple(group.name for group in (await read_catalog(secrets)).auto_groups)

    await declare_state("groups: [{name: z, auto: true}, {name: m, auto: true}, {name: a, auto: true}]")
    assert await order() == ("z", "m", "a")
    assert "updated group a: order" in await declare_state("groups: [{name: a, auto: true}, {name: z, auto: true}]")
    assert await order() == ("a", "m", "z")
    await declare_state("groups: [{name: b, auto: true}]")
    assert await order() == ("a", "m", "z", "b")


async def test_one_mistake_stops_all(declare_state: Apply) -> None:
    await declare_state(FULL)
    before, number = await everything(), await revision()
    with pytest.raises(ConfigError, match="unknown user 'bob'"):
        await declare_state("users: [{username: new}]\ntokens: [{name: ci, user: bob}]")
    assert (await everything(), await revision()) == (before, number)


async def test_a_failure_in_the_middle_leaves_nothing(declare_state: Apply, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("disk full")

    before, number = await everything(), await revision()
    monkeypatch.setattr("app.state.changes.grant", fail)
    with pytest.raises(sqlite3.OperationalError):
        await declare_state(FULL)
    assert (await everything(), await revision()) == (before, number)


async def test_no_secret_is_stored_in_the_clear(declare_state: Apply, secrets: Secrets) -> None:
    said = await declare_state(FULL)
    stored = str(await everything())
    for secret in ("sk-one", "sk-two", "my-own-key", said[-1].rpartition(" ")[2]):
        assert secret not in stored
    for secret in ("sk-one", "sk-two", "my-own-key", "pw@"):
        assert secret not in " ".join(said)


APPLY = """
import asyncio, pathlib, sys
from app.state.apply import apply_file
from app.state.report import report
file = pathlib.Path(sys.argv[1])
changes = asyncio.run(apply_file(file, sys.argv[2], file.parent, {}))
print(sum(change.action == "created" for change in changes), sum(change.action == "unchanged" for change in changes))
"""


async def test_several_at_once_do_it_once(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(FULL)
    program = (sys.executable, "-c", APPLY, str(file), database_url)
    processes = [await asyncio.create_subprocess_exec(*program, stdout=PIPE, stderr=PIPE) for _ in range(3)]
    replies = [await process.communicate() for process in processes]
    assert sorted(replies) == [(b"0 8\n", b""), (b"0 8\n", b""), (b"8 0\n", b"")]


class TestFiles:
    """What is around `apply`: the file, the secret, the database."""

    async def test_everything_is_made_beside_the_configuration(self, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        await apply_file(file, "sqlite:///aihub.db", tmp_path, {})
        assert {"aihub.db", "aihub.secret"} <= {path.name for path in tmp_path.iterdir()}

    async def test_a_dry_run_makes_nothing(self, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        said = list(report(await preview_file(file, "sqlite:///aihub.db", tmp_path, {}), dry_run=True))
        assert "would create channel openai" in said
        assert "would credit user alice: 25.5 USD" in said
        assert said[-1] == "would generate a key for token laptop"
        assert "sk-" not in " ".join(said)
        assert list(tmp_path.iterdir()) == [file]

    async def test_a_dry_run_changes_nothing(self, database_url: str, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        assert await preview_file(file, database_url, tmp_path, {}), "an empty PostgreSQL database is looked at, too"
        await apply_file(file, database_url, tmp_path, {})
        before, number = await everything(), await revision()
        file.write_text(FULL.replace("sk-two", "sk-three"))
        said = list(report(await preview_file(file, database_url, tmp_path, {}), dry_run=True))
        assert said == ["would update channel openai: keys", "unchanged: 7"]
        assert (await everything(), await revision()) == (before, number)

    async def test_a_dry_run_finds_mistakes(self, database_url: str, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text("tokens: [{name: t, user: nobody, modls: []}]")
        with pytest.raises(ConfigError) as caught:
            await preview_file(file, database_url, tmp_path, {})
        assert len(caught.value.problems) == 2

    async def test_a_dry_run_does_not_migrate(self, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        await apply_file(file, database_url, tmp_path, {})
        newer = [*known(), "2999-01-01T00:00:00:000000"]
        for where in ("app.db.migrate.known", "app.state.apply.known"):
            monkeypatch.setattr(where, lambda: newer)
        with pytest.raises(NotMigrated, match="run `aihub migrate` first"):
            await preview_file(file, database_url, tmp_path, {})

    @pytest.mark.parametrize("do", [apply_file, preview_file])
    async def test_another_secret_is_refused(self, tmp_path: Path, do: Callable[..., Awaitable[Any]]) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        await apply_file(file, "sqlite:///aihub.db", tmp_path, {})
        with pytest.raises(WrongSecret):
            await do(file, "sqlite:///aihub.db", tmp_path, {"AIHUB_SECRET_KEY": "another secret than before"})

    @pytest.mark.parametrize("do", [apply_file, preview_file])
    async def test_a_lost_database_is_named(self, tmp_path: Path, do: Callable[..., Awaitable[Any]]) -> None:
        file = tmp_path / "state.yaml"
        file.write_text(FULL)
        with pytest.raises(Unreachable, match=r"postgres://u@127\.0\.0\.1:1/x"):
            await do(file, "postgres://u:pw@127.0.0.1:1/x", tmp_path, {})

    async def test_mistakes_are_found_without_a_database(self, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text("users: [{username: alice, group: nowhere, rol: admin}]")
        with pytest.raises(ConfigError) as caught:
            await apply_file(file, "sqlite:///aihub.db", tmp_path, {})
        assert len(caught.value.problems) == 2, "the unknown group was found, too"
        assert list(tmp_path.iterdir()) == [file]

    async def test_variables_are_filled_in(self, tmp_path: Path) -> None:
        file = tmp_path / "state.yaml"
        file.write_text("channels: [{name: c, vendor: openai, keys: ['${VENDOR_KEY}']}]")
        environ = {"VENDOR_KEY": "sk-from-outside", "AIHUB_SECRET_KEY": "a secret of the tests"}
        await apply_file(file, "sqlite:///aihub.db", tmp_path, environ)
        (channel,) = (await read_catalog(Secrets("a secret of the tests"))).channels
        assert channel.keys[0].secret == "sk-from-outside"
