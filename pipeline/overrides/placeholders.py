"""Texts with `{api_key}` (the channel's key) and `{client_header:Name}` (a header of the caller) in them."""

import re
from dataclasses import dataclass

from pipeline.flow import Headers
from pipeline.overrides.header_names import CREDENTIALS, read_readable
from pipeline.refusal import near, refusal

KEY = "api_key"
HEADER = "client_header"

# Braces around anything but a word, JSON say, are just braces.
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)(?::([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut at its placeholders: literals, and what stands between them (`headers`; None is the key)."""

    literals: tuple[str, ...]
    headers: tuple[str | None, ...]

    def fill(self, secret: str, headers: Headers) -> str | None:
        """None where something is missing: the caller did not send the header, or the channel has no key."""
        text = self.literals[0]
        for header, literal in zip(self.headers, self.literals[1:], strict=True):
            value = secret if header is None else sendable(headers.get(header))
            if not value:
                return None
            text += value + literal
        return text

    @property
    def has_key(self) -> bool:
        return None in self.headers


def sendable(value: str | None) -> str | None:
    """A caller's value, if it can go up as it is: HTTP clients send visible ASCII only."""
    return value if value is not None and value.isascii() and value.isprintable() else None


def read_template(text: str, name: str) -> Template:
    """The value of the header `name`. Raises a refusal for a placeholder that is nearly one, for a header that must not be read,
    and for a credential of the operator's that is not the channel's key."""
    if not text or text != text.strip() or not (text.isascii() and text.isprintable()):
        raise refusal("expected a text of visible ASCII characters, or null to send no such header")
    literals, headers, end = [], [], 0
    for found in _PLACEHOLDER.finditer(text):
        literals.append(text[end : found.start()])
        headers.append(_header(*found.groups()))
        end = found.end()
    template = Template((*literals, text[end:]), tuple(headers))
    if name in CREDENTIALS and not template.has_key:
        raise refusal(f"{name!r} can only hold the channel's own key: write {{api_key}} where it belongs, and the key in `keys`")
    return template


def _header(word: str, argument: str | None) -> str | None:
    if word == KEY and argument is None:
        return None
    if word == HEADER and argument:
        return read_readable(argument.strip())
    if word == HEADER:
        raise refusal("a header's name is missing: write {client_header:X-Name}")
    raise refusal(f"no placeholder is called {word!r}{near(word, (KEY, HEADER))}")
