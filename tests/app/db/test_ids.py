"""Ids that are in the order of time."""

from app.db.ids import first_at, time_ordered

AT = 1_800_000_000.123


def test_they_are_version_7_and_unlike_each_other() -> None:
    ids = {time_ordered(AT) for _ in range(1000)}
    assert len(ids) == 1000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}


def test_their_order_is_that_of_time_down_to_a_microsecond() -> None:
    moments = [AT + step / 1_000_000 for step in range(0, 100_000, 7)]
    ids = [time_ordered(moment) for moment in moments]
    assert ids == sorted(ids)
    assert [str(each) for each in ids] == sorted(str(each) for each in ids)


def test_the_first_of_a_moment_parts_before_and_after() -> None:
    assert time_ordered(AT - 0.000001) < first_at(AT) <= time_ordered(AT)


def test_the_milliseconds_are_where_the_rfc_has_them() -> None:
    assert first_at(AT).int >> 80 == 1_800_000_000_123
