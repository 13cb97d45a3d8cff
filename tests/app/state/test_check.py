"""What is wrong in a state file is said at its place, all at once."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from app.secrets import Secrets
from app.state.check import check
from app.state.read import read_state
from app.state.snapshot import Snapshot

SECRETS = Secrets("a secret of the tests")
ALICE = uuid.uuid4()
EMPTY = Snapshot()
LIVED_IN = Snapshot(
    groups={
        "default": {"usable_by": []},
        "staff": {"usable_by": []},
        "vip": {"usable_by": ["default"]},
        "all": {"usable_by": ["*"]},
    },
    users={"alice": {"id": ALICE, "group": "default"}},
    tokens={"old": {"user": ALICE, "group": "vip", "key_hash": SECRETS.caller_hash("k-old")}},
)


def problems(tmp_path: Path, text: str, snapshot: Snapshot = EMPTY, environ: dict[str, str] | None = None) -> list[str]:
    file = tmp_path / "state.yaml"
    file.write_text(text)
    found = check(read_state(file, environ or {}), snapshot, SECRETS)
    return [
        str(problem).removeprefix(f"{file}:") for problem in sorted(found, key=lambda problem: (problem.line, problem.column))
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("channel: []", "1:1: channel: unknown field 'channel', did you mean 'channels'?"),
        ("users: {alice: {}}", "1:8: users: expected a list, got a mapping"),
        ("users: [alice]", "1:9: users[0]: expected a mapping, got 'alice'"),
        ("users: [{usrname: alice}]", "1:10: users[0].usrname: unknown field 'usrname', did you mean 'username'?"),
        ("users: [{username: ''}]", "users[0].username: must have at least 1 characters"),
        ("users: [{username: ' a'}]", "users[0].username: a name has no blanks at its ends"),
        ("users: [{username: a, role: root}]", "users[0].role: expected 'user' or 'admin', got 'root'"),
        ("users: [{username: a, enabled: 1}]", "users[0].enabled: expected true or false, got 1"),
        ("users: [{username: a, group: stff}]", "1:30: users[0].group: unknown group 'stff'"),
        ("users: [{username: a, balance_usd: -1}]", "users[0].balance_usd: must be at least 0"),
        ("users: [{username: a}, {username: a}]", "1:35: users[1].username: 'a' is declared twice, first at line 1"),
        ("groups: [{name: auto}]", "groups[0].name: 'auto' has a meaning of its own"),
        ("groups: [{name: '*'}]", "groups[0].name: '*' has a meaning of its own"),
        ("groups: [{name: g, usable_by: [nobody]}]", "1:32: groups[0].usable_by[0]: unknown group 'nobody'"),
        ("groups: [{name: g, ratio: -1}]", "groups[0].ratio: expected a number from 0"),
        ("groups: [{name: g, models: []}]", "groups[0].models: an empty list would allow nothing"),
        ("groups: [{name: g, models: ['']}]", "groups[0].models[0]: expected a model's name"),
        ("channels: [{name: c, vendor: opnai}]", "1:30: channels[0].vendor: unknown vendor 'opnai', did you mean 'openai'?"),
        ("channels: [{name: c, vendor: zzz}]", "channels[0].vendor: unknown vendor 'zzz'; known are "),
        ("channels: [{name: c}]", "1:12: channels[0].vendor: the field 'vendor' is missing"),
        ("channels: [{name: c, vendor: openai-compatible}]", "channels[0]: the vendor 'openai-compatible' has no address"),
        ("channels: [{name: c, vendor: echo, groups: [vip]}]", "1:45: channels[0].groups[0]: unknown group 'vip'"),
        ("channels: [{name: c, vendor: echo, key_mode: all}]", "channels[0].key_mode: expected 'random' or 'polling'"),
        ("channels: [{name: c, vendor: echo, weight: -1}]", "channels[0].weight: must be at least 0"),
        ("channels: [{name: c, vendor: echo, base_url: 'http://u:p@h'}]", "channels[0].base_url: an address holds no user"),
        ("channels: [{name: c, vendor: echo, keys: [k, k]}]", "1:46: channels[0].keys[1]: this key is listed twice"),
        ("channels: [{name: c, vendor: echo, keys: [{name: n, key: a}, {name: n, key: b}]}]", "two keys of this channel"),
        ("channels: [{name: c, vendor: echo, keys: [{key: a, prio: 1}]}]", "keys[0].prio: unknown field 'prio', did"),
        ("channels: [{name: c, vendor: echo, status_code_mapping: {404: 99}}]", "status_code_mapping.404: expected the status"),
        ("channels: [{name: c, vendor: echo, status_code_mapping: {x: 404}}]", "status_code_mapping.x: "),
        ("channels: [{name: c, vendor: echo, header_override: {x-a: 1}}]", "header_override.x-a: expected text"),
        ("tokens: [{name: t, user: alice}]", "1:26: tokens[0].user: unknown user 'alice'"),
        ("tokens: [{name: t, user: alice, quota_usd: 1, unlimited: true}]", "`quota_usd` and `unlimited` exclude each other"),
        ("tokens: [{name: t, user: alice, unlimited: false}]", "a token that is not unlimited needs `quota_usd`"),
        ("tokens: [{name: t, user: alice, allow_ips: [10.0.0.1/8]}]", "allow_ips[0]: this address is inside"),
        ("tokens: [{name: t, user: alice, allow_ips: [home]}]", "tokens[0].allow_ips[0]: expected an IP address"),
        ("tokens: [{name: t, user: alice, expires_at: 2027-01-01T00:00:00}]", "tokens[0].expires_at: the time zone is missing"),
        ("tokens: [{name: t, user: alice, key: a b}]", "tokens[0].key: a key is made of visible ASCII characters"),
        ("prices: [{model: m}]", "1:10: prices[0]: a price says at least one of"),
        ("prices: [{model: m, input: cheap}]", "prices[0].input: expected a number"),
        ("prices: [{model: m, output: 1}]", "1:10: prices[0]: a price for tokens says `input`, too: 0 if it is free"),
        ("prices: [{model: m, per_call: 1, cache_read: 1}]", "prices[0]: a price for tokens says `input`, too"),
        ("prices: [{model: m, ratio: 2}]", "prices[0]: a price says at least one of"),
        ("prices: [{model: m, input: 0.0000000001}]", "prices[0].input: more than 9 digits after the point"),
        ("prices: [{model: m, input: -1}]", "prices[0].input: must be at least 0"),
        ("prices: [{model: m, per_call: '0.0000000000000001'}]", "prices[0].per_call: more than 15 digits after the point"),
        ("prices: [{model: m, per_call: -1}]", "prices[0].per_call: must be at least 0"),
        ("prices: [{model: m, per_call: 10000}]", "prices[0].per_call: must be at most 9223"),
        ("prices: [{model: m, input: 1, outptu: 1}]", "1:31: prices[0].outptu: unknown field 'outptu', did you mean 'output'?"),
        ("prices: [{model: m, input: 1, vendor: opnai}]", "prices[0].vendor: unknown vendor 'opnai', did you mean 'openai'?"),
        ("prices: [{model: m, input: 1, channel: c}]", "1:40: prices[0].channel: unknown channel 'c'"),
        ("prices: [{model: m, input: 1, channel: c, vendor: echo}]", "prices[0]: `vendor` and `channel` exclude each other"),
        ("prices: [{model: m, input: 1}, {model: m, input: 2}]", "1:40: prices[1].model: 'm' is declared twice, first at line 1"),
        ("prices: [{model: m, input: 1, tiers: [{above: 0, input: 1}]}]", "prices[0].tiers[0].above: must be at least 1"),
        ("prices: [{model: m, input: 1, tiers: [{input: 1}]}]", "prices[0].tiers[0].above: the field 'above' is missing"),
        ("prices: [{model: m, input: 1, hours: [{start: 1:00, end: 02:00}]}]", "hours[0].start: expected a time of day"),
        ("prices: [{model: m, input: 1, hours: [{start: 01:00, end: 24:30}]}]", "hours[0].end: expected a time of day"),
        ("prices: [{model: m, input: 1, hours: [{start: 01:00, end: 02:00, zone: Mars}]}]", "hours[0].zone: expected a time"),
        ("prices: [{model: m, input: 1, hours: [{start: 01:00, end: 02:00, days: [so]}]}]", "hours[0].days[0]: expected 'mon', "),
        ("prices: [{model: m, images: [{size: 1x1}]}]", "prices[0].images[0].price: the field 'price' is missing"),
        ("prices: [{model: m, input: 1, tools: {web_search: free}}]", "prices[0].tools.web_search: expected a number"),
        ("prices: [{model: m, input: 1, new_api: {model_ratio: 1}}]", "prices[0]: `new_api` stands instead of the rates"),
        ("prices: [{model: m, new_api: {completion_ratio: 1}}]", "prices[0].new_api: a price of New-API says either"),
        ("prices: [{model: m, new_api: {model_ratio: 1, model_price: 1}}]", "prices[0].new_api: a price of New-API says either"),
        ("groups: [{name: g, ratios: {vpi: 0.8}}]", "1:29: groups[0].ratios.vpi: unknown group 'vpi'"),
        ("groups: [{name: g, ratios: {g: -1}}]", "groups[0].ratios.g: expected a number from 0"),
        ("groups: [{name: g, unpriced: fre}]", "groups[0].unpriced: "),
        ("groups: [{name: g, unpriced: {input: 1}}]", "groups[0].unpriced"),
    ],
)  # fmt: skip
def test_one_mistake(tmp_path: Path, text: str, said: str) -> None:
    found = problems(tmp_path, text)
    assert any(said in problem for problem in found), found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "users: []",
        "users: [{username: bob}]\ntokens: [{name: t, user: bob}]",
        "tokens: [{name: t, user: alice}]",
        "tokens: [{name: t, user: alice, group: default}]",
        "tokens: [{name: t, user: alice, group: vip}]",
        "tokens: [{name: t, user: alice, group: all}]",
        "tokens: [{name: t, user: alice, group: auto}]",
        "tokens: [{name: old, user: alice, key: k-old}]",
        "users: [{username: bob, group: staff}]\ntokens: [{name: t, user: bob, group: staff}]",
        "groups: [{name: staff, usable_by: [default]}]\ntokens: [{name: t, user: alice, group: staff}]",
        "groups: [{name: a, ratios: {vip: 0.8, b: 1}, unpriced: {input: 1, output: 2}}, {name: b, unpriced: free}]",
        "prices: [{model: m, input: 1}, {model: m, vendor: echo, input: 1}, {model: m, vendor: openai, input: 1}]",
        "prices: [{model: m, channel: c, input: 1}]\nchannels: [{name: c, vendor: echo}]",
        "groups: [{name: vip}]\ntokens: [{name: old, user: alice}]",
        "channels: [{name: c, vendor: openai-compatible, base_url: 'http://localhost/v1', groups: [staff]}]",
    ],
)
def test_no_mistake(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text, LIVED_IN) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tokens: [{name: t, user: alcie}]", "tokens[0].user: unknown user 'alcie', did you mean 'alice'?"),
        ("tokens: [{name: t, user: alice, group: vpi}]", "tokens[0].group: unknown group 'vpi', did you mean 'vip'?"),
        ("tokens: [{name: t, user: alice, group: staff}]", "the group 'staff' is not open to 'alice', who is in 'default'"),
        ("tokens: [{name: t, user: alice, key: k-old}]", "tokens[0].key: the token 'old' has this key already"),
        ("groups: [{name: vip}]", "1:10: groups[0]: the token 'old' of 'alice' uses the group 'vip', which would not be open"),
        ("users: [{username: alice, group: staff}]", "1:9: users[0]: the token 'old' of 'alice' uses the group 'vip'"),
    ],
)  # fmt: skip
def test_against_the_database(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(tmp_path, text, LIVED_IN)
    assert said in found


def test_everything_is_said_at_once_and_once(tmp_path: Path) -> None:
    text = """\
