"""The Chinese README is the English one in another language."""

import re

from tests.docs.pages import FENCED, Page

ENGLISH, CHINESE = Page("README.md"), Page("README.zh-CN.md")
COMMENT = re.compile(r"(?:^|\s+)#.*$", re.MULTILINE)


def test_its_code_is_the_same_but_for_comments() -> None:
    kinds_and_code = [[(kind, COMMENT.sub("", code)) for kind, code in page.blocks] for page in (ENGLISH, CHINESE)]
    assert kinds_and_code[0] == kinds_and_code[1]


def outline(page: Page) -> list[str]:
    """Headings as their level, with what stands below them: code, tables, list items, pictures."""
    marks = re.compile(r"^(#+) |^(\||- |!\[)", re.MULTILINE)
    text = FENCED.sub(lambda block: f"- {block[1]}\n", page.text)
    return [heading or other for heading, other in marks.findall(text)]


def test_the_same_things_stand_below_the_same_headings() -> None:
    assert outline(CHINESE) == outline(ENGLISH)
    assert len(CHINESE.headings()) > 5


def test_it_leads_to_the_same_places() -> None:
    elsewhere = {"README.md", "README.zh-CN.md"}
    assert [link for link in CHINESE.links() if link not in elsewhere] == [
        link for link in ENGLISH.links() if link not in elsewhere
    ]


def test_each_leads_to_the_other() -> None:
    assert ("README.zh-CN.md" in ENGLISH.links(), "README.md" in CHINESE.links()) == (True, True)


def test_it_names_the_same_files_and_words_of_code() -> None:
    named = [sorted(set(re.findall(r"`([^`]+)`", page.prose))) for page in (ENGLISH, CHINESE)]
    assert named[0] == named[1]
