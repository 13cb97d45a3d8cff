"""What a worker may admit by itself."""

import pytest

from app.stores.lost import share


@pytest.mark.parametrize(
    ("limit", "workers", "amount", "admits"),
    [
        (100, 4, 1, 25),
        (100, 1, 1, 100),
        (10, 3, 1, 3),
        (3, 8, 1, 1),
        (1, 8, 1, 1),
        (1000, 4, 600, 600),
        (1000, 4, 5000, 1000),
    ],
)
def test_a_share_is_never_a_closed_door_and_never_more_than_the_limit(limit: int, workers: int, amount: int, admits: int) -> None:
    assert share(limit, workers, amount) == admits
