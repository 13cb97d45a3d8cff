"""From a whole generateContent answer to the canonical reply."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import Audio, Candidate, Extras, Inline, Part, Reply, Text, calls_tools
from providers.formats.asked_names import as_asked
from providers.formats.codec import Written
from providers.formats.gemini.call_ids import Pending, made
from providers.formats.gemini.citations import read_citations
from providers.formats.gemini.logprobs import read_logprobs
from providers.formats.gemini.name import NAME
from providers.formats.gemini.proto_fields import ProtoFields
from providers.formats.gemini.read_parts import is_pcm, read_part
from providers.formats.gemini.stop import read_block, read_stop
from providers.formats.gemini.usage import read_usage
from providers.formats.gemini.wave import as_wave
from providers.formats.wire import NotInFormat


class AnswerIds(Pending):
    """For the calls of one answer, which have no history to be counted in: the answer's own id keeps them apart."""

    def __init__(self, seed: str) -> None:
        super().__init__()
        self._seed = seed

    def next_id(self) -> str:
        self._count += 1
        return made(self._seed, self._count)


def read_reply(body: bytes, sent: Written) -> Reply:
    try:
        fields = ProtoFields.of(body)
        answer = fields.text("responseId") or ""
        ids = AnswerIds(answer or hashlib.sha256(body).hexdigest())
        feedback, counts = fields.value("promptFeedback"), fields.value("usageMetadata")
        blocked = read_block(feedback)
        found = [_candidate(each, sent, ids) for each in fields.objects("candidates")]
        candidates = tuple(candidate for candidate, _ in found)
        if not candidates and blocked is not None:
            candidates = (Candidate(parts=(), stop=blocked),)
        return Reply(
            id=answer,
            model=fields.text("modelVersion") or "",
            candidates=candidates,
            usage=read_usage(counts),
            extras=_extras(fields, feedback, counts, [extras for _, extras in found]),
        )
    except BadRequest as problem:
        raise NotInFormat("a reply of another shape") from problem


def _candidate(fields: ProtoFields, sent: Written, ids: Pending) -> tuple[Candidate, dict[str, Any]]:
    """And what only Gemini's own callers can be told of it."""
    content = fields.object("content")
    given = {name: fields.value(name) for name in ("groundingMetadata", "citationMetadata")}
    parts = _folded(_parts(content.objects("parts") if content is not None else [], given, sent, ids))
    word, message = fields.value("finishReason"), fields.value("finishMessage")
    tokens = fields.value("logprobsResult")
    fields.raw("index")
    rest = fields.rest(NAME)
    extras = {name: value for name, value in given.items() if value is not None} | ({} if rest is None else dict(rest.members))
    called = calls_tools(parts)
    return Candidate(parts=parts, stop=read_stop(word, message, called=called), logprobs=read_logprobs(tokens) or None), extras


def _parts(given: Sequence[ProtoFields], about: dict[str, Any], sent: Written, ids: Pending) -> Iterable[Part]:
    for each in given:
        part = as_asked(read_part(each, ids), sent)
        if isinstance(part, Text):
            yield msgspec.structs.replace(part, citations=tuple(read_citations(about, part.text)))
        elif isinstance(part, Audio) and is_pcm(part.source) and isinstance(part.source, Inline):
            yield msgspec.structs.replace(part, source=as_wave(part.source))
        else:
            yield part


def _folded(parts: Iterable[Part]) -> tuple[Part, ...]:
    """A signature on a text that is empty is of the text before it."""
    found: list[Part] = []
    for part in parts:
        before = found[-1] if found else None
        if part == Text("", signature=part.signature) and isinstance(before, Text) and before.signature is None:
            found[-1] = msgspec.structs.replace(before, signature=part.signature)
        else:
            found.append(part)
    return tuple(found)


def _extras(fields: ProtoFields, feedback: Any, counts: Any, candidates: list[dict[str, Any]]) -> Extras | None:
    rest = fields.rest(NAME)
    found: dict[str, Any] = {} if rest is None else dict(rest.members)
    found |= {name: value for name, value in (("promptFeedback", feedback), ("usageMetadata", counts)) if value is not None}
    if any(candidates):
        found["candidates"] = candidates
    return Extras(NAME, {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in found.items()}) if found else None
