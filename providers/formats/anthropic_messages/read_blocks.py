"""Content blocks, of requests and of replies."""

from collections.abc import Iterable
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import (
    CacheMark,
    Contents,
    Document,
    Image,
    Link,
    Native,
    Opaque,
    Part,
    PlainText,
    SearchResult,
    ServerToolCall,
    ServerToolResult,
    Source,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
)
from providers.formats.anthropic_messages.citations import read_citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.signature import signed
from providers.formats.fields import Fields, json_text, kind, objects
from providers.formats.media import inline

SERVER_TOOLS = {
    "bash_code_execution": "code_execution",
    "text_editor_code_execution": "code_execution",
    "tool_search_tool_regex": "tool_search",
    "tool_search_tool_bm25": "tool_search",
}
"""The canonical name of a server tool's, where it is another."""


def read_blocks(fields: Fields, name: str) -> tuple[Part, ...]:
    """A string is one text block; an empty one is none."""
    raw = fields.raw(name)
    if raw is None:
        return ()
    if kind(raw) == b"[":
        return tuple(read_block(block) for block in objects(raw, fields.at(name)))
    text = Fields({name: raw}, fields.place).text(name)
    return (Text(text),) if text else ()


def read_block(block: Fields) -> Part:
    """One that is not known by its type is `Native`."""
    whole = block.all()
    cache = read_cache(block)
    match block.text("type"):
        case "text":
            citations = tuple(read_citation(each) for each in block.objects("citations"))
            part: Part = Text(block.text("text") or "", citations)
        case "image":
            part = Image(_source(block))
        case "document":
            part = _document(block)
        case "search_result":
            part = _search_result(block)
        case "thinking":
            part = signed(block.text("thinking") or "", block.text("signature") or "")
        case "redacted_thinking":
            part = Thinking(encrypted=Opaque(NAME, block.required_text("data")))
        case "tool_use":
            part = ToolCall(block.required_text("id"), block.required_text("name"), _input(block))
        case "tool_result":
            part = _tool_result(block)
        case "server_tool_use" | "mcp_tool_use" as name:
            return _server_call(block, Native(NAME, name, whole), mcp=name == "mcp_tool_use")
        case str() as name if name.endswith("_tool_result"):
            return _server_result(block, Native(NAME, name, whole))
        case str() as name:
            return Native(NAME, name, whole)
        case _:
            raise BadRequest(f"`{block.at('type')}` is missing.", code="missing_required_parameter", param=block.at("type"))
    return msgspec.structs.replace(part, cache=cache, extras=block.rest(NAME))


def read_cache(fields: Fields) -> CacheMark | None:
    mark = fields.object("cache_control")
    return None if mark is None else CacheMark(mark.text("ttl"))


def _source(block: Fields) -> Source:
    source = block.object("source") or Fields({}, block.at("source"))
    match source.text("type"):
        case "base64":
            return inline(source.text("media_type") or "", source.required_text("data"))
        case "url":
            return Link(source.required_text("url"))
        case "file":
            return Uploaded(Opaque(NAME, source.required_text("file_id")))
        case "text":
            return PlainText(source.required_text("data"))
        case "content":
            return Contents(read_blocks(source, "content"))
        case other:
            place = source.at("type")
            raise BadRequest(f"`{place}` cannot be {other!r}.", code="invalid_value", param=place)


def _document(block: Fields) -> Document:
    citations = block.object("citations")
    return Document(
        _source(block),
        name=block.text("title"),
        context=block.text("context"),
        citations=citations.flag("enabled") if citations is not None else None,
    )


def _search_result(block: Fields) -> SearchResult:
    citations = block.object("citations")
    return SearchResult(
        block.required_text("source"),
        block.required_text("title"),
        tuple(part for part in read_blocks(block, "content") if isinstance(part, Text)),
        citations=citations.flag("enabled") if citations is not None else None,
    )


def _tool_result(block: Fields) -> ToolResult:
    return ToolResult(block.required_text("tool_use_id"), read_blocks(block, "content"), error=block.flag("is_error") is True)


def _input(block: Fields) -> str:
    raw = block.raw("input")
    return "{}" if raw is None else json_text(raw)


def _server_call(block: Fields, native: Native, *, mcp: bool) -> ServerToolCall:
    name = "mcp" if mcp else block.text("name") or ""
    return ServerToolCall(block.text("id") or "", SERVER_TOOLS.get(name, name), _input(block), native)


def _server_result(block: Fields, native: Native) -> ServerToolResult:
    name = native.kind.removesuffix("_tool_result")
    content = block.value("content")
    return ServerToolResult(
        block.text("tool_use_id") or "",
        SERVER_TOOLS.get(name, name),
        tuple(Text(text) for text in _told(content)),
        native,
        error=isinstance(content, dict) and "error_code" in content,
    )


def _told(content: Any) -> Iterable[str]:
    """As much of a result as is text: pages that were found, what a program printed."""
    for each in content if isinstance(content, list) else [content]:
        match each:
            case {"url": str() as url}:
                yield f"{each.get('title') or ''}\n{url}".strip()
            case {"stdout": str() as printed}:
                yield printed + str(each.get("stderr") or "")
            case {"text": str() as text} | {"error_code": str() as text}:
                yield text
