# SPDX-License-Identifier: MIT
"""Trials as the search's journal has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scenarios.optimise.space import Space
from scenarios.sweep.cases import Case
from scenarios.sweep.store import Status

if TYPE_CHECKING:
    from optuna.study import Study
    from optuna.trial import FrozenTrial

WORKER, CASE, END, START = "worker", "case", "end", "start"
"""Attributes that a trial has in the journal."""
NOT_COUNTED = ("lost", "surplus")
"""Ends of trials that are none: its worker died before a design was chosen, or one too many."""


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """One trial.

    Attributes:
        number: from 1, in the order in which designs were asked for.
        status: as in the table; ``running`` for all that have no end yet.
        values: of the factors, by key; empty while no design is chosen.
        digest: content hash of its scenario, empty where it is refused.
        reason: why it is refused, failed or pruned.
        percent: of stance, at which it was pruned.
        goals: in the order of the study, of a finished one.
        violations: by constraint, above 0 where it is not kept; of a pruned one the least.
        worker: who has or had it.
        start: whether it is one of the designs that the study begins with.
        same_as: number of the trial before it with the same design, 0 for a new one.
        ended: when, ISO 8601, empty before.
    """

    number: int
    status: Status
    values: Mapping[str, object]
    digest: str
    reason: str = ""
    percent: float | None = None
    goals: tuple[float, ...] = ()
    violations: Mapping[str, float] | None = None
    worker: str = ""
    start: bool = False
    same_as: int = 0
    ended: str = ""

    @property
    def feasible(self) -> bool:
        """Whether it is finished and keeps all constraints."""
        violations = self.violations or {}
        return self.status == "finished" and all(value <= 0.0 for value in violations.values())

    @property
    def case(self) -> Case:
        """Its design."""
        return Case(self.number, self.values, self.digest, self.reason if not self.digest else "")


def is_counted(trial: FrozenTrial) -> bool:
    """Whether a trial is one of those that the study asks for."""
    return trial.user_attrs.get(END, {}).get("status") not in NOT_COUNTED


def has_design(trial: FrozenTrial, space: Space) -> bool:
    """Whether all its factors are chosen."""
    return all(factor.key in trial.params for factor in space.factors)


def trial_records(study: Study, space: Space) -> Iterator[TrialRecord]:
    """All trials that count, in their order."""
    first: dict[str, int] = {}
    for number, trial in enumerate(filter(is_counted, study.get_trials(deepcopy=False)), start=1):
        made = _record(trial, number, space)
        same = first.setdefault(made.digest, number) if made.digest else number
        yield replace(made, same_as=0 if same == number else same)


def _record(trial: FrozenTrial, number: int, space: Space) -> TrialRecord:
    attributes: Mapping[str, Any] = trial.user_attrs
    case, end = attributes.get(CASE, {}), attributes.get(END, {})
    # The end is noted before Optuna is told: only what it was told stands.
    over = trial.state.is_finished()
    return TrialRecord(
        number=number,
        status=end.get("status", "failed") if over else "running",
        values=space.values(trial.params) if has_design(trial, space) else {},
        digest=case.get("digest", ""),
        reason=end.get("reason", "") if over else "",
        percent=end.get("percent") if over else None,
        goals=tuple(trial.values or ()) if end.get("status") == "finished" else (),
        violations=end.get("violations") if over else None,
        worker=attributes.get(WORKER, ""),
        start=START in attributes,
        ended=trial.datetime_complete.isoformat() if trial.datetime_complete else "",
    )
