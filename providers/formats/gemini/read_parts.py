"""The parts of a content, of requests and of replies."""

import mimetypes
from collections.abc import Callable

import msgspec

from providers.canonical import (
    Audio,
    Document,
    Image,
    Inline,
    Link,
    Native,
    Opaque,
    Part,
    ServerToolCall,
    ServerToolResult,
    Source,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.fields import json_text
from providers.formats.gemini.call_ids import Pending
from providers.formats.gemini.name import NAME
from providers.formats.gemini.proto_fields import ProtoFields
from providers.formats.gemini.results import read_response
from providers.formats.gemini.signature import read_signature, standard
from providers.formats.media import inline

TOOLS = {
    "GOOGLE_SEARCH_WEB": "web_search",
    "GOOGLE_SEARCH_IMAGE": "web_search",
    "URL_CONTEXT": "web_fetch",
    "GOOGLE_MAPS": "maps",
    "FILE_SEARCH": "file_search",
}
"""What Google's `toolType` is called here."""

_FILES = ("https://generativelanguage.googleapis.com/", "gs://")
"""How the addresses of files begin that lie at one account."""

_VIDEOS = ("https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/")


def read_part(part: ProtoFields, calls: Pending) -> Part:
    """One that is not known by its member is `Native`."""
    thought, marked = part.flag("thought") is True, part.text("thoughtSignature")
    found = _thought(part, marked) if thought and "text" in part else _content(part, calls)
    if marked and not isinstance(found, Thinking):
        found = msgspec.structs.replace(found, signature=read_signature(marked)[0])
    if isinstance(found, ToolResult | Native):
        return found
    return msgspec.structs.replace(found, extras=part.rest(NAME))


def _thought(part: ProtoFields, marked: str | None) -> Thinking:
    text = part.text("text") or ""
    if not marked:
        return Thinking(text)
    opaque, encrypted = read_signature(marked)
    return Thinking(text, encrypted=opaque) if encrypted else Thinking(text, signature=opaque)


def _content(part: ProtoFields, calls: Pending) -> Part:
    if (text := part.text("text")) is not None:
        return Text(text)
    if (blob := part.object("inlineData")) is not None:
        return _medium(inline(blob.text("mimeType") or "", standard(blob.text("data") or "")), blob)
    if (file := part.object("fileData")) is not None:
        return _file(file)
    if (call := part.object("functionCall")) is not None:
        return _call(call, calls)
    if (result := part.object("functionResponse")) is not None:
        return _result(result, calls)
    for name, read in _SERVER.items():
        if (raw := part.raw(name)) is not None:
            return read(ProtoFields.of(raw, part.at(name)), Native(NAME, name, raw), calls)
    rest = part.rest(NAME)
    if rest is None:
        return Text("")
    return Native(NAME, next(iter(rest.members)), part.all(), extras=rest)


def _medium(source: Source, about: ProtoFields) -> Part:
    family = (getattr(source, "media_type", None) or "").partition("/")[0]
    name = about.text("displayName")
    match family:
        case "image":
            return Image(source)
        case "audio":
            return Audio(source)
        case "video":
            return Video(source)
        case _:
            return Document(source, name=name)


def _file(file: ProtoFields) -> Part:
    uri, declared = file.required_text("fileUri"), file.text("mimeType")
    guessed = "video/mp4" if uri.startswith(_VIDEOS) else mimetypes.guess_type(uri.partition("?")[0])[0]
    media_type = declared or guessed
    if uri.startswith(_FILES) or "://" not in uri:
        return _medium(Uploaded(Opaque(NAME, uri), media_type), file)
    return _medium(Link(uri, media_type), file)


def _call(call: ProtoFields, calls: Pending) -> ToolCall:
    arguments = call.raw("args")
    found = ToolCall(
        call.text("id") or calls.next_id(),
        call.text("name") or "",
        "{}" if arguments is None else json_text(arguments),
    )
    calls.called(found)
    return found


def _result(result: ProtoFields, calls: Pending) -> ToolResult:
    name = result.text("name")
    call_id = calls.answered(result.text("id"), name)
    text, error = read_response(result.raw("response"))
    media = tuple(read_part(part, calls) for part in result.objects("parts"))
    return ToolResult(call_id, (*([Text(text)] if text else []), *media), name=name, error=error, extras=result.rest(NAME))


def _executable_code(fields: ProtoFields, native: Native, calls: Pending) -> Part:
    arguments = {"code": fields.text("code") or "", "language": (fields.word("language") or "PYTHON").lower()}
    call_id = fields.text("id") or calls.next_id()
    return ServerToolCall(call_id, "code_execution", msgspec.json.encode(arguments).decode(), native)


def _code_execution_result(fields: ProtoFields, native: Native, calls: Pending) -> Part:
    output, failed = fields.text("output"), fields.word("outcome") != "OUTCOME_OK"
    parts = (Text(output),) if output else ()
    return ServerToolResult(fields.text("id") or calls.next_id(), "code_execution", parts, native, error=failed)


def _tool_call(fields: ProtoFields, native: Native, calls: Pending) -> Part:
    arguments = fields.raw("args")
    tool = fields.word("toolType") or ""
    told = "{}" if arguments is None else json_text(arguments)
    return ServerToolCall(fields.text("id") or calls.next_id(), TOOLS.get(tool, tool.lower()), told, native)


def _tool_response(fields: ProtoFields, native: Native, calls: Pending) -> Part:
    tool = fields.word("toolType") or ""
    return ServerToolResult(fields.text("id") or calls.next_id(), TOOLS.get(tool, tool.lower()), (), native)


_SERVER: dict[str, Callable[[ProtoFields, Native, Pending], Part]] = {
    "executableCode": _executable_code,
    "codeExecutionResult": _code_execution_result,
    "toolCall": _tool_call,
    "toolResponse": _tool_response,
}

PCM = "audio/l16"
"""How Gemini speaks: raw 16-bit samples, the lowest byte first. `audio/L16;codec=pcm;rate=24000`"""


def is_pcm(source: Source | None) -> bool:
    return isinstance(source, Inline) and source.media_type.startswith(PCM)
