# SPDX-License-Identifier: MIT
"""A study's folder: plan, result folders of cases, records of failures.

The result folders are the truth: a case is finished when its ``summary.json`` says so, which is
written last and by rename. Nothing else must survive for a study to be taken up again, so that a
killed driver, worker or machine loses no finished case and repeats none.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from scenarios.errors import ScenarioError
from scenarios.folder import read_manifest, write_atomically
from scenarios.lock import FolderLock
from scenarios.summary import Summary, read_summary
from scenarios.sweep.cases import Case, LoadedStudy, study_cases

SCHEMA = "solespine.study/1"
Status = Literal["finished", "failed", "refused", "running", "waiting", "pruned"]
MOST_ATTEMPTS = 2
"""A case whose worker dies is begun so often; a run that was killed goes on from its checkpoint."""
STATUSES: tuple[Status, ...] = ("finished", "failed", "refused", "running", "waiting")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case did not finish.

    Attributes:
        reason: one line.
        attempts: how often it was begun.
        final: whether it is not to be tried again.
    """

    reason: str
    attempts: int
    final: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a study's folder was made for.

    Attributes:
        study: the study as plain data.
        where: its file.
        base: folder that its paths refer to.
        cases: in the order of the design.
    """

    study: Mapping[str, Any]
    where: str
    base: str
    cases: tuple[Case, ...]

    @property
    def distinct(self) -> tuple[Case, ...]:
        """Cases to compute: not refused, each content once."""
        found: dict[str, Case] = {}
        for case in self.cases:
            if case.digest:
                found.setdefault(case.digest, case)
        return tuple(found.values())


class StudyFolder:
    """The folder of one study.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = FolderLock(path)
        self._finished: set[str] = set()

    def case_path(self, case: Case) -> Path:
        """Result folder of a case."""
        return self.path / "cases" / case.folder

    def plan(self) -> Plan:
        """Read the plan.

        Raises:
            ScenarioError: no study's folder, or one of another version.
        """
        try:
            data = json.loads((self.path / "plan.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ScenarioError(str(self.path), "", "is no study's folder") from None
        except (OSError, ValueError) as error:
            raise ScenarioError(
                str(self.path / "plan.json"), "", f"cannot be read: {error}"
            ) from None
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ScenarioError(str(self.path), "", "is of another version", allowed=SCHEMA)
        try:
            cases = tuple(Case(**case) for case in data["cases"])
            return Plan(data["study"], data["where"], data["base"], cases)
        except (KeyError, TypeError):
            raise ScenarioError(str(self.path / "plan.json"), "", "is damaged") from None

    def prepare(self, loaded: LoadedStudy, *, resume: bool, extend: bool) -> Plan:
        """Make the folder, or take up the one that is there, and take its lock.

        The lock goes with this process: who writes a study's folder is one command at a time,
        `release` gives it back.

        Args:
            loaded: the study.
            resume: go on with a study that was begun.
            extend: go on with another study than the folder was made for; finished cases
                that both have are kept.

        Raises:
            ScenarioError: a folder that holds something else or another study, a study that was
                begun while neither flag is set, one that another command runs, or one without
                any case that can be computed. Nothing is written.
        """
        plan = planned(loaded)
        if not plan.distinct:
            raise ScenarioError(
                loaded.where, "", f"no case can be computed; {plan.cases[0].refusal}"
            )
        self._check(plan, resume=resume, extend=extend)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            self._check(plan, resume=resume, extend=extend)
            for name in ("cases", "failures", "workers"):
                (self.path / name).mkdir(exist_ok=True)
            write_atomically(self.path / "plan.json", _plan_text(plan))
        except OSError as error:
            self.release()
            problem = f"cannot be written: {error.strerror}"
            raise ScenarioError(str(self.path), "", problem) from None
        except ScenarioError:
            self.release()
            raise
        self._note_lost_workers(plan)
        return plan

    def case_of(self, plan: Plan, digest: str) -> Case | None:
        """The case of that content."""
        return next((case for case in plan.distinct if case.digest == digest), None)

    def note_lost_worker(self, case: Case, reason: str) -> None:
        """Add an attempt that ended its worker; the last one that is allowed is final."""
        before = self.failure(case)
        attempts = 1 + (before.attempts if before else 0)
        self.note_failure(case, reason, final=attempts >= MOST_ATTEMPTS)

    def _note_lost_workers(self, plan: Plan) -> None:
        """Clear records of workers that are no more.

        One that was killed with its driver says nothing against its case. A job of Slurm has no
        driver that would have noted its end: only its case can have ended it.
        """
        for record in (self.path / "workers").iterdir():
            case = self.case_of(plan, record.read_text(encoding="ascii", errors="replace"))
            record.unlink(missing_ok=True)
            if record.name.startswith("slurm-") and case and self.status(case) == "waiting":
                self.note_lost_worker(case, f"its worker {record.name} was killed")

    def release(self) -> None:
        """Give the lock of `prepare` back."""
        self._lock.release()

    def _check(self, plan: Plan, *, resume: bool, extend: bool) -> None:
        where = str(self.path)
        if (self.path / "plan.json").exists():
            before = self.plan()
            if not (resume or extend):
                raise ScenarioError(
                    where, "", "holds a study that was begun", allowed="--resume, or another -o"
                )
            if _content(before) != _content(plan) and not extend:
                raise ScenarioError(
                    where,
                    "",
                    f"was made by another study: {_difference(before, plan)}",
                    allowed="--extend (finished cases that both have are kept), or another -o",
                )
            return
        refuse_filled(self.path, ("cases", "failures", "workers"), "study")

    def status(self, case: Case) -> Status:
        """How a case stands now."""
        # What is finished stays so; it is read once, for there may be thousands.
        return "finished" if case.digest in self._finished else self.look(case)[0]

    def look(self, case: Case) -> tuple[Status, Summary | None]:
        """How a case stands now, with the result of a finished one."""
        if not case.digest:
            return "refused", None
        # The lock before the result: it may end in between.
        running = is_locked(self.case_path(case))
        summary = self.summary(case)
        if summary is not None:
            self._finished.add(case.digest)
            return "finished", summary
        if running:
            return "running", None
        failure = self.failure(case)
        return ("failed" if failure is not None and failure.final else "waiting"), None

    def summary(self, case: Case) -> Summary | None:
        """The result of a finished case."""
        path = self.case_path(case)
        if not (path / "summary.json").is_file():
            return None
        if read_manifest(path).get("scenario_sha256") != case.digest:
            return None
        try:
            found = read_summary(path)
        except ScenarioError:
            return None
        return found if found.converged else None

    def failure(self, case: Case) -> Failure | None:
        """Why a case did not finish, where it was tried."""
        try:
            data = json.loads(self._failure_path(case).read_text(encoding="utf-8"))
            return Failure(str(data["reason"]), int(data["attempts"]), bool(data["final"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note_failure(self, case: Case, reason: str, *, final: bool) -> None:
        """Add an attempt that failed."""
        before = self.failure(case)
        failure = Failure(reason, 1 + (before.attempts if before else 0), final)
        write_atomically(self._failure_path(case), json.dumps(asdict(failure), indent=2) + "\n")

    def forget_failures(self) -> None:
        """Let failed cases be tried again."""
        for path in (self.path / "failures").glob("*.json"):
            path.unlink(missing_ok=True)

    def is_driven(self) -> bool:
        """Whether a command that runs the study holds its lock."""
        return is_locked(self.path)

    def statuses(self, plan: Plan) -> Iterator[tuple[Case, Status]]:
        """Every case with its status; cases of one content are looked at once."""
        known: dict[str, Status] = {}
        for case in plan.cases:
            if case.digest not in known or not case.digest:
                known[case.digest] = self.status(case)
            yield case, known[case.digest]

    def _failure_path(self, case: Case) -> Path:
        return self.path / "failures" / f"{case.folder}.json"


def planned(loaded: LoadedStudy) -> Plan:
    """The plan of a study."""
    data = loaded.study.model_dump(mode="json", exclude_none=True)
    return Plan(data, loaded.where, str(loaded.base), study_cases(loaded))


def is_locked(folder: Path) -> bool:
    """Whether a run holds the lock of a result folder."""
    return is_held(folder / FolderLock.NAME)


def is_held(path: Path) -> bool:
    """Whether a process holds the lock of a file.

    Looking takes the lock for an instant, shared, so that two who look do not see each other.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)  # else: no locks on this file system
    finally:
        os.close(descriptor)
    return False


def refuse_filled(path: Path, own: Collection[str], what: str) -> None:
    """Refuse a folder with anything but what a command that was killed as it began has left.

    Args:
        path: folder of a study or a search to be.
        own: names of the folders in it.
        what: it holds no such thing.

    Raises:
        ScenarioError: something else is there, or the folder cannot be read.
    """
    try:
        names = {entry.name for entry in path.iterdir()} if path.exists() else set()
    except OSError as error:
        raise ScenarioError(str(path), "", f"cannot be read: {error.strerror}") from None
    if names - {FolderLock.NAME, ".plan.json.new", *own}:
        raise ScenarioError(
            str(path), "", f"is not empty and holds no {what}", allowed="a new folder for -o"
        )


def _content(plan: Plan) -> str:
    """What two plans must share: the cases and their order, not how they are run."""
    rows = [(case.digest, sorted(case.values.items(), key=str)) for case in plan.cases]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def _difference(before: Plan, after: Plan) -> str:
    for key in ("scenario", "settings", "factors", "compare", "design"):
        if before.study.get(key) != after.study.get(key):
            return f"{key} differs"
    return "the base scenario or its input files differ"


def _plan_text(plan: Plan) -> str:
    cases = [asdict(case) for case in plan.cases]
    data = {
        "schema": SCHEMA,
        "where": plan.where,
        "base": plan.base,
        "study": plan.study,
        "cases": cases,
    }
    return json.dumps(data, indent=1, ensure_ascii=False, default=str) + "\n"
