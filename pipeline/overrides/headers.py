"""Operations on the headers that go up, and `sync_fields` between them and the body."""

from functools import cached_property
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from pipeline.overrides.conditions import as_text
from pipeline.overrides.edit import Edit
from pipeline.overrides.header_names import read_plain, read_readable, read_settable, readable
from pipeline.overrides.header_tokens import Tokens, read_tokens
from pipeline.overrides.operation import Operation, read_single_path
from pipeline.overrides.paths import MISSING, Path
from pipeline.overrides.placeholders import Template, read_template, sendable
from pipeline.refusal import placed, refusal, refused

Readable = Annotated[str, AfterValidator(read_readable)]
Plain = Annotated[str, AfterValidator(read_plain)]


def header(edit: Edit, name: str) -> str | None:
    """What goes up under this name so far, else the caller's own."""
    return edit.headers.get(name) or (sendable(edit.flow.request.headers.get(name)) if readable(name) else None)


def _list(value: Any) -> Any:
    return [name.strip() for name in value.split(",")] if isinstance(value, str) else value


class SetHeader(Operation):
    """A text with placeholders, or rules for the tokens of a list such as `anthropic-beta`."""

    path: Annotated[str, AfterValidator(read_settable)]
    value: Any
    keep_origin: bool = False

    @cached_property
    def ready(self) -> Template | Tokens:
        """Raises a refusal."""
        if isinstance(self.value, dict):
            placed(("path",), read_plain, self.path)
            return read_tokens(self.value)
        if isinstance(self.value, str):
            return placed(("value",), read_template, self.value, self.path)
        raise refused("expected a text, or a mapping of tokens", "value")

    @model_validator(mode="after")
    def _compiles(self) -> "SetHeader":
        assert self.ready
        return self

    def apply(self, edit: Edit) -> None:
        if self.keep_origin and self.path in edit.headers:
            return
        if isinstance(self.ready, Tokens):
            edit.set_header(self.path, self.ready.applied(header(edit, self.path)))
        elif text := self.ready.fill(edit.attempt.target.key.secret, edit.flow.request.headers):
            edit.set_header(self.path, text)


class DeleteHeader(Operation):
    path: Plain

    def apply(self, edit: Edit) -> None:
        edit.set_header(self.path, None)


class CopyHeader(Operation):
    source: Annotated[Readable, Field(alias="from")]
    to: Plain
    keep_origin: bool = False

    def apply(self, edit: Edit) -> None:
        value = header(edit, self.source)
        if value and not (self.keep_origin and self.to in edit.headers):
            edit.set_header(self.to, value)


class MoveHeader(CopyHeader):
    def apply(self, edit: Edit) -> None:
        super().apply(edit)
        edit.set_header(self.source, None)


class PassHeaders(Operation):
    """The caller's headers of these names."""

    value: Annotated[list[Readable], Field(min_length=1), BeforeValidator(_list)]
    keep_origin: bool = False

    def apply(self, edit: Edit) -> None:
        for name in self.value:
            value = sendable(edit.flow.request.headers.get(name))
            if value and not (self.keep_origin and name in edit.headers):
                edit.set_header(name, value)


class BodyEnd:
    """One side of `sync_fields`: a place in the body."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, edit: Edit) -> Any:
        return edit.draft.value(self._path)

    def put(self, edit: Edit, value: Any) -> None:
        edit.draft.put(self._path, value)


class HeaderEnd:
    """One side of `sync_fields`: a header."""

    def __init__(self, name: str) -> None:
        self._name = name

    def get(self, edit: Edit) -> Any:
        return header(edit, self._name) or MISSING

    def put(self, edit: Edit, value: Any) -> None:
        if text := sendable(as_text(value)):
            edit.set_header(self._name, text)


def read_end(text: Any) -> BodyEnd | HeaderEnd:
    """`header:x-request-id`, `json:metadata.id`, or just the path."""
    if not isinstance(text, str):
        raise refusal("expected header:NAME or json:PATH")
    kind, colon, name = text.partition(":")
    if colon and kind == "header":
        return HeaderEnd(read_plain(read_readable(name.strip())))
    return BodyEnd(read_single_path(name if colon and kind == "json" else text))


End = Annotated[BodyEnd | HeaderEnd, PlainValidator(read_end)]


class SyncFields(Operation):
    """The side that is missing gets the other's value; where both or neither are there, nothing happens."""

    source: Annotated[End, Field(alias="from")]
    to: End

    def apply(self, edit: Edit) -> None:
        here, there = self.source.get(edit), self.to.get(edit)
        if here is MISSING and there is not MISSING:
            self.source.put(edit, there)
        elif there is MISSING and here is not MISSING:
            self.to.put(edit, here)
