"""The details of Google's error object: `details: [{"@type": "type.googleapis.com/google.rpc.…", …}]`.
https://cloud.google.com/apis/design/errors"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_PREFIX = "type.googleapis.com/google.rpc."

_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")

TOMORROW = 86_400.0
"""Seconds to wait for a quota per day, at most."""


def detail(name: str, **members: Any) -> dict[str, Any]:
    """One to send."""
    return {"@type": _PREFIX + name, **members}


def reasons(error: Mapping[str, Any]) -> set[str]:
    """Why, in words that do not change: `API_KEY_INVALID`, say."""
    return {str(found.get("reason")) for found in _of(error, "ErrorInfo")}


def retry_delay(error: Mapping[str, Any]) -> float | None:
    """Seconds; None if it does not say. There is no header for it. With a quota of the day used up, the delay that is told is
    only until the next refusal."""
    for failure in _of(error, "QuotaFailure"):
        violations = failure.get("violations")
        for violation in violations if isinstance(violations, list) else ():
            if isinstance(violation, dict) and "PerDay" in str(violation.get("quotaId")):
                return TOMORROW
    for found in _of(error, "RetryInfo"):
        if (seconds := _DURATION.fullmatch(str(found.get("retryDelay")))) is not None:
            return float(seconds[1])
    return None


def _of(error: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    details = error.get("details")
    for each in details if isinstance(details, list) else ():
        if isinstance(each, dict) and each.get("@type") == _PREFIX + name:
            yield each
