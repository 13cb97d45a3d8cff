"""How rounds become a table."""

from bench.report import Results, middle, spread


def _results() -> Results:
    results = Results(["floor", "aihub"])
    for floor, ours in ((100, 50), (1000, 700), (200, 120)):
        results.begin_round()
        results.add("floor", {"per second": floor})
        results.add("aihub", {"per second": ours})
    return results


def test_a_ratio_is_made_within_its_round() -> None:
    assert _results().ratio_table(["aihub"], "floor") == ["| | aihub |", "|---|---|", "| per second | 0.60 (0.50 to 0.70) |"]


def test_a_figure_is_the_median_of_the_rounds() -> None:
    assert _results().value_table()[-1] == "| per second | 200 | 120 |"


def test_a_round_that_lacks_one_of_both_has_no_ratio() -> None:
    results = _results()
    results.begin_round()
    results.add("floor", {"per second": 9, "p50": -0.1})
    results.add("aihub", {"p50": 0.5})
    assert results.ratio_table(["aihub"], "floor")[2:] == ["| per second | 0.60 (0.50 to 0.70) |", "| p50 | - |"]


def test_what_was_not_measured_is_a_hyphen() -> None:
    assert (spread([]), middle([])) == ("-", "-")
