"""The choice of targets: pure, so chance is seeded and counted."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalog import Catalog, Channel, ChannelKey, Group, Target
from pipeline.patterns import Patterns
from pipeline.retry import Blame, Failure
from pipeline.routing import Rotation, Selection, caller_groups, candidates, no_candidates
from pipeline.testing import a_caller, a_channel

KEY_FAULT = Failure("key")
CHANNEL_FAULT = Failure("channel", blame=Blame.CHANNEL)
ALL = Patterns([])


def found(*channels: Channel, model: str = "m", **wish: Any) -> tuple[Target, ...]:
    groups = wish.pop("groups", ("default",))
    return candidates(Catalog(channels), groups, model, **{"one_group": True, "pin": None, **wish})


def names(targets: Any) -> list[str]:
    return [f"{target.channel.name}/{target.key.name}" for target in targets]


def select(*channels: Channel, seed: int = 0, rotation: Rotation | None = None, **wish: Any) -> Selection:
    return Selection(found(*channels, **wish), rotation or Rotation(), random.Random(seed))


def chosen(*channels: Channel, times: int) -> Counter[str]:
    """How often each `channel/key` is the first choice."""
    rotation, chance, targets = Rotation(), random.Random(7), found(*channels)
    picks = (Selection(targets, rotation, chance).next() for _ in range(times))
    return Counter(names(filter(None, picks)))


OFF = ChannelKey("k", "off", "s", enabled=False)

# Channels, and the targets found among them for the model `m` in the group `default`.
FOUND: dict[str, tuple[list[Channel], list[str]]] = {
    "each key": ([a_channel("a", keys=("1", "2"))], ["a/1", "a/2"]),
    "no disabled key": ([a_channel("a", keys=("1", OFF))], ["a/1"]),
    "no channel whose keys are all disabled": ([a_channel("a", keys=(OFF,))], []),
    "no channel without keys": ([a_channel("a", keys=())], []),
    "no disabled channel": ([a_channel("a", enabled=False), a_channel("b")], ["b/key"]),
    "no channel of another group": ([a_channel("a", groups=("vip",)), a_channel("b")], ["b/key"]),
    "no channel without the model": ([a_channel("a", models=("n",)), a_channel("b", models=("m",))], ["b/key"]),
    "by priority, highest first": (
        [a_channel("a"), a_channel("b", priority=5), a_channel("c", priority=-1)],
        ["b/key", "a/key", "c/key"],
    ),
}


@pytest.mark.parametrize("case", FOUND)
def test_what_can_serve(case: str) -> None:
    channels, expected = FOUND[case]
    assert names(found(*channels)) == expected


def test_groups_come_in_order_before_priority_and_a_channel_counts_once() -> None:
    channels = (a_channel("a", groups=("one", "two")), a_channel("b", groups=("two",), priority=9))
    assert names(found(*channels, groups=("one", "two"), one_group=False)) == ["a/key", "b/key"]
    assert names(found(*channels, groups=("two", "one"), one_group=False)) == ["b/key", "a/key"]


def test_one_group_is_the_first_that_has_any() -> None:
    channels = (
        a_channel("a", groups=("one",), models=("other",)),
        a_channel("b", groups=("two",)),
        a_channel("c", groups=("three",)),
    )
    assert names(found(*channels, groups=("none", "one", "two", "three"))) == ["b/key"]


def test_a_pin_is_the_only_channel_that_will_do() -> None:
    assert names(found(a_channel("a"), a_channel("b"), pin="b")) == ["b/key"]
    assert found(a_channel("a"), pin="gone") == ()


OPEN = ("*",)


def test_the_groups_of_a_caller() -> None:
    groups = (Group("one", ALL, auto=True, usable_by=OPEN), Group("two", ALL), Group("three", ALL, auto=True, usable_by=OPEN))
    catalog = Catalog((a_channel("a", groups=("x", "y")), a_channel("b", groups=("y", "z"))), groups)
    assert caller_groups(a_caller(group="two"), catalog) == ("two",)
    assert caller_groups(a_caller(group="auto"), catalog) == ("one", "three")
    assert caller_groups(None, catalog) == ("x", "y", "z")


@pytest.mark.parametrize(
    ("usable_by", "user_group", "usable"),
    [((), "default", False), ((), "vip", True), (("*",), "default", True), (("a", "b"), "b", True), (("a", "b"), "c", False)],
)
def test_an_auto_group_must_be_open_to_the_owner_s_group(usable_by: tuple[str, ...], user_group: str, usable: bool) -> None:
    catalog = Catalog((), (Group("vip", ALL, auto=True, usable_by=usable_by),))
    assert caller_groups(a_caller(group="auto", user_group=user_group), catalog) == (("vip",) if usable else ())


def test_a_known_model_without_a_target_is_unavailable_an_unknown_one_not_found() -> None:
    catalog = Catalog((a_channel("a", models=("m",), enabled=False), a_channel("b", models=("n",), groups=("vip",))))
    known, hidden = no_candidates(catalog, ("default",), "m"), no_candidates(catalog, ("default",), "n")
    assert (known.status, known.code, bool(known.retry_after)) == (503, "no_available_channel", True)
    assert (hidden.status, hidden.code) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("weights", "shares"),
    [((1, 1), (0.5, 0.5)), ((9, 1), (0.9, 0.1)), ((1, 0), (1, 0)), ((0, 0), (0.5, 0.5)), ((2, 1, 1), (0.5, 0.25, 0.25))],
)
def test_channels_of_one_tier_share_by_weight(weights: tuple[int, ...], shares: tuple[float, ...]) -> None:
    channels = [a_channel(f"c{index}", weight=weight) for index, weight in enumerate(weights)]
    counts = chosen(*channels, times=4000)
    assert [round(counts[f"c{index}/key"] / 4000, 1) for index in range(len(weights))] == [
        pytest.approx(share, abs=0.06) for share in shares
    ]


def test_a_channel_with_many_keys_is_chosen_no_more_often() -> None:
    counts = chosen(a_channel("a", keys=map(str, range(9))), a_channel("b"), times=4000)
    assert counts["b/key"] / 4000 == pytest.approx(0.5, abs=0.04)


def test_a_lower_tier_is_never_chosen_first() -> None:
    assert set(chosen(a_channel("a", priority=1), a_channel("b", weight=100), times=300)) == {"a/key"}


def test_a_channel_of_weight_zero_is_left_for_when_the_others_failed() -> None:
    selection = select(a_channel("a"), a_channel("b", weight=0))
    first = selection.next()
    assert first is not None
    selection.failed(first, KEY_FAULT, may_pass=False)
    second = selection.next()
    assert names([first, second]) == ["a/key", "b/key"]


def test_polling_takes_the_keys_in_turn_over_all_flows() -> None:
    rotation = Rotation()
    channel = a_channel("a", keys=("1", "2", "3"), key_mode="polling")
    picks = [select(channel, seed=seed, rotation=rotation).next() for seed in range(7)]
    assert names(picks) == ["a/1", "a/2", "a/3", "a/1", "a/2", "a/3", "a/1"]


def test_random_keys_share_evenly_and_a_key_s_priority_goes_first() -> None:
    counts = chosen(a_channel("a", keys=("1", "2")), times=2000)
    assert counts["a/1"] / 2000 == pytest.approx(0.5, abs=0.06)
    keys = (ChannelKey("1", "1", "s"), ChannelKey("2", "2", "s", priority=3))
    for mode in ("random", "polling"):
        assert set(chosen(a_channel("a", keys=keys, key_mode=mode), times=50)) == {"a/2"}


def test_a_key_s_fault_leaves_the_channel_s_other_keys() -> None:
    selection = select(a_channel("a", keys=("1", "2")))
    first = selection.next()
    assert first is not None
    selection.failed(first, KEY_FAULT, may_pass=True)
    second = selection.next()
    assert {first.key.name, second.key.name if second else ""} == {"1", "2"}


def test_a_channel_s_fault_excludes_all_its_keys() -> None:
    selection = select(a_channel("a", keys=("1", "2"), priority=1), a_channel("b"))
    first = selection.next()
    assert first is not None
    selection.failed(first, CHANNEL_FAULT, may_pass=True)
    assert names([selection.next()]) == ["b/key"]


def test_only_what_may_pass_is_offered_again() -> None:
    selection = select(a_channel("a", priority=1), a_channel("b"))
    for may_pass in (False, True):
        target = selection.next()
        assert target is not None
        selection.failed(target, KEY_FAULT, may_pass=may_pass)
    assert selection.next() is None
    assert names([selection.again()]) == ["b/key"]


@pytest.mark.parametrize("fault", [KEY_FAULT, CHANNEL_FAULT])
def test_what_failed_for_good_the_second_time_is_offered_no_more(fault: Failure) -> None:
    selection = select(a_channel("a"))
    target = selection.next()
    assert target is not None
    selection.failed(target, fault, may_pass=True)
    assert selection.again() is target
    selection.failed(target, fault, may_pass=False)
    assert selection.again() is None


def test_what_failed_and_is_skipped_then_is_offered_no_more() -> None:
    selection = select(a_channel("a"))
    target = selection.next()
    assert target is not None
    selection.failed(target, KEY_FAULT, may_pass=True)
    selection.skip(target)
    assert selection.again() is None


def test_the_last_tier_is_not_left_though_two_failed_there() -> None:
    selection = select(a_channel("a", keys=("1", "2", "3")))
    seen = []
    while (target := selection.next()) is not None:
        seen.append(target)
        selection.failed(target, KEY_FAULT, may_pass=False)
    assert sorted(names(seen)) == ["a/1", "a/2", "a/3"]


some_channels = st.lists(
    st.builds(
        lambda priority, weight, keys, mode: (priority, weight, keys, mode),
        st.integers(-2, 2), st.integers(0, 5), st.integers(0, 4), st.sampled_from(["random", "polling"]),
    ),
    max_size=6,
)  # fmt: skip


@given(some_channels, st.lists(st.sampled_from(["skip", "key", "channel"]), max_size=30), st.randoms(use_true_random=False))
def test_no_target_is_chosen_twice_and_none_of_a_worse_tier_before_its_time(
    shapes: list[tuple[int, int, int, str]], events: list[str], chance: random.Random
) -> None:
    channels = [
        a_channel(f"c{index}", priority=priority, weight=weight, keys=map(str, range(keys)), key_mode=mode)
        for index, (priority, weight, keys, mode) in enumerate(shapes)
    ]
    targets = found(*channels)
    selection = Selection(targets, Rotation(), chance)
    seen: list[Target] = []
    tiers: list[tuple[int, ...]] = []
    for event in events + ["key"] * len(targets):
        target = selection.next()
        if target is None:
            break
        seen.append(target)
        tiers.append(target.tier)
        if event == "skip":
            selection.skip(target)
        else:
            selection.failed(target, KEY_FAULT if event == "key" else CHANNEL_FAULT, may_pass=True)
    assert len({id(target) for target in seen}) == len(seen)
    assert tiers == sorted(tiers)
    assert selection.next() is None
