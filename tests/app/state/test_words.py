"""The same words in the file, in the tables and in what the command line shows."""

import datetime as dt
import uuid
from typing import Any

import pytest
from piccolo.table import Table

from app.db.channels import Channel, ChannelKey
from app.db.groups import Group
from app.db.prices import Price
from app.db.tokens import Token
from app.db.users import User
from app.state.model import ChannelSpec, GroupSpec, KeySpec, State, TokenSpec, UserSpec
from app.state.prices import PriceSpec
from app.state.words import channel_words, token_words, user_words

ISSUE = {
    "channels": "name vendor enabled base_url keys key_mode models groups priority weight tag formats options model_mapping "
    "param_override header_override status_code_mapping proxy limits auto_disable test_model remark",
    "groups": "name ratio ratios unpriced models usable_by auto limits",
    "users": "username role group enabled balance_usd limits",
    "tokens": "name user key enabled group cross_group_retry models allow_ips expires_at quota_usd unlimited limits",
    "prices": "model vendor channel input output cache_read cache_write cache_write_1h reasoning audio_input audio_output "
    "image_input image_output per_call per_second images tiers hours tools ratio new_api",
}
SPECS: dict[str, Any] = {
    "channels": ChannelSpec,
    "groups": GroupSpec,
    "users": UserSpec,
    "tokens": TokenSpec,
    "prices": PriceSpec,
}
TABLES: dict[str, type[Table]] = {"channels": Channel, "groups": Group, "users": User, "tokens": Token, "prices": Price}

STORED_OTHERWISE = {
    "channels": {"keys": None},
    "users": {"balance_usd": "balance_nano"},
    "tokens": {"key": "key_hash", "quota_usd": "quota_nano", "unlimited": "quota_nano"},
    "prices": {"new_api": None},
}
"""Words whose column is called otherwise; None: none of its own."""

USED = {"used_nano", "requests", "input_tokens", "output_tokens", "last_used_at"}
SHOWN = {"used_usd", "requests", "input_tokens", "output_tokens", "last_used_at"}
SERVED = SHOWN | {"cost_usd"}
"""What is counted, as columns and in words."""

INTERNAL = {
    "channels": {"id", "cost_nano", *USED},
    "groups": {"id", "position"},
    "users": {"id", "password_hash", "held_nano", *USED},
    "tokens": {"id", "key_hint", "held_nano", *USED},
    "prices": {"id"},
}
"""Columns that no file declares."""


def columns(table: type[Table]) -> set[str]:
    return {column._meta.name for column in table._meta.columns}


def blank(table: type[Table], **values: Any) -> dict[str, Any]:
    """A row of defaults, as a query would give it."""
    return table(_ignore_missing=True, **values).to_dict() | values


@pytest.mark.parametrize("section", ISSUE)
def test_the_file_has_the_words_of_the_contract(section: str) -> None:
    assert list(SPECS[section].model_fields) == ISSUE[section].split()


def test_every_section_is_there() -> None:
    assert set(State.model_fields) == set(ISSUE)


@pytest.mark.parametrize("section", ISSUE)
def test_the_tables_have_the_same_words(section: str) -> None:
    otherwise = STORED_OTHERWISE.get(section, {})
    expected = {otherwise.get(word, word) for word in SPECS[section].model_fields} - {None}
    assert columns(TABLES[section]) - INTERNAL[section] == expected
    assert TABLES[section]._meta.tablename == section


def test_a_key_has_the_same_words() -> None:
    internal = {"id", "channel", "sealed", "position", "cost_nano", *USED}
    assert columns(ChannelKey) == set(KeySpec.model_fields) - {"key"} | internal


def test_a_channel_is_shown_in_the_same_words() -> None:
    row = blank(Channel, id=uuid.uuid4(), options={}, header_override={})
    assert set(channel_words(row, [])) == set(ChannelSpec.model_fields) | SERVED


def test_a_user_is_shown_in_the_same_words() -> None:
    row = blank(User, id=uuid.uuid4(), username="alice", balance_nano=1_500_000_000, held_nano=7, used_nano=11, requests=5)
    words = user_words(row)
    assert set(words) == set(UserSpec.model_fields) | {"held_usd", *SHOWN}
    assert (words["balance_usd"], words["held_usd"], words["used_usd"], words["requests"]) == (
        "1.5",
        "0.000000007",
        "0.000000011",
        5,
    )


def test_a_token_is_shown_in_the_same_words() -> None:
    row = blank(Token, id=uuid.uuid4(), name="t", quota_nano=2_000_000_000, expires_at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
    words = token_words(row, "alice")
    assert set(words) == set(TokenSpec.model_fields) - {"key"} | {"key_hint", "held_usd", *SHOWN}
    assert (words["quota_usd"], words["unlimited"], words["expires_at"]) == ("2", False, "2027-01-01T00:00:00+00:00")
    assert token_words(row | {"quota_nano": None}, "alice")["unlimited"] is True


def test_nothing_secret_is_shown() -> None:
    channel = blank(
        Channel,
        id=uuid.uuid4(),
        proxy="http://user:s3cret@proxy:3128",
        header_override={"authorization": "s3cret"},
        options={"region": "eu", "aws_secret_access_key": "s3cret", "nested": [{"api_key": "s3cret"}]},
    )
    key = blank(ChannelKey, name="main", sealed="s3cret")
    words = channel_words(channel, [key])
    assert "s3cret" not in str(words)
    assert words["proxy"] == "http://user@proxy:3128"
    assert words["header_override"] == {"authorization": "…"}
    assert words["options"]["region"] == "eu"
    [shown] = words["keys"]
    assert set(shown) == {"name", "enabled", "priority", *SERVED}
    assert "s3cret" not in str(token_words(blank(Token, name="t", key_hash="s3cret"), "alice"))
