"""Operations on texts. What is no text is left alone."""

import re
from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, model_validator

from pipeline.overrides.edit import Edit
from pipeline.overrides.operation import BodyPath, Operation
from pipeline.refusal import refused

Some = Annotated[str, Field(min_length=1)]
Pattern = Annotated[str, Field(alias="from", min_length=1)]

# `$$`, `${1}`, `${name}`, `$1`, `$name`; as in Go, a name is as long as it can be.
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


class TextOperation(Operation):
    path: BodyPath

    def apply(self, edit: Edit) -> None:
        edit.draft.change(self.path, lambda value: self.edited(value) if isinstance(value, str) else value)

    @abstractmethod
    def edited(self, text: str) -> str: ...


class TrimPrefix(TextOperation):
    value: Some

    def edited(self, text: str) -> str:
        return text.removeprefix(self.value)


class TrimSuffix(TextOperation):
    value: Some

    def edited(self, text: str) -> str:
        return text.removesuffix(self.value)


class EnsurePrefix(TextOperation):
    value: Some

    def edited(self, text: str) -> str:
        return text if text.startswith(self.value) else self.value + text


class EnsureSuffix(TextOperation):
    value: Some

    def edited(self, text: str) -> str:
        return text if text.endswith(self.value) else text + self.value


class TrimSpace(TextOperation):
    def edited(self, text: str) -> str:
        return text.strip()


class ToLower(TextOperation):
    def edited(self, text: str) -> str:
        return text.lower()


class ToUpper(TextOperation):
    def edited(self, text: str) -> str:
        return text.upper()


class Replace(TextOperation):
    wanted: Pattern
    to: str = ""

    def edited(self, text: str) -> str:
        return text.replace(self.wanted, self.to)


class RegexReplace(TextOperation):
    """The pattern is Python's; `to` refers to groups as Go's does, `$1` or `${name}`, because New-API's rules are written so."""

    pattern: Pattern
    to: str = ""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    @cached_property
    def replacement(self) -> str:
        return _REFERENCE.sub(_python_reference, self.to.replace("\\", "\\\\"))

    @model_validator(mode="after")
    def _compiles(self) -> "RegexReplace":
        try:
            compiled = self.compiled
        except re.error as problem:
            raise refused(f"not a regular expression: {problem}", "from") from None
        for dollar, braced, bare in _REFERENCE.findall(self.to):
            group = braced or bare
            if not dollar and group not in compiled.groupindex and not _numbered(group, compiled):
                raise refused(f"the pattern has no group {group!r}; a dollar sign is written $$", "to")
        return self

    def edited(self, text: str) -> str:
        return self.compiled.sub(self.replacement, text)


def _numbered(group: str, pattern: re.Pattern[Any]) -> bool:
    return group.isdecimal() and int(group) <= pattern.groups


def _python_reference(found: re.Match[str]) -> str:
    dollar, braced, bare = found.groups()
    return "$" if dollar else rf"\g<{braced or bare}>"
