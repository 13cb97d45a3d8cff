"""Values of the state file that a type alone cannot check. No message repeats what may be a secret."""

import datetime as dt
import re
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from app.config.problems import suggest
from app.config.refusals import read_network
from app.config.wording import refusal
from providers import registry

NANO = 10**9
LARGEST = 2**63 - 1
MOST_DIGITS = 28
"""What Python's decimal arithmetic keeps."""

EXACT_DIGITS = 15
"""Any decimal number of so many digits survives the way through a binary float and back."""


def exact_decimal(value: Any) -> Decimal:
    """A number as it was written, from YAML's number or from text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise refusal("expected a number")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise refusal("expected a number") from None
    if not number.is_finite():
        raise refusal("expected a finite number")
    if len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > MOST_DIGITS:
        raise refusal(f"more than {MOST_DIGITS} digits")
    if isinstance(value, float) and len(number.as_tuple().digits) > EXACT_DIGITS:
        raise refusal(f"more than {EXACT_DIGITS} digits: put the number in quotes, so that none is lost")
    return number


def usd_to_nano(value: Any) -> int:
    """Dollars to integer nano-dollars, exactly."""
    nano = exact_decimal(value).scaleb(9)
    if nano != nano.to_integral_value(ROUND_DOWN):
        raise refusal("more than 9 digits after the point: money is counted in nano-dollars")
    if not 0 <= nano <= LARGEST:
        raise refusal("must be at least 0" if nano < 0 else f"must be at most {LARGEST // NANO}")
    return int(nano)


def usd_to_rate(value: Any) -> int:
    """Dollars for one thing to integer nano-dollars per million of them, exactly."""
    rate = exact_decimal(value).scaleb(15)
    if rate != rate.to_integral_value(ROUND_DOWN):
        raise refusal("more than 15 digits after the point")
    if not 0 <= rate <= LARGEST:
        raise refusal("must be at least 0" if rate < 0 else f"must be at most {LARGEST // 10**15}")
    return int(rate)


def rate_to_usd(rate: int) -> str:
    """The other way."""
    return plain(Decimal(rate).scaleb(-15))


def nano_to_usd(nano: int) -> str:
    """The other way, as a decimal without needless zeros: `0.15`, `25`, `-3.000000001`."""
    return plain(Decimal(nano).scaleb(-9))


def plain(number: Decimal) -> str:
    """One text for equal numbers, without an exponent."""
    return f"{number.normalize() + 0:f}"


def ratio(value: Any) -> str:
    number = exact_decimal(value)
    if not 0 <= number <= 1_000_000 or number != number.quantize(Decimal("1e-12")):
        raise refusal("expected a number from 0 to 1000000 with at most 12 digits after the point")
    return plain(number)


def name(value: str) -> str:
    if value != value.strip() or not value.isprintable():
        raise refusal("a name has no blanks at its ends and no control characters")
    return value


def pattern(value: str) -> str:
    if not value or value != value.strip():
        raise refusal("expected a model's name, or a pattern with `*` and `?`, without blanks around it")
    return value


def some(values: tuple[str, ...]) -> tuple[str, ...]:
    if not values:
        raise refusal("an empty list would allow nothing: leave it out for all models")
    return values


def vendor(value: str) -> str:
    known = registry.names()
    if value not in known:
        raise refusal(f"unknown vendor {value!r}" + (suggest(value, known) or f"; known are {', '.join(known)}"))
    return value


def caller_key(value: str) -> str:
    if not re.fullmatch(r"[!-~]+", value):
        raise refusal("a key is made of visible ASCII characters, without blanks: it travels in a header")
    return value


def network(value: Any) -> str:
    """Kept as it was written."""
    read_network(value)
    return str(value)


def base_url(value: str) -> str:
    """What the vendor's own SDK takes. A port that is no number makes `urlsplit` raise."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or not re.fullmatch(r"[!-~]+", value):
        raise refusal("expected an address such as https://api.example.com/v1")
    if "@" in parts.netloc:
        raise refusal("an address holds no user and password: give the key in `keys`")
    if parts.query or parts.fragment:
        raise refusal("an address has no query and no fragment: it is what paths are appended to")
    return value


def proxy_url(value: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", value):
        raise refusal("expected an address such as http://proxy.example.com:3128")
    return value


def expiry(value: Any) -> dt.datetime:
    """A moment with its time zone, or a date: its first moment in UTC."""
    try:
        moment = dt.datetime.fromisoformat(value)
        in_utc = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (TypeError, ValueError, OverflowError):
        raise refusal("expected a date (2027-01-31) or a time with its zone (2027-01-31T12:00:00Z)") from None
    if moment.tzinfo is None and (":" in value or "T" in value):
        raise refusal("the time zone is missing: end it with Z for UTC, or with an offset such as +02:00")
    return in_utc


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(name)]
Model = Annotated[str, Field(max_length=255), AfterValidator(pattern)]
Vendor = Annotated[str, AfterValidator(vendor)]
Models = Annotated[tuple[Model, ...], AfterValidator(some)]
Nano = Annotated[int, PlainValidator(usd_to_nano)]
Ratio = Annotated[str, PlainValidator(ratio)]
CallerKey = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(caller_key)]
Network = Annotated[str, PlainValidator(network)]
BaseUrl = Annotated[str, AfterValidator(base_url)]
ProxyUrl = Annotated[str, AfterValidator(proxy_url)]
Expiry = Annotated[dt.datetime, BeforeValidator(expiry)]
