"""The list of the built-in stages."""

from importlib import import_module

import pytest

from pipeline.compile import hook_problems, order_problems
from pipeline.stages import BUILTIN, DEFAULT


def stage_class(name: str) -> type:
    module, _, attribute = BUILTIN[name].partition(":")
    found: type = getattr(import_module(module), attribute)
    return found


@pytest.mark.parametrize("name", BUILTIN)
def test_a_stage_lives_in_the_file_of_its_name_and_keeps_the_contract(name: str) -> None:
    assert BUILTIN[name].startswith(f"pipeline.stages.{name}:")
    assert hook_problems(stage_class(name)) == []


def test_the_default_list_is_in_an_order_that_its_stages_accept() -> None:
    assert order_problems([(name, stage_class(name)) for name in DEFAULT]) == []
