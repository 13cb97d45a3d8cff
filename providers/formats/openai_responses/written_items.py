"""Output items as a stream tells them: each begins, grows and ends, and knows the events that say so.

An event is its type and its members; the writer numbers and encodes them. Each class is named for its item.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from providers.canonical import (
    Citation,
    Opaque,
    Refusal,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    seal,
)
from providers.formats.openai_responses.annotations import write_annotation
from providers.formats.openai_responses.logprobs import write_logprobs
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.thinking import own_members, sealed_content, sealed_thoughts, summary

Members = dict[str, Any]
Told = list[tuple[str, Members]]


class Item:
    """The base. `index` is its place in the output; `whole` is the item as it is in the end."""

    kind = ""
    prefix = ""
    grows = ""
    """The type of the event by which the open piece grows."""

    def __init__(self, index: int, item_id: str) -> None:
        self.index = index
        self.id = item_id
        self.whole: Members = {}

    @property
    def place(self) -> Members:
        """Where the open piece is; what every event about it has."""
        return {"item_id": self.id, "output_index": self.index}

    def _begun(self, item: Members) -> tuple[str, Members]:
        self.whole = {"id": self.id, "type": self.kind, **item}
        return "response.output_item.added", {"output_index": self.index, "item": {**self.whole}}

    def _ended(self, **final: Any) -> tuple[str, Members]:
        self.whole |= final
        return "response.output_item.done", {"output_index": self.index, "item": self.whole}


class Message(Item):
    """Texts and refusals in a row are parts of one item."""

    kind, prefix = "message", "msg_"

    def __init__(self, index: int, item_id: str) -> None:
        super().__init__(index, item_id)
        self._status: Any = "completed"
        self._content: list[Members] = []
        self._open: Members = {}
        self._text: list[str] = []
        self._citations: list[Citation] = []

    @property
    def place(self) -> Members:
        return {"item_id": self.id, "output_index": self.index, "content_index": len(self._content)}

    def begin(self, part: Text | Refusal) -> Told:
        own = own_members(part)
        self._status = own.get("status", "completed")
        phase = {"phase": own["phase"]} if "phase" in own else {}
        return [self._begun({"status": "in_progress", "role": "assistant", "content": [], **phase})]

    def begin_part(self, part: Text | Refusal) -> Told:
        self._text, self._citations = [], []
        if isinstance(part, Text):
            self.grows = "response.output_text.delta"
            self._open = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            self._citations += part.citations
        else:
            self.grows = "response.refusal.delta"
            self._open = {"type": "refusal", "refusal": ""}
        return [("response.content_part.added", {**self.place, "part": {**self._open}})]

    def grow(self, text: str, logprobs: Sequence[TokenLogprob] = ()) -> list[Members]:
        """The log probabilities as they are written."""
        self._text.append(text)
        tokens = write_logprobs(logprobs)
        if tokens:
            self._open["logprobs"] = [*self._open["logprobs"], *tokens]
        return tokens

    def cite(self, citation: Citation) -> None:
        """The place may be all of the text, so this is told at its end."""
        self._citations.append(citation)

    def end_part(self) -> Told:
        text, place, part = "".join(self._text), self.place, self._open
        found: Told = []
        if part["type"] == "refusal":
            part["refusal"] = text
            found.append(("response.refusal.done", {**place, "refusal": text}))
        else:
            part["text"] = text
            written = [write_annotation(citation, len(text)) for citation in self._citations]
            part["annotations"] = [annotation for annotation in written if annotation is not None]
            for number, annotation in enumerate(part["annotations"]):
                about = {"annotation_index": number, "annotation": annotation}
                found.append(("response.output_text.annotation.added", {**place, **about}))
            found.append(("response.output_text.done", {**place, "text": text, "logprobs": part["logprobs"]}))
        found.append(("response.content_part.done", {**place, "part": part}))
        self._content.append(part)
        return found

    def end(self) -> Told:
        return [self._ended(status=self._status, content=self._content)]


class Reasoning(Item):
    """Its text is one summary; without a text it has none."""

    kind, prefix, grows = "reasoning", "rs_", "response.reasoning_summary_text.delta"

    def __init__(self, index: int, item_id: str) -> None:
        super().__init__(index, item_id)
        self._text: list[str] = []
        self._sealed: str | None = None
        self._own: Mapping[str, msgspec.Raw] = {}

    @property
    def place(self) -> Members:
        return {"item_id": self.id, "output_index": self.index, "summary_index": 0}

    def begin(self, part: Thinking) -> Told:
        self._sealed, self._own = sealed_content(part), own_members(part)
        return [self._begun({"summary": []})]

    def grow(self, text: str) -> Told:
        self._text.append(text)
        if len(self._text) > 1:
            return []
        return [("response.reasoning_summary_part.added", {**self.place, "part": {"type": "summary_text", "text": ""}})]

    def sign(self, opaque: Opaque, *, encrypted: bool) -> None:
        self._sealed = sealed_thoughts(opaque) if encrypted else seal(opaque, NAME)

    def end(self) -> Told:
        text, found = "".join(self._text), list[tuple[str, Members]]()
        if text:
            (part,) = summary(text)
            found.append(("response.reasoning_summary_text.done", {**self.place, "text": text}))
            found.append(("response.reasoning_summary_part.done", {**self.place, "part": part}))
        sealed = {} if self._sealed is None else {"encrypted_content": self._sealed}
        return [*found, self._ended(**{"summary": summary(text), **sealed, **self._own})]


class Call(Item):
    """Of one of the caller's tools."""

    def __init__(self, index: int, item_id: str, names: Mapping[str, tuple[str, str]], call: ToolCall) -> None:
        super().__init__(index, item_id)
        self.kind = "custom_tool_call" if call.custom else "function_call"
        self._what = "input" if call.custom else "arguments"
        self._type = "response.custom_tool_call_input" if call.custom else "response.function_call_arguments"
        self.grows = f"{self._type}.delta"
        namespace, name = names.get(call.name, (None, call.name))
        self._about: Members = {"call_id": call.id, "name": name}
        if namespace is not None:
            self._about["namespace"] = namespace
        self._text: list[str] = []

    def begin(self) -> Told:
        return [self._begun({"status": "in_progress", **self._about, self._what: ""})]

    def grow(self, text: str) -> None:
        self._text.append(text)

    @property
    def empty(self) -> bool:
        """A function without arguments has an empty object of them."""
        return not self._text and self.kind == "function_call"

    def end(self) -> Told:
        text = "".join(self._text)
        done = (f"{self._type}.done", {**self.place, self._what: text})
        return [done, self._ended(status="completed", **{self._what: text})]
