# SPDX-License-Identifier: MIT
"""The result folder: one writer, no half results taken for whole ones.

Life of a folder: `ResultFolder.claim` takes the lock and decides what a run may
do, `ResultFolder.begin` clears what is superseded and writes ``scenario.toml``
and ``manifest.json``, rows and fields follow, and `ResultFolder.finish` writes
``summary.json`` last, by rename. Until `begin` nothing of an older result is
touched, and `ResultFolder.release` without `begin` leaves no trace.

Only rank 0 owns the folder's text; on other ranks every method does nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Literal

from scenarios.errors import ScenarioError
from scenarios.lock import FolderLock
from scenarios.summary import Summary, read_summary, summary_text

Mode = Literal["new", "resume", "overwrite"]
State = Literal["new", "resumed", "finished"]
Status = Literal["running", "finished", "not converged", "interrupted", "failed"]

MANIFEST_SCHEMA = "solespine.manifest/1"
OURS = (
    *("scenario.toml", "summary.json", "history.csv", "plantar_pressure.csv", "report.html"),
    *("run.log", "checkpoint", "figures", "fields", "calibration", "manifest.json"),
)
"""Names that a run may write; an overwrite removes these and nothing else.

The manifest, by which a folder is known as a result, comes last: an overwrite that is killed
on its way can be taken up again."""
HALF_WRITTEN = ".{}.new"
"""Name of a file while it is written."""
_HALF_WRITTEN = {HALF_WRITTEN.format(name) for name in OURS}
"""What a writer that is killed may leave behind."""


class ResultFolder:
    """A folder that one run writes.

    Args:
        path: the folder; it and its parents are made when it is claimed.
        writer: whether this rank writes, true on rank 0 only.
    """

    def __init__(self, path: Path, *, writer: bool = True) -> None:
        self.path = path
        self.writer = writer
        self._lock = FolderLock(path)
        self._made: list[Path] = []
        self._state: State = "new"
        self._begun = False
        self._log: IO[str] | None = None
        self._early_log: list[str] = []
        self._manifest: dict[str, Any] = {}

    @property
    def state(self) -> State:
        """What `claim` found: nothing of use, something to go on from, all done."""
        return self._state

    @property
    def checkpoint_path(self) -> Path:
        """Folder of the solver's checkpoints; the solver makes and fills it."""
        return self.path / "checkpoint"

    @property
    def fields_path(self) -> Path:
        """Folder of the field files."""
        return self.path / "fields"

    @property
    def figures_path(self) -> Path:
        """Folder of the pictures."""
        return self.path / "figures"

    def claim(self, mode: Mode, scenario_hash: str) -> State:
        """Take the lock and decide what this run may do with the folder.

        Args:
            mode: ``new`` refuses a result, ``resume`` goes on with one of the same
                scenario, ``overwrite`` replaces one.
            scenario_hash: content hash of the resolved scenario.

        Returns:
            ``finished`` when there is nothing left to do, ``resumed`` when a
            checkpoint may be there, else ``new``.

        Raises:
            ScenarioError: the folder holds something else, another run writes it,
                or it cannot be made. Nothing is left behind.
        """
        if not self.writer:
            return self._state
        where = str(self.path)
        check_folder(self.path, mode, scenario_hash)
        try:
            self._make()
            self._lock.acquire()
            # Looked at again under the lock: another run may have been faster.
            self._state = check_folder(self.path, mode, scenario_hash)
        except OSError as error:
            self.release()
            raise ScenarioError(
                where, "", f"cannot be written: {error.strerror}", allowed="-o DIR"
            ) from None
        except ScenarioError:
            self.release()
            raise
        return self._state

    def _make(self) -> None:
        missing = [p for p in (self.path, *self.path.parents) if not p.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            self._made.append(folder)

    def begin(self, scenario_text: str, manifest: Mapping[str, Any]) -> None:
        """Start writing: remove what is superseded, write scenario and manifest.

        A resumed run keeps history, fields and checkpoint.
        """
        if not self.writer or self._begun:
            return
        earlier = read_manifest(self.path)
        remove = OURS[:-1] if self._state == "new" else ("summary.json", "report.html")
        for name in remove:
            _remove(self.path / name)
        self._begun = True
        started = earlier.get("started", _now()) if self._state == "resumed" else _now()
        self._manifest = {"schema": MANIFEST_SCHEMA, "status": "running", "started": started}
        if self._state == "resumed":
            self._manifest["resumed"] = [*earlier.get("resumed", []), _now()]
        self._manifest.update(manifest)
        # First: what has no manifest is taken for somebody else's.
        self._write_manifest()
        write_atomically(self.path / "scenario.toml", scenario_text)
        self._log = (self.path / "run.log").open("a", encoding="utf-8")
        for line in self._early_log:
            self._log.write(line)
        self._log.flush()

    def log(self, text: str) -> None:
        """Add a line to ``run.log``; before `begin` lines are kept until then."""
        if not self.writer:
            return
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n"
        if self._log is None:
            self._early_log.append(line)
        else:
            self._log.write(line)
            self._log.flush()

    def finish(self, summary: Summary) -> None:
        """Write ``summary.json`` by rename: it is the mark of a finished run."""
        if self.writer:
            write_atomically(self.path / "summary.json", summary_text(summary))
            self.end("finished" if summary.converged else "not converged")

    def end(self, status: Status) -> None:
        """Note in the manifest how the run ended; without `begin` nothing."""
        if self.writer and self._begun:
            self._manifest["status"] = status
            self._manifest["ended"] = _now()
            self._write_manifest()

    def note_failure(self, text: str, status: Status) -> None:
        """Add to log and manifest why a run ended, as far as they can still be written."""
        with suppress(OSError):
            self.log(text)
        with suppress(OSError):
            self.end(status)

    def release(self) -> None:
        """Give the lock back; a folder that was made and never begun is removed."""
        if not self.writer:
            return
        if self._log is not None:
            with suppress(OSError):  # of lines that a full disk did not take
                self._log.close()
            self._log = None
        self._lock.release()
        if not self._begun:
            for folder in reversed(self._made):
                try:
                    folder.rmdir()
                except OSError:
                    break
        self._made = []

    def _write_manifest(self) -> None:
        text = json.dumps(self._manifest, indent=2, ensure_ascii=False)
        write_atomically(self.path / "manifest.json", text + "\n")


def check_folder(path: Path, mode: Mode, scenario_hash: str) -> State:
    """What a run may do with a folder as it is; nothing is changed.

    Raises:
        ScenarioError: a file is in the way, a result would be replaced without
            ``--overwrite``, the folder holds other things, or a resumed result
            belongs to another scenario.
    """
    where = str(path)
    try:
        if not path.exists():
            for parent in path.parents:
                if parent.exists() and not parent.is_dir():
                    raise ScenarioError(str(parent), "", "is a file", allowed="a folder for -o")
            return "new"
        if not path.is_dir():
            raise ScenarioError(where, "", "is a file", allowed="a folder for -o")
        names = {entry.name for entry in path.iterdir()} - {FolderLock.NAME, *_HALF_WRITTEN}
    except OSError as error:
        raise ScenarioError(where, "", f"cannot be read: {error.strerror}") from None
    if not names:
        return "new"
    manifest = read_manifest(path)
    if manifest.get("schema") != MANIFEST_SCHEMA:
        raise ScenarioError(
            where, "", "is not empty and holds no result", allowed="a new folder for -o"
        )
    if mode == "overwrite":
        return "new"
    finished = _is_finished(path)
    if mode == "new":
        what = "holds a result" if finished else "holds an unfinished result"
        raise ScenarioError(where, "", what, allowed="--resume, --overwrite, or another -o")
    if manifest.get("scenario_sha256") != scenario_hash:
        raise ScenarioError(
            where,
            "",
            "holds a result of another scenario",
            allowed="--resume of the same scenario, --overwrite, or another -o",
        )
    return "finished" if finished else "resumed"


def _is_finished(path: Path) -> bool:
    if not (path / "summary.json").is_file():
        return False
    try:
        return read_summary(path).converged
    except ScenarioError:
        return False


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a result folder, empty where there is none that can be read."""
    try:
        data = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def write_atomically(path: Path, text: str) -> None:
    """Write a file beside its place and rename it, so that it is whole or absent."""
    beside = path.with_name(HALF_WRITTEN.format(path.name))
    try:
        # A file name among a command's arguments need not be text.
        with beside.open("w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
