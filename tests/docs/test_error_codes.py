"""The operator's table of error codes has what `pipeline.errors` and the source give callers, each with its status."""

import ast
import inspect
from collections.abc import Iterator

from pipeline import errors
from pipeline.attempts import failure_error
from pipeline.errors import GatewayError
from pipeline.retry import Failure
from tests.docs.pages import ROOT, Page, names

KINDS = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GatewayError)}
ROWS = [(names(code)[0], int(status)) for code, status, *_ in Page("docs/operators-guide.md").table("Troubleshooting")]


def given() -> Iterator[tuple[str, int]]:
    """The code and status of each error that the source makes, as far as they are written there."""
    for folder in ("app", "pipeline", "providers"):
        for file in (ROOT / folder).rglob("*.py"):
            module = ast.parse(file.read_text())
            constants = dict(_constants(module))
            for node in ast.walk(module):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _of_call(node.func.id, {keyword.arg: keyword.value for keyword in node.keywords}, constants)


def _constants(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _of_call(name: str, keywords: dict[str | None, ast.expr], constants: dict[str, ast.expr]) -> Iterator[tuple[str, int]]:
    code = keywords.get("code")
    if isinstance(code, ast.Name):
        code = constants.get(code.id, code)
    if code is not None and not isinstance(code, ast.Constant):
        return
    written = None if code is None else str(code.value)
    if name in KINDS:
        yield written or KINDS[name].code, KINDS[name].status
    elif name == "Failure":
        error = failure_error(Failure("", timed_out="timed_out" in keywords))
        yield written or error.code, error.status


def test_the_table_has_every_code_once_with_its_status() -> None:
    of_kinds = {(kind.code, kind.status) for kind in KINDS.values()}
    assert set(ROWS) == of_kinds | set(given())
    assert len(ROWS) == len(set(ROWS))


def test_the_source_was_searched() -> None:
    found = set(given())
    assert {("stage_failed", 500), ("upstream_timeout", 504), ("upstream_unreachable", 502), ("request_timeout", 408)} <= found
    assert ("request_exceeds_limit", 429) in found, "its code is a constant of its module"
    assert len(found) > 30


def test_the_table_is_in_the_order_of_statuses() -> None:
    statuses = [status for _, status in ROWS]
    assert statuses == sorted(statuses)
