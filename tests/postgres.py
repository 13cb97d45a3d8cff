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
from pathlib import Path

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
MISSING = "PostgreSQL's binaries are not installed (Debian: postgresql)"


class Cluster:
    """Stopped and started again, its databases are still there: they are written to memory only, which outlives the server."""

    def __init__(self, binaries: Path, directory: Path, as_user: list[str]) -> None:
        self.binaries = binaries
        self.directory = directory
        self._as_user = as_user
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        settings = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=50"]
        command = [*self._as_user, self.binaries / "postgres", "-D", self.directory / "data", "-k", self.directory, *settings]
        with (self.directory / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.directory)
        deadline = time.monotonic() + 30
        while not self._ready():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.directory / "log").read_text())
            time.sleep(0.05)

    def stop(self) -> None:
        """At once; connections are cut."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(20)
            self._server = None

    def _ready(self) -> bool:
        try:
            self.run("pg_isready")
        except subprocess.CalledProcessError:
            return False
        return True

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
    made = Cluster(binaries, directory, as_user)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
