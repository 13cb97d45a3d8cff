"""Content parts of messages and of tool results."""

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import (
    Audio,
    CacheMark,
    Document,
    Extras,
    Image,
    Inline,
    Link,
    Opaque,
    Part,
    Refusal,
    Source,
    Text,
    Uploaded,
)
from providers.formats.fields import Fields, kind, objects
from providers.formats.media import inline, read_data_url
from providers.formats.openai_responses.annotations import read_annotations
from providers.formats.openai_responses.name import NAME


def read_content(fields: Fields, name: str) -> tuple[Part, ...]:
    """A string is one text; an empty one is none."""
    raw = fields.raw(name)
    if raw is None:
        return ()
    if kind(raw) == b"[":
        return tuple(_part(part) for part in objects(raw, fields.at(name)))
    text = Fields({name: raw}, fields.place).text(name)
    return (Text(text),) if text else ()


def _part(part: Fields) -> Part:
    mark = part.raw("prompt_cache_breakpoint")
    match part.text("type"):
        case "input_text" | "output_text" | "text" | "summary_text":
            citations = read_annotations(part.raw("annotations"), part.at("annotations"))
            found: Part = Text(part.text("text") or "", citations)
        case "refusal":
            found = Refusal(part.text("refusal") or "")
        case "input_image":
            found = Image(_image(part), part.text("detail"))
        case "input_file":
            found = Document(_file(part), name=part.text("filename"))
        case "input_audio" if (audio := part.object("input_audio")) is not None:
            found = Audio(inline(f"audio/{audio.text('format') or 'wav'}", audio.required_text("data")))
        case other:
            raise BadRequest(
                f"`{part.place}` is of the type {other!r}, which has no counterpart at the vendors that serve this model.",
                code="unsupported_content",
                param=part.place,
            )
    return _with_extras(found, part, mark)


def _with_extras(found: Part, part: Fields, mark: msgspec.Raw | None) -> Part:
    """An output text's list of log probabilities is there even when it is empty."""
    logprobs, rest = part.raw("logprobs"), part.rest(NAME)
    members = dict(rest.members) if rest is not None else {}
    if logprobs is not None and bytes(logprobs) != b"[]":
        members["logprobs"] = logprobs
    if mark is None:
        return msgspec.structs.replace(found, extras=Extras(NAME, members)) if members else found
    members["prompt_cache_breakpoint"] = mark
    cache = CacheMark(Fields.of(mark, part.at("prompt_cache_breakpoint")).text("ttl"))
    return msgspec.structs.replace(found, cache=cache, extras=Extras(NAME, members))


def _image(part: Fields) -> Source:
    if (file_id := part.text("file_id")) is not None:
        return Uploaded(Opaque(NAME, file_id))
    url = part.required_text("image_url")
    return read_data_url(url) or Link(url)


def _file(part: Fields) -> Source:
    if (file_id := part.text("file_id")) is not None:
        return Uploaded(Opaque(NAME, file_id))
    if (url := part.text("file_url")) is not None:
        return Link(url)
    data = part.required_text("file_data")
    # Some callers leave out the data URL's beginning.
    return read_data_url(data) or Inline("application/pdf", data)
