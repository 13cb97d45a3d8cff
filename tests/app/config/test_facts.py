"""Settings as facts: everything that is in force, and nothing secret."""

from pathlib import Path

import pytest

from app.config.facts import Difference, differences, facts_of
from app.config.load import load_settings

BEFORE = """\
server: {port: 8080}
database: postgresql://u:hunter2@host/db
routing: {attempts: 4}
pipeline:
- auth
- mapping: {models: {a: b}}
"""


def told(tmp_path: Path, before: str, after: str, **environ: str) -> list[str]:
    facts = []
    for number, text in enumerate((before, after)):
        (tmp_path / f"{number}.yaml").write_text(text)
        facts.append(facts_of(load_settings(tmp_path / f"{number}.yaml", environ), lambda secret: str(len(secret))))
    return [str(change) for change in differences(*facts)]


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("port: 8080", "port: 8080", []),
        ("port: 8080", "port: 9090", ["server.port: 8080 -> 9090"]),
        ("attempts: 4", "attempts: 2", ["routing.attempts: 4 -> 2"]),
        ("{attempts: 4}", "{}", []),
        ("hunter2", "hunter22", ["database: another value"]),
        ("- auth", "- auth\n- billing", ["pipeline: auth, mapping -> auth, billing, mapping"]),
        ("{a: b}", "{a: bc}", ["pipeline.mapping: another value"]),
        ("\n- mapping: {models: {a: b}}", "", ["pipeline: auth, mapping -> auth", "pipeline.mapping: gone"]),
    ],
)
def test_what_an_edit_changes(tmp_path: Path, old: str, new: str, lines: list[str]) -> None:
    assert told(tmp_path, BEFORE, BEFORE.replace(old, new)) == lines


def test_no_secret_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(BEFORE + "- header_override: {authorization: hunter2}\nredis: ${REDIS}\n")
    facts = facts_of(load_settings(tmp_path / "a.yaml", {"REDIS": "redis://:hunter2@host"}), lambda secret: str(len(secret)))
    assert "hunter2" not in str(facts)
    assert facts["redis"].startswith("secret:")


@pytest.mark.parametrize(("what", "restart"), [("server.port", True), ("database", True), ("routing.attempts", False)])
def test_what_only_a_restart_can_change(what: str, restart: bool) -> None:
    assert Difference(what, "1", "2").needs_restart is restart
