"""The snapshot of channels and groups follows the database, and outlives it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app.db.channels import Channel, ChannelKey
from app.db.engine import Engine
from app.db.state import bump
from app.secrets import Secrets
from app.stores import catalogs as module
from app.stores.catalogs import DatabaseCatalogs, read_catalog
from pipeline.limits.allowance import read_allowance
from tests.app.rows import add_channel, add_group


class Changes:
    """Counts calls, as a cache that is to be cleared would be called."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def changes() -> Changes:
    return Changes()


@pytest.fixture
async def catalogs(database: Engine, secrets: Secrets, changes: Changes) -> AsyncIterator[DatabaseCatalogs]:
    made = DatabaseCatalogs(secrets, [changes], poll_seconds=0.02)
    yield made
    await made.stop()


async def eventually(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not happened():
            await asyncio.sleep(0.01)


def names(catalogs: DatabaseCatalogs) -> list[str]:
    return [channel.name for channel in catalogs.current.channels]


async def test_a_channel_is_what_its_row_says(database: Engine, secrets: Secrets) -> None:
    made = await add_channel(
        secrets,
        "openai",
        ("sk-one", "sk-two"),
        vendor="openai",
        enabled=False,
        base_url="https://api.example/v1",
        key_mode="polling",
        models=["gpt-*"],
        groups=["default", "vip"],
        priority=7,
        weight=3,
        formats=["openai_chat"],
        proxy="http://user:pass@proxy:1",
        options={"region": "eu", "nested": {"list": [1]}},
    )
    catalog = await read_catalog(secrets)
    (channel,) = catalog.channels
    assert channel.id == str(made)
    assert [(key.name, key.secret, key.enabled) for key in channel.keys] == [
        ("key 0", "sk-one", True),
        ("key 1", "sk-two", True),
    ]
    assert (channel.vendor, channel.enabled, channel.key_mode) == ("openai", False, "polling")
    assert (channel.priority, channel.weight, channel.formats) == (7, 3, ("openai_chat",))
    assert channel.options == {"region": "eu", "nested": {"list": [1]}}
    assert "gpt-5" in channel.models
    assert catalog.in_group("vip") == (channel,)
    assert "sk-one" not in repr(catalog.channels)
    assert "pass" not in repr(catalog.channels)


async def test_limits_are_read_with_the_channel_and_the_group(database: Engine, secrets: Secrets) -> None:
    await add_channel(secrets, "limited", limits={"rpm": 5})
    await add_channel(secrets, "free")
    await add_group("vip", limits={"tpd": 100})
    catalog = await read_catalog(secrets)
    assert [channel.limits for channel in catalog.channels] == [None, read_allowance({"rpm": 5})]
    assert catalog.groups["vip"].limits == read_allowance({"tpd": 100})


async def test_a_channel_whose_limits_cannot_be_read_is_not_used(
    database: Engine, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    await add_channel(secrets, "broken", limits={"rpm": 0})
    [channel] = (await read_catalog(secrets)).channels
    assert not channel.enabled
    assert "must be at least 1" in caplog.text


async def test_what_a_channel_changes_is_ready_made(database: Engine, secrets: Secrets) -> None:
    await add_channel(
        secrets,
        "edits",
        options={"strip_fields": ["store"]},
        model_mapping={"gpt-4": "gpt-4o"},
        param_override={"temperature": 0},
        header_override={"x-team": "ours"},
        status_code_mapping={"429": 503},
    )
    await add_channel(secrets, "plain")
    edits, plain = (await read_catalog(secrets)).channels
    assert edits.model_mapping is not None
    assert edits.model_mapping.served("gpt-4") == "gpt-4o"
    assert edits.common is not None
    assert None not in (edits.param_override, edits.header_override)
    assert edits.status_code_mapping == {429: 503}
    assert (plain.common, plain.model_mapping, plain.param_override, plain.header_override) == (None, None, None, None)


async def test_a_channel_whose_edits_cannot_be_made_is_not_used(
    database: Engine, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    await add_channel(secrets, "broken", header_override={"authorization": "Bearer sk-s3cret"})
    await add_channel(secrets, "fine")
    broken, fine = (await read_catalog(secrets)).channels
    assert (broken.enabled, fine.enabled) == (False, True)
    assert "channel 'broken' is not used until it is declared again: authorization: " in caplog.text
    assert "s3cret" not in caplog.text


@pytest.mark.parametrize(("vendor", "secrets_seen"), [("echo", [""]), ("openai-compatible", [""]), ("openai", []), ("gone", [])])
async def test_a_channel_without_keys_is_a_target_if_its_vendor_needs_none(
    database: Engine, secrets: Secrets, vendor: str, secrets_seen: list[str]
) -> None:
    await add_channel(secrets, "mine", vendor=vendor)
    (channel,) = (await read_catalog(secrets)).channels
    assert [key.secret for key in channel.keys] == secrets_seen


async def test_a_lost_key_is_not_replaced_by_none(database: Engine, secrets: Secrets) -> None:
    await add_channel(Secrets("the secret of another time"), "mine", ("sk-one",), vendor="openai-compatible")
    (channel,) = (await read_catalog(secrets)).channels
    assert channel.keys == ()


async def test_auto_groups_keep_their_order(database: Engine, secrets: Secrets) -> None:
    await add_group("cheap", auto=True, position=0)
    await add_group("closed", models=["gpt-*"], position=1)
    await add_group("best", auto=True, position=2)
    catalog = await read_catalog(secrets)
    assert [group.name for group in catalog.auto_groups] == ["cheap", "best"]
    assert "claude" not in catalog.groups["closed"].models


async def test_a_key_that_cannot_be_decrypted_is_left_out(
    database: Engine, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    await add_channel(secrets, "openai", ("sk-one", "sk-two"))
    rows = await ChannelKey.select().order_by(ChannelKey.position)
    # The first key's text in the second key's row: bound to its own row, it must not open there.
    await ChannelKey.update({ChannelKey.sealed: rows[0]["sealed"]}).where(ChannelKey.id == rows[1]["id"])
    (channel,) = (await read_catalog(secrets)).channels
    assert [key.secret for key in channel.keys] == ["sk-one"]
    assert str(rows[1]["id"]) in caplog.text


async def test_a_change_is_seen_without_being_told(catalogs: DatabaseCatalogs, secrets: Secrets, changes: Changes) -> None:
    await catalogs.start()
    assert (names(catalogs), changes.count) == ([], 1)
    first = catalogs.current
    await add_channel(secrets, "one")
    await eventually(lambda: names(catalogs) == ["one"])
    assert changes.count == 2
    assert first.channels == (), "flows in flight keep the snapshot they started with"


async def test_an_unchanged_database_is_not_read_again(catalogs: DatabaseCatalogs, secrets: Secrets, changes: Changes) -> None:
    await catalogs.start()
    before = catalogs.current
    await Channel.insert(Channel(name="not announced", vendor="echo"))
    await catalogs.refresh()
    assert catalogs.current is before
    await bump()
    await catalogs.refresh()
    assert names(catalogs) == ["not announced"]


async def test_an_outage_keeps_the_last_snapshot_and_ends_by_itself(
    catalogs: DatabaseCatalogs,
    secrets: Secrets,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await add_channel(secrets, "one")
    await catalogs.start()
    polls = 0

    async def gone() -> int:
        nonlocal polls
        polls += 1
        raise ConnectionRefusedError(111, "Connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(module, "revision", gone)
        await eventually(lambda: polls >= 3)
        assert names(catalogs) == ["one"]
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    await add_channel(secrets, "two")
    await eventually(lambda: names(catalogs) == ["one", "two"])


async def test_start_fails_loudly(catalogs: DatabaseCatalogs, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone() -> int:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(module, "revision", gone)
    # `spawn` logs the failure as well.
    with pytest.raises(ConnectionRefusedError):
        await catalogs.start()


async def test_a_cancelled_refresh_still_happens(catalogs: DatabaseCatalogs, secrets: Secrets) -> None:
    await add_channel(secrets, "one")
    refresh = asyncio.ensure_future(catalogs.refresh())
    await asyncio.sleep(0)
    refresh.cancel()
    await eventually(lambda: names(catalogs) == ["one"])


async def test_stop_ends_the_watch(catalogs: DatabaseCatalogs, secrets: Secrets) -> None:
    await catalogs.start()
    await catalogs.stop()
    await add_channel(secrets, "one")
    await asyncio.sleep(0.1)
    assert names(catalogs) == []
