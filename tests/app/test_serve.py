"""The process that watches over the workers, on a signal."""

from typing import Any

import pytest

from app.serve import Server
from app.signals import DRAIN


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the workers were told."""
    told: list[Any] = []
    monkeypatch.setattr(Server, "_tell", lambda _, number: told.append(number))
    return told


@pytest.mark.timeout(10)
def test_a_signal_may_interrupt_the_code_that_holds_the_lock_which_its_handler_needs(told: list[Any]) -> None:
    server = Server("app.main:build_app")
    with server.main_loop_interrupt._cond:
        server.signal_handler_interrupt()
    assert server.main_loop_interrupt.wait(5)
    assert told == [DRAIN]


def test_workers_hear_once_that_the_end_is_near(told: list[Any]) -> None:
    server = Server("app.main:build_app")
    for _ in range(3):
        server.signal_handler_interrupt()
    assert server.main_loop_interrupt.wait(5)
    assert told == [DRAIN]
