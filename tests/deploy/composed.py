"""deploy/compose.yaml as compose reads it."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
CONFIG = DEPLOY / "gateway" / "aihub.yaml"
TEXT = (DEPLOY / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
NODES = {name: service for name, service in OURS.items() if service["command"] == ["serve"]}
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<text>[^}]*))?\}")


def filled(text: str) -> str:
    """As compose fills it in, with a stand-in for each variable that has no default."""
    return VARIABLE.sub(lambda found: found["text"] if found["how"] == "-" else f"{found['name'].lower()}-of-16-letters", text)


def node_environment() -> dict[str, str]:
    """A node's variables, but for the place of temporary files, which only its container has."""
    environment = next(iter(NODES.values()))["environment"]
    return {name: filled(text) for name, text in environment.items() if name != "TMPDIR"}


def command(service: dict[str, Any], configuration: Path) -> list[str]:
    """What its container runs, with the configuration in a directory of this machine."""
    words = [*service["entrypoint"], *service["command"]]
    return [word.replace("$$", "$").replace("/etc/aihub", str(configuration)) for word in words]
