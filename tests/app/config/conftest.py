from collections.abc import Callable
from pathlib import Path

import pytest

from app.config.document import Document, read_document

Write = Callable[..., Document]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and reads it: `write("a: ${X}", X="1")`."""

    def written(text: str, **environ: str) -> Document:
        file = tmp_path / "aihub.yaml"
        file.write_text(text, encoding="utf-8", newline="")
        return read_document(file, environ)

    return written
