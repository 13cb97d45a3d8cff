"""From classes to hook tuples: what is wrong with a class is said in words."""

from typing import Any

import pytest

from pipeline.compile import Pipeline, build, hook_problems, order_problems
from pipeline.ports import Ports
from pipeline.stage import HOOKS
from pipeline.testing import memory_ports
from tests.pipeline.recorder import EveryHook, stage


async def hook(self: Any, flow: Any) -> None: ...


async def no_argument(self: Any) -> None: ...


async def two_arguments(self: Any, flow: Any, attempt: Any) -> None: ...


async def spare_arguments(self: Any, flow: Any, *more: Any, option: int = 0) -> None: ...


def plain(self: Any, flow: Any) -> None: ...


def plain_chunk(self: Any, flow: Any, event: Any) -> None: ...


async def async_chunk(self: Any, flow: Any, event: Any) -> None: ...


async def generating(self: Any, flow: Any) -> Any:
    yield 1


# The members of a class, and what is wrong with it.
PROBLEMS: list[tuple[dict[str, Any], list[str]]] = [
    ({"request": hook}, []),
    ({"request": spare_arguments}, []),
    ({"chunk": plain_chunk}, []),
    ({"chunk": async_chunk}, []),
    ({"request": hook, "_reqest": plain, "helper": plain, "models": ("a",)}, []),
    ({"start": no_argument, "stop": no_argument}, []),
    ({"reqest": hook}, ["`reqest` is no hook and would never be called, did you mean `request`?"]),
    ({"request": hook, "responce": hook}, ["`responce` is no hook and would never be called, did you mean `response`?"]),
    ({"attempt_dome": hook}, ["`attempt_dome` is no hook and would never be called, did you mean `attempt_done`?"]),
    ({"request": plain}, ["`request` must be `async def request(self, flow)`"]),
    ({"request": generating}, ["`request` must be `async def request(self, flow)`"]),
    ({"request": two_arguments}, ["`request` must take (self, flow)"]),
    ({"request": no_argument}, ["`request` must take (self, flow)"]),
    ({"target": hook}, ["`target` must take (self, flow, attempt)"]),
    ({"chunk": plain}, ["`chunk` must take (self, flow, event)"]),
    ({"stop": hook}, ["`stop` must take (self)"]),
    ({}, [f"Made has none of the hooks ({', '.join(HOOKS)}), so it would do nothing"]),
    ({"helper": plain}, [f"Made has none of the hooks ({', '.join(HOOKS)}), so it would do nothing"]),
]


@pytest.mark.parametrize(("members", "problems"), PROBLEMS)
def test_what_is_wrong_with_a_class(members: dict[str, Any], problems: list[str]) -> None:
    assert hook_problems(type("Made", (), members)) == problems


def test_hooks_may_be_inherited() -> None:
    assert hook_problems(type("Mine", (EveryHook,), {})) == []


def ordered(**wishes: tuple[str, ...]) -> type:
    return type("Made", (), wishes)


# The list, top to bottom, and what is wrong with its order.
ORDERS: list[tuple[list[tuple[str, type]], list[tuple[int, str]]]] = [
    ([("auth", ordered()), ("mine", ordered(after=("auth",)))], []),
    ([("mine", ordered(before=("auth",))), ("auth", ordered())], []),
    ([("mine", ordered(after=("auth",), before=("billing",)))], []),
    ([("mine", ordered(after=("auth",))), ("auth", ordered())], [(0, "`mine` must stand below `auth`: move it down the list")]),
    ([("auth", ordered()), ("mine", ordered(before=("auth",)))], [(1, "`mine` must stand above `auth`: move it up the list")]),
    (
        [("mine", ordered(after=("auth", "ip"))), ("auth", ordered()), ("ip", ordered())],
        [
            (0, "`mine` must stand below `auth`: move it down the list"),
            (0, "`mine` must stand below `ip`: move it down the list"),
        ],
    ),
]


@pytest.mark.parametrize(("stages", "problems"), ORDERS)
def test_stages_on_the_wrong_side_of_another(stages: list[tuple[str, type]], problems: list[tuple[int, str]]) -> None:
    assert order_problems(stages) == problems


class Nothing(EveryHook):
    pass


class Configured(EveryHook):
    def __init__(self, config: str) -> None:
        self.got = (config,)


class Both(EveryHook):
    def __init__(self, ports: Ports, config: str) -> None:
        self.got = (config, ports)


def test_a_stage_is_given_what_it_asks_for_by_name() -> None:
    ports = memory_ports()
    assert isinstance(build(Nothing, "c", ports), Nothing)
    assert build(Configured, "c", ports).got == ("c",)
    assert build(Both, "c", ports).got == ("c", ports)


def test_the_table_has_every_hook_in_calling_order_and_nobody_who_has_it_not() -> None:
    pipeline = Pipeline([("a", EveryHook()), ("b", stage(request=hook, done=hook)), ("c", EveryHook())])
    order = {name: [stage_name for stage_name, _ in bound] for name, bound in pipeline.table.items()}
    assert list(order) == list(HOOKS)
    assert (order["request"], order["done"]) == (["a", "b", "c"], ["c", "b", "a"])
    assert (order["admit"], order["chunk"], order["start"]) == (["a", "c"], ["c", "a"], [])
    assert pipeline.names == ("a", "b", "c")


@pytest.mark.parametrize("name", [name for name in HOOKS if name not in ("start", "stop")])
def test_each_hook_has_its_own_tuple(name: str) -> None:
    pipeline = Pipeline([("a", EveryHook())])
    assert getattr(pipeline, name) == pipeline.table[name]


async def test_stages_stop_in_the_reverse_order_of_their_start() -> None:
    calls: list[str] = []

    def counting(name: str) -> Any:
        async def start() -> None:
            calls.append(f"start {name}")

        async def stop() -> None:
            calls.append(f"stop {name}")

        return stage(start=start, stop=stop)

    pipeline = Pipeline([("a", counting("a")), ("b", counting("b"))])
    await pipeline.start()
    await pipeline.stop()
    assert calls == ["start a", "start b", "stop b", "stop a"]
