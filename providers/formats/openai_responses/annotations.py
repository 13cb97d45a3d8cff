"""Citations on a text part: `annotations[]`, flat."""

from typing import Any

import msgspec

from providers.canonical import Citation
from providers.formats.fields import Fields
from providers.formats.openai_responses.name import NAME


def read_annotation(fields: Fields) -> Citation:
    """A web page's, or a file's; of the latter there are several kinds, and what tells them apart is in the extras."""
    start, end, url = fields.integer("start_index"), fields.integer("end_index"), fields.text("url")
    if url is not None:
        fields.raw("type")
        return Citation(kind="url", start=start, end=end, url=url, title=fields.text("title"), extras=fields.rest(NAME))
    file_id, title = fields.text("file_id"), fields.text("filename")
    return Citation(kind="file", start=start, end=end, file_id=file_id, title=title, extras=fields.rest(NAME))


def write_annotation(citation: Citation, length: int) -> dict[str, Any] | None:
    """`length` is the citing text's, in characters; None for what is neither a page nor a file of this format's."""
    own = dict(citation.extras.of(NAME)) if citation.extras is not None else {}
    place: dict[str, Any] = {}
    if citation.url is not None or citation.start is not None:
        place = {
            "start_index": 0 if citation.start is None else citation.start,
            "end_index": length if citation.end is None else citation.end,
        }
    if citation.url is not None:
        return {"type": "url_citation", **place, "url": citation.url, "title": citation.title or "", **own}
    if citation.kind == "file" and own:
        return {**own, **place, "file_id": citation.file_id, **({"filename": citation.title} if citation.title else {})}
    return None


def read_annotations(raw: msgspec.Raw | None, place: str) -> tuple[Citation, ...]:
    found = msgspec.json.decode(raw, type=list[dict[str, msgspec.Raw]]) if raw is not None else []
    return tuple(read_annotation(Fields(each, place)) for each in found)
