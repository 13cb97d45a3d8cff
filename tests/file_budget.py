"""No hand-written file above 400 lines: a longer one holds two ideas. `python -m tests.file_budget`"""

import subprocess
import sys
from pathlib import Path

LIMIT = 400
SUFFIXES = {".py", ".ts", ".tsx", ".js", ".css", ".html"}
GENERATED = ("piccolo_migrations/",)


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    files = [name for name in listed if Path(name).suffix in SUFFIXES and not name.startswith(GENERATED) and Path(name).exists()]
    long = [(name, lines) for name in files if (lines := Path(name).read_text().count("\n")) > LIMIT]
    for name, lines in long:
        sys.stderr.write(f"{name}: {lines} lines, {LIMIT} are allowed: name its second idea and move it out\n")
    sys.stdout.write(f"{len(files)} files within {LIMIT} lines\n" if not long else "")
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())
