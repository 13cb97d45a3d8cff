"""Settlements that could not be posted, in a file: whatever becomes of this process, they are not lost."""

import logging
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from pipeline.billing.charge import Settlement

log = logging.getLogger("aihub.ledger")

SUFFIX = ".settlements"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Settlement).decode


class Spool:
    """A worker's own file in `folder`, one settlement a line; `left_over` takes up those of workers that are gone."""

    def __init__(self, folder: Path, lease: str) -> None:
        self._file = folder / f"{lease}{SUFFIX}"

    def write(self, settlements: Iterable[Settlement]) -> None:
        """Durable when it returns. Raises `OSError`."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, b"".join(_encode(each) + b"\n" for each in settlements))
            os.fsync(handle)
        finally:
            os.close(handle)

    def clear(self) -> None:
        """Everything in it has been posted."""
        self._file.unlink(missing_ok=True)

    def left_over(self, seconds: float) -> list[tuple[Path, list[Settlement]]]:
        """The other files that nobody has written to for so long, with what can be read of them."""
        before = time.time() - seconds
        files = sorted(self._file.parent.glob(f"*{SUFFIX}"))
        return [(file, list(_read(file))) for file in files if file != self._file and file.stat().st_mtime < before]


def _read(file: Path) -> Iterator[Settlement]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        try:
            yield _decode(line)
        except msgspec.DecodeError:
            # The last line of a process that was killed while it wrote; its charge is void then, by its lease.
            log.warning("%s, line %d: a settlement that cannot be read is left out", file, number)
