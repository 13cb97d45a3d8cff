"""Places in a text: bytes here, characters elsewhere."""

from typing import Any

import pytest

from providers.canonical import Citation
from providers.formats.gemini.citations import Grounding, read_citations

TEXT = "Été: café à Oslo."
PAGE = {"web": {"uri": "https://a.com", "title": "A"}}


def grounded(segment: dict[str, Any], *sources: dict[str, Any]) -> list[Citation]:
    support = {"segment": segment, "groundingChunkIndices": [*range(len(sources)), 99]}
    found = {"groundingMetadata": {"groundingChunks": list(sources), "groundingSupports": [support]}}
    return list(read_citations(found, TEXT))


def test_bytes_become_characters() -> None:
    (found,) = grounded({"startIndex": 7, "endIndex": 12, "text": "café"}, PAGE)
    assert found == Citation(kind="url", start=5, end=9, url="https://a.com", title="A", cited_text="café")
    assert TEXT[5:9] == "café"


def test_a_place_that_counts_from_elsewhere_is_found_by_its_words() -> None:
    (found,) = grounded({"startIndex": 90, "endIndex": 95, "text": "café"}, PAGE)
    assert TEXT[found.start : found.end] == "café"
    assert grounded({"endIndex": 4, "text": "nowhere"}, PAGE) == []


@pytest.mark.parametrize(
    ("source", "about"),
    [
        ({"maps": {"uri": "https://m.com", "title": "M"}}, ("url", "https://m.com", "M")),
        ({"retrievedContext": {"title": "a.pdf", "text": "x"}}, ("file", None, "a.pdf")),
        ({"image": {"sourceUri": "https://i.com"}}, ("url", "https://i.com", None)),
    ],
)
def test_sources(source: dict[str, Any], about: tuple[Any, ...]) -> None:
    (found,) = grounded({"endIndex": 2, "text": TEXT[:1]}, source)
    assert (found.kind, found.url, found.title) == about


def test_what_is_recited() -> None:
    sources = [{"startIndex": 0, "endIndex": 5, "uri": "https://a.com"}, {"endIndex": 3}]
    (found,) = read_citations({"citationMetadata": {"citationSources": sources}}, TEXT)
    assert (found.url, found.start, found.end) == ("https://a.com", 0, 3)


@pytest.mark.parametrize(
    "odd", [{"groundingMetadata": {"groundingSupports": [{}, 1]}}, {"groundingMetadata": []}, {"citationMetadata": 1}]
)
def test_what_says_nothing(odd: dict[str, Any]) -> None:
    assert list(read_citations(odd, TEXT)) == []


def test_characters_become_bytes_and_each_page_is_named_once() -> None:
    grounding = Grounding()
    for start, end in ((5, 9), (None, None)):
        grounding.add(Citation(kind="url", url="https://a.com", title="A", start=start, end=end), TEXT, before=3, index=1)
    grounding.add(Citation(kind="document", document=1), TEXT)
    written = grounding.members()["groundingMetadata"]
    assert written["groundingChunks"] == [PAGE]
    assert [support["segment"] for support in written["groundingSupports"]] == [
        {"startIndex": 10, "endIndex": 15, "text": "café", "partIndex": 1},
        {"startIndex": 3, "endIndex": 3 + len(TEXT.encode()), "text": TEXT, "partIndex": 1},
    ]
    assert Grounding().members() == {}