groups:
  - {name: vip, usable_by: [defualt]}
users:
  - {username: alice, group: vpi, nick: al}
channels:
  - {name: c, vendor: opnai, groups: [vip, vpi], models: []}
tokens:
  - {name: t, user: alcie, group: vip, allow_ips: [x]}
  - {name: t, user: alice, group: vip, key: k, quota_usd: no}
"""
    assert [problem.partition(": ")[0] for problem in problems(tmp_path, text)] == [
        "2:29", "4:30", "4:35", "6:23", "6:44", "6:58", "8:21", "8:52", "9:12", "9:59",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [
        "tokens: [{name: t, user: u, key: 's3cret with blanks'}]",
        "channels: [{name: c, vendor: echo, keys: [{key: s3cret, nme: x}, {key: [s3cret]}]}]",
        "channels: [{name: c, vendor: echo, keys: [s3cret, s3cret]}]",
        "channels: [{name: c, vendor: echo, proxy: 's3cret@proxy'}]",
        "channels: [{name: c, vendor: echo, base_url: 'https://s3cret@host'}]",
        "channels: [{name: c, vendor: echo, keys: ['${VENDOR_KEY}', '${VENDOR_KEY}']}]",
    ],
)
def test_no_secret_is_repeated(tmp_path: Path, entry: str) -> None:
    found = problems(tmp_path, entry, environ={"VENDOR_KEY": "s3cret"})
    assert found
    assert "s3cret" not in "".join(found)


def test_nothing_of_a_file_shows_in_a_repr(tmp_path: Path) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(
        "channels: [{name: c, vendor: echo, keys: [s3cret], proxy: 'http://u:s3cret@p', header_override: {a: s3cret},"
        " options: {key: s3cret}}]\ntokens: [{name: t, user: u, key: s3cret}]"
    )
    declared = read_state(file, {})
    shown: list[Any] = [*declared.channels.values(), *declared.tokens.values()]
    assert "s3cret" not in repr(shown)
