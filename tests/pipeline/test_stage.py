"""The contract's page and the engine's table say the same."""

import inspect

import pytest

from pipeline.compile import hook_problems
from pipeline.stage import HOOKS, Hooks

DOCUMENTED = {name: method for name, method in inspect.getmembers(Hooks, inspect.isfunction) if not name.startswith("_")}


def test_every_hook_is_documented_and_none_else() -> None:
    assert set(DOCUMENTED) == set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_s_page_names_its_arguments_and_says_when_it_runs(name: str) -> None:
    method = DOCUMENTED[name]
    assert tuple(inspect.signature(method).parameters) == ("self", *HOOKS[name].arguments)
    assert method.__doc__
    assert inspect.iscoroutinefunction(method) is not HOOKS[name].plain_allowed


def test_the_page_s_own_class_is_a_stage() -> None:
    assert hook_problems(Hooks) == []
