"""Looking into a vendor's decoded JSON, of which nothing can be taken for granted."""

from typing import Any


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none if it is something else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def object_in(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def text_in(value: Any) -> str:
    return value if isinstance(value, str) else ""


def error_object(value: Any) -> dict[str, Any]:
    """Some vendors send their error as a plain string."""
    return value if isinstance(value, dict) else {"message": str(value)}
