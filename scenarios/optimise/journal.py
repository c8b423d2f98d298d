# SPDX-License-Identifier: MIT
"""Optuna's journal of a search: one file that all workers append to.

Workers of a cluster's nodes take turns by Optuna's lock on a symbolic link, which needs nothing of
the file system but that making one is atomic; NFS has that, and has no `flock` everywhere. On one
machine the turn is the operating system's lock: it goes with a worker that is killed, where the
link would keep the others waiting for half a minute.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scenarios.errors import NotWritten, ScenarioError

if TYPE_CHECKING:
    from optuna.storages import JournalStorage
    from optuna.study import Study

    from scenarios.optimise.sampler import SeededByTrial

NAME = "journal.log"
STUDY = "search"
DAMAGED = "journal.damaged.log"
FEWEST_OF_A_MEDIAN = 3
"""Finished trials before one is compared with their median; sure losers are not among them."""


class _Turn:
    """A turn to append: the operating system's lock on a file beside the journal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def acquire(self) -> bool:
        """Wait for it."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        """Give it back."""
        os.close(self._descriptor)


def open_journal(folder: Path, *, shared: bool) -> JournalStorage:
    """The storage of a search.

    Args:
        folder: of the search.
        shared: whether workers on several nodes write it.

    Raises:
        ScenarioError: it is damaged.
    """
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock

    # The link's target is looked at from beside it: a relative path would lead nowhere.
    path = folder.resolve() / NAME
    lock = JournalFileSymlinkLock(str(path)) if shared else _Turn(path.with_name(f".{NAME}.turn"))
    try:
        return JournalStorage(JournalFileBackend(str(path), lock_obj=lock))
    except OSError as error:
        raise NotWritten(str(path), error.strerror or str(error)) from error
    except (ValueError, KeyError) as error:
        raise ScenarioError(
            str(path), "", f"is damaged: {error}", allowed="--resume, which mends it"
        ) from None


def open_study(
    storage: JournalStorage, directions: list[str] | None, sampler: SeededByTrial | None
) -> Study:
    """The study of a journal; it is made where directions are given and there is none."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    if directions is None:
        pruner = optuna.pruners.MedianPruner(n_startup_trials=FEWEST_OF_A_MEDIAN)
        return optuna.load_study(study_name=STUDY, storage=storage, sampler=sampler, pruner=pruner)
    return optuna.create_study(
        study_name=STUDY,
        storage=storage,
        sampler=sampler,
        directions=directions,
        load_if_exists=True,
    )


def id_of(storage: JournalStorage, number: int) -> int:
    """Identity of a trial in the storage."""
    study = storage.get_study_id_from_name(STUDY)
    return storage.get_trial_id_from_study_id_trial_number(study, number)


def mend_journal(folder: Path) -> int:
    """Drop what a machine that went down left half written; nobody else may write meanwhile.

    Lines from the first damaged one on go to a file beside it. Their trials are asked for again:
    they have the same seeds, and results that are there are found by their content.

    Returns:
        How many lines were dropped.
    """
    path = folder / NAME
    if not path.is_file():
        return 0
    (folder / f"{NAME}.lock").unlink(missing_ok=True)  # of a worker that was killed in its turn
    lines = path.read_bytes().splitlines(keepends=True)
    good = next((i for i, line in enumerate(lines) if not _is_whole(line)), len(lines))
    if good == len(lines):
        return 0
    with (folder / DAMAGED).open("ab") as stream:
        stream.writelines(lines[good:])
    beside = path.with_name(f".{NAME}.new")
    with beside.open("wb") as stream:
        stream.writelines(lines[:good])
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
    return len(lines) - good


def _is_whole(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and isinstance(json.loads(line), dict)
    except ValueError:
        return False
