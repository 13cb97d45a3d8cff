"""Citations of web pages: `{type: url_citation, url_citation: {start_index, end_index, title, url}}`."""

from typing import Any

from providers.canonical import Citation


def read_annotation(value: dict[str, Any]) -> Citation | None:
    """None for other kinds. Some vendors leave out the places, or write the object flat."""
    if value.get("type") != "url_citation":
        return None
    found = value.get("url_citation")
    found = found if isinstance(found, dict) else value
    start, end = found.get("start_index"), found.get("end_index")
    return Citation(
        kind="url",
        start=start if isinstance(start, int) else None,
        end=end if isinstance(end, int) else None,
        url=str(found.get("url", "")),
        title=found["title"] if isinstance(found.get("title"), str) else None,
    )


def write_annotation(citation: Citation, begin: int, end: int) -> dict[str, Any] | None:
    """`begin` and `end` are the citing text's, as characters of the whole content; None for what is no page on the web."""
    if citation.url is None:
        return None
    first = begin if citation.start is None else begin + citation.start
    last = end if citation.end is None else begin + citation.end
    cited = {"start_index": first, "end_index": last, "title": citation.title or "", "url": citation.url}
    return {"type": "url_citation", "url_citation": cited}
