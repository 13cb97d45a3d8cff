"""A throwaway PostgreSQL cluster for the tests: a socket in a temporary directory, no port, no durability."""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
MISSING = "PostgreSQL's binaries are not installed (Debian: postgresql)"


@dataclass(frozen=True)
class Cluster:
    binaries: Path
    directory: Path
    server: subprocess.Popen[bytes]

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{secrets.token_hex(6)}"
        self.run("createdb", name)
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://aihub@/{name}?host={self.directory}"

    def run(self, program: str, *arguments: str) -> str:
        command = [self.binaries / program, "-h", self.directory, "-U", "aihub", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def installed() -> bool:
    return bool(BINARIES)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """PostgreSQL refuses to run as root: then it runs as the user `postgres`, or `nobody`."""
    directory = Path(tempfile.mkdtemp(prefix="aihub-pg-"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        user = _unprivileged()
        shutil.chown(directory, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    binaries, data = BINARIES[-1].parent, directory / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "aihub", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run([*as_user, *initdb], check=True, capture_output=True, cwd=directory)
    settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50"]
    log = (directory / "log").open("wb")
    server = subprocess.Popen(
        [*as_user, binaries / "postgres", "-D", data, "-k", directory, *settings],
        stdout=log,
        stderr=log,
        cwd=directory,
    )
    try:
        made = Cluster(binaries, directory, server)
        _wait_until_ready(made)
        yield made
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(20)
        log.close()
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _wait_until_ready(made: Cluster) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            made.run("pg_isready")
            return
        except subprocess.CalledProcessError:
            if made.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((made.directory / "log").read_text()) from None
            time.sleep(0.05)
