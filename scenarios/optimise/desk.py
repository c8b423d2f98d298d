# SPDX-License-Identifier: MIT
"""Where a worker gets its designs, and tells how they ended.

One desk a worker, all on one journal. A trial ends in three steps: its end is written beside its
result (finished, failed, pruned), then noted in the journal, then told to Optuna. Whoever finds a
trial between two of them goes on from there.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from scenarios.optimise.journal import id_of, open_journal, open_study
from scenarios.optimise.judge import (
    NoSuchOutput,
    design_numbers,
    known_bounds,
    stop_reason,
    verdict,
)
from scenarios.optimise.load import LoadedSearch, design_case
from scenarios.optimise.records import (
    CASE,
    END,
    START,
    WORKER,
    has_design,
    is_counted,
)
from scenarios.optimise.running import Bound, Bounds, running_bounds
from scenarios.optimise.sampler import make_sampler
from scenarios.optimise.store import Pruned, SearchFolder
from scenarios.sweep.cases import Case, scenario_of
from scenarios.sweep.store import is_locked

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

OWNERLESS_S = 20.0
"""A trial that has had no worker's name for so long was made by one that was killed."""


class Desk:
    """Designs of one worker.

    Args:
        folder: of the search.
        search: the study, read again.
        worker: name of this worker.
        shared: whether workers of several nodes write the journal.
    """

    def __init__(
        self, folder: SearchFolder, search: LoadedSearch, worker: str, *, shared: bool
    ) -> None:
        self._folder = folder
        self._search = search
        self._worker = worker
        self._storage = open_journal(folder.path, shared=shared)
        self._study = open_study(self._storage, None, make_sampler(search.study, self._own))
        self._cases: dict[int, Case] = {}
        self._at = 0

    def next(self) -> Case | None:
        """The next design that has to be run; ``None`` when there is none for this worker.

        Trials whose end is known already are settled on the way: those of workers that died
        after the run, and designs that were run before. Where all that is left is a trial without a
        worker's name, its maker gets the time to write it.
        """
        case = self._next()
        while case is None and self._ownerless():
            time.sleep(1.0)
            case = self._next()
        return case

    def _ownerless(self) -> bool:
        return any(
            WORKER not in trial.user_attrs and not has_design(trial, self._search.space)
            for trial in self._running()
        )

    def _next(self) -> Case | None:
        for trial in self._running():
            if self._settled(trial):
                continue
            case = self._case(trial)
            if case is not None and self._is_free(trial, case) and not self._needless(trial, case):
                self._set(trial, WORKER, self._worker)
                self._at = trial.number
                return case
        while self._count() < self._search.study.search.trials or self._waiting():
            trial = self._asked()
            if trial is None:
                return None
            if not self._settled(trial):
                case = self._case(trial)
                busy = case is not None and is_locked(self._folder.case_path(case))
                if case is not None and not busy and not self._needless(trial, case):
                    self._at = trial.number
                    return case
        return None

    def settle(self) -> None:
        """Tell the ends of all trials that have one."""
        for trial in self._running():
            self._settled(trial)

    def hopeless(self, case: Case, percent: float) -> Pruned | None:
        """Whether a run need not go on, from what it has written so far.

        Args:
            case: that is run.
            percent: the instant that was written last.
        """
        if self._search.study.search.pruning == "none":
            return None
        scenario = scenario_of(self._search.loaded, case.values, f"trial {case.number}")
        bounds = known_bounds(design_numbers(scenario, None))
        bounds |= running_bounds(self._folder.case_path(case), scenario)
        beyond_median = percent > 0.0 and self._reported(bounds, percent)
        found = stop_reason(self._search.study, bounds, self._feasible())
        if found is not None:
            return Pruned(found[0], percent, found[1])
        return Pruned(beyond_median, percent, {}) if beyond_median else None

    def _needless(self, trial: FrozenTrial, case: Case) -> bool:
        """End a trial that what is known before its run rules out; whether it is."""
        pruned = self.hopeless(case, 0.0)
        if pruned is not None:
            self._folder.note_pruned(case, pruned)
            self._settled(trial)
        return pruned is not None

    def _feasible(self) -> Iterator[list[float]]:
        for trial in self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,)):
            if all(value <= 0.0 for value in trial.constraints.values()):
                yield trial.values

    def _reported(self, bounds: Bounds, percent: float) -> str:
        """Tell Optuna the running value of a single goal: what it learns of a run that is ended.

        Returns:
            Why Optuna's rule of the median would end it, where the study asks for that rule.
        """
        study = self._search.study
        bound = bounds.get(study.goals[0].key, Bound())
        value = bound.low if study.goals[0].direction == "minimise" else bound.high
        if len(study.goals) > 1 or not math.isfinite(value):
            return ""
        trial = optuna.Trial(self._study, id_of(self._storage, self._at))
        trial.report(value, round(10.0 * percent))
        if study.search.pruning != "median" or not trial.should_prune():
            return ""
        return f"{study.goals[0].key} {value:.4g} is beyond the median of the others"

    def _running(self) -> list[FrozenTrial]:
        found = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        return [trial for trial in found if is_counted(trial)]

    def _waiting(self) -> bool:
        return bool(self._study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))

    def _count(self) -> int:
        return sum(map(is_counted, self._study.get_trials(deepcopy=False)))

    def _asked(self) -> FrozenTrial | None:
        """A new trial with its design; ``None`` where another worker took the last one."""
        made = self._study.ask(self._search.space.distributions())
        trial = self._frozen(made.number)
        before = [t for t in self._study.get_trials(deepcopy=False) if t.number < trial.number]
        if sum(map(is_counted, before)) >= self._search.study.search.trials:
            self._tell(trial, "surplus", "one too many")
            return None
        return trial

    def _own(self, number: int) -> None:
        """Called when a trial is made, before its design is chosen."""
        trial = self._frozen(number)
        if not has_design(trial, self._search.space):
            self._set(trial, WORKER, self._worker)

    def _frozen(self, number: int) -> FrozenTrial:
        return self._storage.get_trial(self._id(number))

    def _case(self, trial: FrozenTrial) -> Case | None:
        """The design of a trial; ``None`` while it has none."""
        if not has_design(trial, self._search.space):
            return None
        if trial.number not in self._cases:
            number = trial.number + 1
            values = self._search.space.values(trial.params)
            case = design_case(self._search, number, values)
            if CASE not in trial.user_attrs:
                self._set(trial, CASE, {"digest": case.digest, "refusal": case.refusal})
            self._cases[trial.number] = case
        return self._cases[trial.number]

    def _is_free(self, trial: FrozenTrial, case: Case) -> bool:
        """Whether nobody has a trial that was begun."""
        if is_locked(self._folder.case_path(case)):
            return False
        owner = trial.user_attrs.get(WORKER, "")
        return owner == self._worker or not self._folder.is_alive(owner)

    def _settled(self, trial: FrozenTrial) -> bool:
        """Tell the end of a trial, if there is one; whether there is."""
        case = self._case(trial)
        if case is None:
            return self._lost(trial)
        if not case.digest:
            return self._tell(trial, "refused", case.refusal)
        status, summary = self._folder.look(case)
        if status == "failed":
            failure = self._folder.failure(case)
            return self._tell(trial, "failed", failure.reason if failure else "")
        if status == "pruned":
            pruned = self._folder.pruned(case)
            return pruned is not None and self._tell(
                trial, "pruned", pruned.reason, percent=pruned.percent, violations=pruned.violations
            )
        if summary is None:
            return False
        scenario = scenario_of(self._search.loaded, case.values, f"trial {case.number}")
        try:
            found = verdict(self._search.study, design_numbers(scenario, summary))
        except NoSuchOutput as error:
            return self._tell(trial, "failed", f"its summary has no {error}")
        return self._tell(
            trial, "finished", "", violations=dict(found.violations), goals=list(found.goals)
        )

    def _lost(self, trial: FrozenTrial) -> bool:
        """End a trial whose worker died before its design was chosen; its place is free again."""
        owner = trial.user_attrs.get(WORKER)
        if owner is not None:
            # One of this worker is of a life before: a job that was queued again keeps its name.
            gone = owner == self._worker or not self._folder.is_alive(owner)
        else:
            begun = trial.datetime_start or datetime.now()
            gone = (datetime.now() - begun).total_seconds() > OWNERLESS_S
        if not gone:
            return False
        mark = self._folder.path / "workers" / f".lost-{trial.number}"
        fixed: dict[str, Any] = trial.system_attrs.get("fixed_params", {})
        if START in trial.user_attrs and _is_first(mark):
            attributes = {START: trial.user_attrs[START]}
            self._study.enqueue_trial(fixed, user_attrs=attributes)
        return self._tell(trial, "lost", "its worker ended before a design was chosen")

    def _tell(
        self,
        trial: FrozenTrial,
        status: str,
        reason: str,
        *,
        goals: list[float] | None = None,
        violations: Any = None,
        percent: float | None = None,
    ) -> bool:
        end = {"status": status, "reason": reason, "violations": violations, "percent": percent}
        state = {"finished": TrialState.COMPLETE, "pruned": TrialState.PRUNED}.get(
            status, TrialState.FAIL
        )
        try:
            self._set(trial, END, end)
            if violations:
                told = optuna.Trial(self._study, self._id(trial.number))
                for name in violations.keys() - trial.constraints.keys():
                    told.set_constraint(name, violations[name])
            self._study.tell(trial.number, goals, state=state, skip_if_finished=True)
        except UpdateFinishedTrialError:
            pass  # another worker was faster, with the same end
        return True

    def _set(self, trial: FrozenTrial, key: str, value: Any) -> None:
        self._storage.set_trial_user_attr(self._id(trial.number), key, value)

    def _id(self, number: int) -> int:
        return id_of(self._storage, number)


def _is_first(mark: Path) -> bool:
    """Whether nobody has made this file before; making it is atomic on NFS too."""
    try:
        mark.open("x").close()
    except FileExistsError:
        return False
    return True
