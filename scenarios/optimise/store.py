# SPDX-License-Identifier: MIT
"""A search's folder: plan, journal, result folders of designs, records of their ends.

The result folders are the truth, as in a sweep: a design is known by the content of its scenario,
and what is finished, failed or pruned is written beside its result before the journal hears of it.
The journal holds which designs were asked for. A trial whose worker died is therefore settled from
what is there, or taken up again by another, and none is run or counted twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scenarios.errors import ScenarioError
from scenarios.folder import write_atomically
from scenarios.optimise.journal import NAME as JOURNAL
from scenarios.optimise.journal import mend_journal, open_journal, open_study
from scenarios.optimise.load import LoadedSearch, with_scenario
from scenarios.optimise.records import TrialRecord, trial_records
from scenarios.optimise.space import space_of
from scenarios.optimise.study import Search
from scenarios.summary import Summary
from scenarios.sweep.cases import Case
from scenarios.sweep.store import (
    Plan,
    Status,
    StudyFolder,
    is_held,
    is_locked,
    refuse_filled,
)

SCHEMA = "solespine.search/1"
STALE_S = 900.0
"""A worker of another machine that has given no sign for so long, and holds no lock, is dead."""
SIGN_S = 20.0
"""Between two signs of a worker."""
FOLDERS = ("cases", "failures", "workers", "pruned")
SAME = ("scenario", "settings", "factors", "goals", "constraints")
SAME_OF_SEARCH = ("sampler", "population", "seed", "start", "pruning")
"""What may not change while a search goes on; trials, outputs, run and slurm may."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """Why a run was ended early.

    Attributes:
        reason: one line.
        percent: of stance.
        violations: the least of each constraint, by name.
    """

    reason: str
    percent: float
    violations: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SearchPlan(Plan):
    """What a search's folder was made for.

    Attributes:
        digest: content hash of the base scenario.
    """

    digest: str = ""

    def search(self) -> Search:
        """The study as it was validated."""
        return Search.model_validate(self.study, strict=False)

    def loaded(self, *, as_it_was: bool = True) -> LoadedSearch:
        """The study with its base scenario read again.

        Args:
            as_it_was: refuse a base that was changed since; to look at results it may be.

        Raises:
            ScenarioError: the base cannot be read any more, or is another now.
        """
        found = with_scenario(self.search(), self.where, Path(self.base))
        if as_it_was and found.digest != self.digest:
            raise ScenarioError(
                self.where,
                "scenario",
                "the base scenario or its input files are not what they were",
                allowed="solespine optimise STUDY --extend",
            )
        return found


class SearchFolder(StudyFolder):
    """The folder of one search.

    Args:
        path: the folder.
    """

    def plan(self) -> SearchPlan:
        """Read the plan.

        Raises:
            ScenarioError: no search's folder, or one of another version.
        """
        path = self.path / "plan.json"
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ScenarioError(str(self.path), "", "is no search's folder") from None
        except (OSError, ValueError) as error:
            raise ScenarioError(str(path), "", f"cannot be read: {error}") from None
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ScenarioError(str(self.path), "", "holds no search", allowed=SCHEMA)
        try:
            return SearchPlan(data["study"], data["where"], data["base"], (), data["digest"])
        except KeyError:
            raise ScenarioError(str(path), "", "is damaged") from None

    def begin(self, search: LoadedSearch, *, resume: bool, extend: bool) -> tuple[SearchPlan, int]:
        """Make the folder, or take up the one that is there, and take its lock.

        Args:
            search: validated.
            resume: go on with a search that was begun.
            extend: begin another search in the folder; results of designs that both have are kept.

        Returns:
            The plan, and how many damaged lines of the journal were dropped.

        Raises:
            ScenarioError: a folder that holds something else or another search, a search that was
                begun while neither flag is set, or one that another command runs. Nothing is
                written.
        """
        data = search.study.model_dump(
            mode="json", exclude_none=True, exclude={"design", "compare"}
        )
        plan = SearchPlan(data, search.where, str(search.loaded.base), (), search.digest)
        self._check_search(plan, resume=resume, extend=extend)
        dropped = 0
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            other = self._check_search(plan, resume=resume, extend=extend)
            for name in FOLDERS:
                (self.path / name).mkdir(exist_ok=True)
            if other:
                self._put_aside()
            write_atomically(self.path / "plan.json", _plan_text(plan))
            dropped = mend_journal(self.path)
            self._clear_workers()
            self._open_first(search)
        except OSError as error:
            self.release()
            problem = f"cannot be written: {error.strerror}"
            raise ScenarioError(str(self.path), "", problem) from None
        except ScenarioError:
            self.release()
            raise
        return plan, dropped

    def case_of(self, plan: Plan, digest: str) -> Case | None:
        """Any design may be a case of a search."""
        return Case(0, {}, digest) if digest else None

    def trials(self, plan: SearchPlan) -> tuple[TrialRecord, ...]:
        """All trials that count, as the journal has them."""
        if not (self.path / JOURNAL).is_file():
            return ()
        space = space_of(plan.search().factors)
        storage = open_journal(self.path, shared=False)  # it is only read
        try:
            return tuple(trial_records(open_study(storage, None, None), space))
        except KeyError:  # a command that was killed before it made the study
            return ()

    def statuses(self, plan: Plan) -> Iterator[tuple[Case, Status]]:
        """Every trial that was asked for with its status, and those that still may be."""
        assert isinstance(plan, SearchPlan)
        found = self.trials(plan)
        for record in found:
            yield record.case, self.trial_status(record)
        for number in range(len(found) + 1, plan.search().search.trials + 1):
            yield Case(number, {}, ""), "waiting"

    def trial_status(self, record: TrialRecord) -> Status:
        """How a trial stands now; one whose worker is gone waits for another."""
        if record.status != "running":
            return record.status
        busy = bool(record.digest) and is_locked(self.case_path(record.case))
        return "running" if busy or self.is_alive(record.worker) else "waiting"

    def look(self, case: Case) -> tuple[Status, Summary | None]:
        """How a design stands now, with the result of a finished one."""
        status, summary = super().look(case)
        if status in ("waiting", "failed") and self.pruned(case) is not None:
            return "pruned", None
        return status, summary

    def pruned(self, case: Case) -> Pruned | None:
        """Why a design's run was ended early, where it was."""
        try:
            data = json.loads(self._pruned_path(case).read_text(encoding="utf-8"))
            violations = {str(k): float(v) for k, v in data["violations"].items()}
            return Pruned(str(data["reason"]), float(data["percent"]), violations)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def note_pruned(self, case: Case, pruned: Pruned) -> None:
        """Keep why a design's run was ended early."""
        write_atomically(self._pruned_path(case), json.dumps(asdict(pruned), indent=2) + "\n")

    def sign_on(self, worker: str) -> Signs:
        """Let others see that a worker lives, until its process ends."""
        return Signs(self._sign_path(worker))

    def is_alive(self, worker: str) -> bool:
        """Whether a worker lives, as far as can be seen from here."""
        path = self._sign_path(worker)
        try:
            host = path.read_text(encoding="utf-8").strip()
            last = path.stat().st_mtime
        except OSError:
            return False
        if not worker or host == socket.gethostname():
            return is_held(path)
        # The clock is that of the file system, which all nodes share.
        probe = self.path / "workers" / f".now-{socket.gethostname()}-{os.getpid()}"
        probe.touch()
        now = probe.stat().st_mtime
        probe.unlink(missing_ok=True)
        return is_held(path) or now - last < STALE_S

    def _sign_path(self, worker: str) -> Path:
        return self.path / "workers" / f".{worker}.sign"

    def _pruned_path(self, case: Case) -> Path:
        return self.path / "pruned" / f"{case.folder}.json"

    def _check_search(self, plan: SearchPlan, *, resume: bool, extend: bool) -> bool:
        """Whether the folder holds another search that this one may replace."""
        where = str(self.path)
        if (self.path / "plan.json").exists():
            before = self.plan()
            if not (resume or extend):
                raise ScenarioError(
                    where, "", "holds a search that was begun", allowed="--resume, or another -o"
                )
            changed = _difference(before, plan)
            if changed and not extend:
                raise ScenarioError(
                    where,
                    "",
                    f"was made by another search: {changed}",
                    allowed="--extend (a new search; designs that both have are not run again), "
                    "or another -o",
                )
            return bool(changed)
        refuse_filled(self.path, FOLDERS, "search")
        return False

    def _put_aside(self) -> None:
        """Keep the journal of the search before; what was pruned for its goals is open again."""
        journal = self.path / JOURNAL
        if journal.is_file():
            count = len(list(self.path.glob("journal-*.log"))) + 1
            journal.replace(self.path / f"journal-{count}.log")
        for path in (self.path / "pruned").glob("*.json"):
            path.unlink(missing_ok=True)

    def _clear_workers(self) -> None:
        """Clear what workers left that are no more; see `StudyFolder` on those of Slurm."""
        for path in (self.path / "workers").iterdir():
            if path.name.startswith("slurm-"):
                case = Case(0, {}, path.read_text(encoding="ascii", errors="replace"))
                if case.digest and self.status(case) == "waiting":
                    self.note_lost_worker(case, f"its worker {path.name} was killed")
            if not is_held(path):  # else of one that ends after its step
                path.unlink(missing_ok=True)

    def _open_first(self, search: LoadedSearch) -> None:
        """Make the study with its first designs, where it is not there yet."""
        from optuna.trial import TrialState

        from scenarios.optimise.journal import id_of
        from scenarios.optimise.records import START, WORKER

        directions = [f"{goal.direction[:-3]}ize" for goal in search.study.goals]
        storage = open_journal(self.path, shared=False)
        study = open_study(storage, directions, None)
        for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            if WORKER not in trial.user_attrs:  # whoever made it is no more
                storage.set_trial_user_attr(id_of(storage, trial.number), WORKER, "")
        there = sum(START in trial.user_attrs for trial in study.get_trials(deepcopy=False))
        for place, design in enumerate(search.study.search.start[there:], start=there):
            study.enqueue_trial(search.space.parameters(design), user_attrs={START: place})


class Signs:
    """The signs of life of one worker: a lock that goes with its process, and a time.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = path.open("w", encoding="utf-8")
        self._stream.write(socket.gethostname())
        self._stream.flush()
        fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._end = threading.Event()
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        while not self._end.wait(SIGN_S):
            try:
                self._path.touch()
            except OSError:
                return

    def sign_off(self) -> None:
        """End them."""
        self._end.set()
        self._path.unlink(missing_ok=True)
        self._stream.close()


def _difference(before: SearchPlan, after: SearchPlan) -> str:
    for key in SAME:
        if before.study.get(key) != after.study.get(key):
            return f"{key} differs"
    old, new = before.study.get("search", {}), after.study.get("search", {})
    for key in SAME_OF_SEARCH:
        if old.get(key) != new.get(key):
            return f"search.{key} differs"
    if before.digest != after.digest:
        return "the base scenario or its input files differ"
    return ""


def _plan_text(plan: SearchPlan) -> str:
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "where": plan.where,
        "base": plan.base,
        "digest": plan.digest,
        "study": plan.study,
    }
    return json.dumps(data, indent=1, ensure_ascii=False, default=str) + "\n"
