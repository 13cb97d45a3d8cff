"""Citations on text blocks: the block is the citing text."""

from typing import Any

from providers.canonical import Citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.fields import Fields

# type: (kind, unit, the names of the first and the last place)
_DOCUMENTS = {
    "char_location": ("document", "char", "start_char_index", "end_char_index"),
    "page_location": ("document", "page", "start_page_number", "end_page_number"),
    "content_block_location": ("document", "block", "start_block_index", "end_block_index"),
    "search_result_location": ("search_result", "block", "start_block_index", "end_block_index"),
}
_UNITS = {(kind, unit): (name, first, last) for name, (kind, unit, first, last) in _DOCUMENTS.items()}


def read_citation(fields: Fields) -> Citation:
    kind = fields.text("type") or ""
    cited = fields.text("cited_text")
    if (form := _DOCUMENTS.get(kind)) is None:
        return Citation(
            kind="url", url=fields.text("url"), title=fields.text("title"), cited_text=cited, extras=fields.rest(NAME)
        )
    what, unit, first, last = form
    document = what == "document"
    return Citation(
        kind="document" if document else "search_result",
        title=fields.text("document_title" if document else "title"),
        url=None if document else fields.text("source"),
        document=fields.integer("document_index" if document else "search_result_index"),
        file_id=fields.text("file_id"),
        cited_text=cited,
        unit="char" if unit == "char" else "page" if unit == "page" else "block",
        first=fields.integer(first),
        last=fields.integer(last),
        extras=fields.rest(NAME),
    )


def write_citation(citation: Citation, text: str = "") -> dict[str, Any]:
    """`text` is the block's, for a citation that only says where in it the cited words are."""
    cited = citation.cited_text
    if cited is None:
        cited = text[citation.start or 0 : citation.end]
    extras = dict(citation.extras.of(NAME)) if citation.extras is not None else {}
    form = _UNITS.get((citation.kind, citation.unit or ""))
    if form is None:
        found = {
            "type": "web_search_result_location",
            "cited_text": cited,
            "url": citation.url or "",
            "title": citation.title,
            "encrypted_index": "",
        }
        return found | extras
    name, first, last = form
    about: dict[str, Any] = {"type": name, "cited_text": cited, first: citation.first or 0, last: citation.last or 0}
    if citation.kind == "document":
        about |= {"document_index": citation.document or 0, "document_title": citation.title, "file_id": citation.file_id}
    else:
        about |= {"search_result_index": citation.document or 0, "title": citation.title, "source": citation.url or ""}
    return about | extras
