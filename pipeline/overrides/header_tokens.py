"""Rules for headers that are lists of tokens, as `anthropic-beta` is: replace, drop, add, keep only some."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.overrides.placeholders import sendable
from pipeline.refusal import refused

APPEND = "$append"
ONLY = "$keep_only_declared"
OTHERS = "*"


@dataclass(frozen=True, slots=True)
class Tokens:
    """`rules`: what each token becomes (nothing: it goes), `*` for the tokens that are not named."""

    rules: Mapping[str, tuple[str, ...]]
    append: tuple[str, ...]
    only_declared: bool

    def applied(self, value: str | None) -> str | None:
        """The header's new value, each token once; None if none is left."""
        tokens: list[str] = []
        for token in _split(value or ""):
            tokens += self.rules[token] if token in self.rules else self._other(token)
        return ",".join(dict.fromkeys((*tokens, *self.append))) or None

    def _other(self, token: str) -> tuple[str, ...]:
        return () if self.only_declared else self.rules.get(OTHERS, (token,))


def read_tokens(value: Mapping[str, Any]) -> Tokens:
    """Raises a refusal at the token, below `value`."""
    rules = {name: _tokens(tokens, name) for name, tokens in value.items() if name not in (APPEND, ONLY)}
    only = value.get(ONLY, False)
    if not isinstance(only, bool):
        raise refused("expected true or false", "value", ONLY)
    return Tokens(rules, _tokens(value.get(APPEND), APPEND), only)


def _tokens(value: Any, name: str) -> tuple[str, ...]:
    texts = [] if value is None else value if isinstance(value, list) else [value]
    if not all(isinstance(text, str) and sendable(text) == text for text in texts):
        raise refused("expected a token, a list of them, or null to drop it", "value", name)
    return tuple(token for text in texts for token in _split(text))


def _split(text: str) -> list[str]:
    return [token.strip() for token in text.split(",") if token.strip()]
