"""deploy/aihub.service, against what the server does when it is told to stop and to reload."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app import cli
from app.config.settings import Server
from app.serve import KILL_MARGIN
from tests.support.gateway import AIHUB

FILE = Path(__file__).parents[2] / "deploy" / "aihub.service"
UNIT = FILE.read_text()


def words(name: str) -> list[str]:
    """What a setting is set to, each time that it is."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def test_it_waits_until_the_server_has_drained_and_would_have_killed_its_workers() -> None:
    (seconds,) = words("TimeoutStopSec")
    assert int(seconds) > Server().drain_timeout + KILL_MARGIN


def test_only_the_main_process_is_told_to_stop_for_it_tells_the_workers_to_drain_first() -> None:
    assert words("KillMode") == ["mixed"]


def test_a_reload_checks_the_file_and_then_tells_the_main_process() -> None:
    assert words("ExecReload") == ["/opt/aihub/bin/aihub check", "/bin/kill -HUP $MAINPID"]
    assert "check" in cli.COMMANDS


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed (Debian: systemd)")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / FILE.name).write_text(UNIT.replace("/opt/aihub/bin/aihub", str(AIHUB)))
    done = subprocess.run(["systemd-analyze", "verify", tmp_path / FILE.name], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
