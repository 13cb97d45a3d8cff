"""Where an answer's words come from: `groundingMetadata` (pages that were found) and `citationMetadata` (what was recited).
Places are bytes of the text in UTF-8 here, and characters elsewhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from providers.canonical import Citation
from providers.formats.counts import part, parts


def read_citations(candidate: Mapping[str, Any], text: str) -> Iterable[Citation]:
    """Those that lie in this text of the candidate's."""
    grounding = part(candidate, "groundingMetadata")
    if grounding:
        yield from _grounded(grounding, text.encode())
    recited = part(candidate, "citationMetadata")
    for source in parts(recited, "citationSources") + parts(recited, "citations"):
        if isinstance(uri := source.get("uri"), str) and uri:
            start, end = _place(source, text.encode())
            title = source.get("title")
            yield Citation(kind="url", url=uri, title=title if isinstance(title, str) else None, start=start, end=end)


def _grounded(grounding: Mapping[str, Any], text: bytes) -> Iterable[Citation]:
    sources = grounding.get("groundingChunks")
    sources = sources if isinstance(sources, list) else []
    for support in parts(grounding, "groundingSupports"):
        segment = part(support, "segment")
        if (place := _found(segment, text)) is None:
            continue
        for index in support.get("groundingChunkIndices") or ():
            source = sources[index] if isinstance(index, int) and 0 <= index < len(sources) else None
            if isinstance(source, dict) and (about := _about(source)) is not None:
                yield Citation(start=place[0], end=place[1], cited_text=segment.get("text"), **about)


def _about(source: dict[str, Any]) -> dict[str, Any] | None:
    """`{web: {uri, title}}`, `{maps: …}`, `{image: {sourceUri}}`; `retrievedContext` is a file that was searched."""
    for name, inner in source.items():
        if isinstance(inner, dict):
            uri, title = inner.get("uri") or inner.get("sourceUri"), inner.get("title")
            known = title if isinstance(title, str) else None
            if isinstance(uri, str) and uri:
                return {"kind": "url", "url": uri, "title": known}
            return {"kind": "file", "title": known} if name == "retrievedContext" else None
    return None


def _found(segment: Mapping[str, Any], text: bytes) -> tuple[int, int] | None:
    """The segment says its own words; where they are not at its place, it counts from another part's beginning."""
    said = segment.get("text")
    start, end = _numbers(segment)
    if not isinstance(said, str) or text[start:end] == said.encode():
        return _place(segment, text)
    begin = text.find(said.encode())
    return None if begin < 0 else (_characters(text, begin), _characters(text, begin + len(said.encode())))


def _place(segment: Mapping[str, Any], text: bytes) -> tuple[int, int]:
    start, end = _numbers(segment)
    return _characters(text, start), _characters(text, end)


def _numbers(segment: Mapping[str, Any]) -> tuple[int, int]:
    start, end = segment.get("startIndex"), segment.get("endIndex")
    return start if isinstance(start, int) and start > 0 else 0, end if isinstance(end, int) and end > 0 else 0


def _characters(text: bytes, count: int) -> int:
    return len(text[:count].decode(errors="ignore"))


class Grounding:
    """The pages that a candidate cites, as they come."""

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], int] = {}
        self._supports: list[dict[str, Any]] = []

    def add(self, citation: Citation, text: str, *, before: int = 0, index: int = 0) -> None:
        """`text` is the citing part's; `before` the bytes of the text before it, in the part `index`."""
        if citation.url is None:
            return
        start = len(text[: citation.start or 0].encode())
        end = len((text if citation.end is None else text[: citation.end]).encode())
        source = self._sources.setdefault((citation.url, citation.title or ""), len(self._sources))
        segment: dict[str, Any] = {
            "startIndex": before + start,
            "endIndex": before + end,
            "text": text.encode()[start:end].decode(),
        }
        segment |= {"partIndex": index} if index else {}
        self._supports.append({"segment": segment, "groundingChunkIndices": [source]})

    def members(self) -> dict[str, Any]:
        if not self._supports:
            return {}
        sources = [{"web": {"uri": url, "title": title}} for url, title in self._sources]
        return {"groundingMetadata": {"groundingChunks": sources, "groundingSupports": self._supports}}
