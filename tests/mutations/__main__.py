# SPDX-License-Identifier: MIT
"""Break each mechanism on purpose and see that a test fails.

    ./env/run python -m tests.mutations              # all of them
    ./env/run python -m tests.mutations friction     # those whose mechanism has this word
    ./env/run python -m tests.mutations --new        # those that the record does not have yet

The changes stand in the ``.toml`` files beside this one. Each is made in a copy of the project, so
that a checkout is never left broken. What noticed it goes to ``docs/evidence/mutations.json``.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOUND = PROJECT / "docs" / "evidence" / "mutations.json"
COPIED = ("simulator", "materials", "meshes", "scenarios", "benchmarks", "tests", "pyproject.toml")
LIMIT_S = 900.0


def copy_project(to: Path) -> None:
    """What tests need of the project."""
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, to / name)


def failing(folder: Path, tests: str) -> list[str]:
    """Names of the tests that fail in a copy of the project."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    result = subprocess.run(
        [*command, *shlex.split(tests)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if result.returncode not in (0, 1):
        raise RuntimeError(
            f"{tests}: pytest ended with {result.returncode}\n{result.stdout[-2000:]}"
        )
    return re.findall(r"^(?:FAILED|ERROR) \S*?([\w\[\]<>. ,-]+?)(?: - .*)?$", result.stdout, re.M)


def noticed(row: dict[str, str]) -> list[str]:
    """Tests that notice one change.

    Raises:
        ValueError: The text to be changed is not in the file, or there more than once.
    """
    with tempfile.TemporaryDirectory(prefix="solespine-mutation-") as scratch:
        folder = Path(scratch)
        copy_project(folder)
        path = folder / row["file"]
        text = path.read_text(encoding="utf-8")
        if text.count(row["old"]) != 1:
            raise ValueError(
                f"{row['file']}: {row['old']!r} stands there {text.count(row['old'])} times"
            )
        path.write_text(text.replace(row["old"], row["new"]), encoding="utf-8")
        return failing(folder, row["tests"])


def main() -> int:
    """Try all changes, or those that were asked for."""
    parser = argparse.ArgumentParser(prog="tests.mutations")
    parser.add_argument("word", nargs="?", default="", help="of the mechanisms to break")
    parser.add_argument("--new", action="store_true", help="only those without a record")
    given = parser.parse_args()
    rows = [
        row
        for path in sorted(Path(__file__).parent.glob("*.toml"))
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["mutation"]
    ]
    kept = json.loads(FOUND.read_text())["mutations"] if FOUND.exists() else []
    found = {row["mechanism"]: row for row in kept}
    missed = 0
    for row in rows:
        known = found.get(row["mechanism"], {}).get("change") == row["change"]
        if given.word not in row["mechanism"] or (given.new and known):
            continue
        tests = noticed(row)
        missed += not tests
        print(
            f"{'noticed by ' + ', '.join(tests) if tests else 'NOT NOTICED'}: {row['mechanism']}",
            flush=True,
        )
        found[row["mechanism"]] = {
            "mechanism": row["mechanism"],
            "file": row["file"],
            "change": row["change"],
            "noticed": ", ".join(f"`{test}`" for test in tests) or "**nothing**",
        }
        _record([found[row["mechanism"]] for row in rows if row["mechanism"] in found])
    return 1 if missed else 0


def _record(listed: list[dict[str, str]]) -> None:
    """Keep what is found so far."""
    FOUND.parent.mkdir(parents=True, exist_ok=True)
    FOUND.write_text(json.dumps({"mutations": listed}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
