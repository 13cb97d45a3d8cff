"""What holds for every page: its links lead somewhere, its code has a kind, and the index lists it."""

import re
from itertools import pairwise

import pytest

from tests.docs.pages import ROOT, Page

FOLDERS = ("", "docs", "docs/decisions", "bench", "examples/stage-package")
PAGES = sorted(str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))


@pytest.mark.parametrize("path", PAGES)
def test_its_links_lead_somewhere(path: str) -> None:
    page = Page(path)
    for link in page.links():
        file, _, anchor = link.partition("#")
        target = (page.path.parent / file) if file else page.path
        assert target.exists(), link
        assert not anchor or anchor in Page(str(target.resolve().relative_to(ROOT))).anchors(), link


@pytest.mark.parametrize("path", PAGES)
def test_it_begins_with_its_one_title(path: str) -> None:
    page = Page(path)
    assert page.text.startswith("# ")
    assert [level for level, _ in page.headings()].count(1) == 1


@pytest.mark.parametrize("path", PAGES)
def test_its_headings_go_down_one_level_at_a_time(path: str) -> None:
    levels = [level for level, _ in Page(path).headings()]
    assert [(above, below) for above, below in pairwise(levels) if below > above + 1] == []


def test_the_index_lists_every_page() -> None:
    listed = {str((ROOT / "docs" / link).resolve().relative_to(ROOT)) for link in Page("docs/README.md").links()}
    assert set(PAGES) - listed == {"docs/README.md"}


def test_the_index_calls_each_decision_by_its_title() -> None:
    records = [Page(path) for path in PAGES if path.startswith("docs/decisions/")]
    titles = [re.sub(r"^0*(\d+)[.:] ", r"\1. ", record.headings()[0][1]) for record in records]
    entries = re.findall(r"^- \[(.*?)\]", Page("docs/README.md").section("Decisions"), re.MULTILINE)
    assert [entry.lower() for entry in entries] == [title.lower() for title in titles]
