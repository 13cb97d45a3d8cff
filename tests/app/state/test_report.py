"""A report names what changed and never shows a value."""

import pytest

from app.state.changes import Change
from app.state.report import report

CHANGES = [
    Change("created", "group", "vip"),
    Change("updated", "token", "ci", ("models", "key")),
    Change("unchanged", "user", "alice", note="booked before"),
    Change("credited", "user", "bob", ("5 USD",)),
    Change("unchanged", "price", "gpt-5"),
    Change("created", "token", "laptop", key="sk-new"),
]


@pytest.mark.parametrize(
    ("dry_run", "lines"),
    [
        (
            False,
            [
                "created group vip",
                "updated token ci: models, key",
                "note: user alice: booked before",
                "credited user bob: 5 USD",
                "created token laptop",
                "unchanged: 2",
                "key of token laptop, shown only this once: sk-new",
            ],
        ),
        (
            True,
            [
                "would create group vip",
                "would update token ci: models, key",
                "note: user alice: booked before",
                "would credit user bob: 5 USD",
                "would create token laptop",
                "unchanged: 2",
                "would generate a key for token laptop",
            ],
        ),
    ],
)
def test_lines(dry_run: bool, lines: list[str]) -> None:
    assert list(report(CHANGES, dry_run=dry_run)) == lines


def test_no_key_is_in_a_repr() -> None:
    assert "sk-new" not in repr(CHANGES)
