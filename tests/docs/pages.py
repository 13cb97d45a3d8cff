"""The pages of the documentation as tests see them: headings, code blocks, tables, links."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Page:
    """One Markdown file, by its path from the repository's root."""

    def __init__(self, path: str) -> None:
        self.path = ROOT / path
        self.text = self.path.read_text(encoding="utf-8")
        self.blocks: list[tuple[str, str]] = FENCED.findall(self.text)
        """Kind and code of each."""
        self.prose = FENCED.sub("", self.text)

    def code(self, kind: str) -> list[str]:
        return [code for each, code in self.blocks if each == kind]

    def headings(self) -> list[tuple[int, str]]:
        """Level and words."""
        return [(len(marks), words) for marks, words in re.findall(r"^(#+) (.+)$", self.prose, re.MULTILINE)]

    def anchors(self) -> set[str]:
        """As GitHub makes them: lower case, blanks to hyphens, no punctuation."""
        return {re.sub(r"[^\w -]", "", words.lower()).replace(" ", "-") for _, words in self.headings()}

    def section(self, heading: str) -> str:
        """What stands below a heading, as far as the next one of its level or above."""
        marks = next("#" * level for level, words in self.headings() if words == heading)
        below = self.text.partition(f"\n{marks} {heading}\n")[2]
        return re.split(rf"^#{{1,{len(marks)}}} ", below, maxsplit=1, flags=re.MULTILINE)[0]

    def table(self, heading: str) -> list[list[str]]:
        """The rows of a section's first table, without its head: cells without blanks at their ends."""
        lines = re.search(r"(?:^\|.*\n)+", self.section(heading), re.MULTILINE)
        assert lines is not None, f"{self.path}: no table below {heading!r}"
        return [re.split(r" *\| *", line)[1:-1] for line in lines.group().splitlines()[2:]]

    def links(self) -> list[str]:
        """Those into this repository."""
        return [link for link in re.findall(r"\]\(([^)\s]+)\)", self.prose) if not link.startswith(("http", "mailto:"))]


def names(cell: str) -> list[str]:
    """What a cell has in backquotes."""
    return re.findall(r"`([^`]+)`", cell)
