"""Which groups are open to whom."""

import pytest

from app.db.groups import is_open


@pytest.mark.parametrize(
    ("group", "usable_by", "owner_group", "expected"),
    [
        ("default", [], "default", True),
        ("vip", [], "vip", True),
        ("vip", [], "default", False),
        ("vip", ["default"], "default", True),
        ("vip", ["staff"], "default", False),
        ("vip", ["*"], "default", True),
    ],
)
def test_is_open(group: str, usable_by: list[str], owner_group: str, expected: bool) -> None:
    assert is_open(group, usable_by, owner_group) is expected
