# SPDX-License-Identifier: MIT
"""Steps in a pressure record: contacts of one foot, from the sum of its sensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.gait.contacts import LONGEST_S, SHORTEST_S
from scenarios.measured.record import Insole, PressureRecord, Side

Array = NDArray[np.float64]

CONTACT_PART = 0.05
"""A contact begins and ends where the sum of all sensors crosses this part of its high level
(the 95th percentile over the record): above what a lifted foot in a shoe reads (2 %)."""
LIFTED_PART = 0.03
"""Part below which the sum must fall before another contact can begin."""
UNLIKE_PART = 0.25
"""A contact whose duration or largest sum is off the median by more is not of steady walking
(starting, turning, stopping) and is left out (engineering default)."""
LEVEL_PERCENTILE = 95.0


@dataclass(frozen=True, slots=True)
class Step:
    """One complete contact of a foot.

    Attributes:
        start_s, end_s: crossings of the threshold, interpolated between frames.
        first, last: first and last frame above the threshold.
        peak_kpa: largest sum of all sensors.
    """

    start_s: float
    end_s: float
    first: int
    last: int
    peak_kpa: float

    @property
    def duration_s(self) -> float:
        """Stance time."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps of one foot that are used, and what was left out.

    Attributes:
        used: in the order of time.
        incomplete: contacts that the record begins or ends in.
        other: contacts too short or too long for a step.
        unlike: steps of another duration or load than most.
    """

    used: tuple[Step, ...]
    incomplete: int
    other: int
    unlike: int


def find_steps(record: PressureRecord, side: Side, *, steady: bool = True) -> Steps:
    """Complete steps of one foot.

    Args:
        record: the record.
        side: the foot.
        steady: leave out steps whose duration or largest sum of all sensors is off the
            median by more than ``UNLIKE_PART``.

    Raises:
        ScenarioError: no complete step.
    """
    insole = record.insole(side)
    total = insole.pressure_kpa.sum(axis=1)
    level = float(np.percentile(total, LEVEL_PERCENTILE))
    contacts = _contacts(total, CONTACT_PART * level, LIFTED_PART * level)
    last_frame = len(total) - 1
    whole = [(a, b) for a, b in contacts if a > 0 and b < last_frame]
    found = [_step(record.time_s, total, CONTACT_PART * level, a, b) for a, b in whole]
    steps = [step for step in found if SHORTEST_S <= step.duration_s <= LONGEST_S]
    if not steps:
        raise _no_step(record, insole, total, len(contacts))
    table = np.array([(step.duration_s, step.peak_kpa) for step in steps])
    off = np.abs(table / np.median(table, axis=0) - 1.0).max(axis=1)
    used = [s for s, part in zip(steps, off, strict=True) if not steady or part <= UNLIKE_PART]
    return Steps(
        used=tuple(used),
        incomplete=len(contacts) - len(whole),
        other=len(found) - len(steps),
        unlike=len(steps) - len(used),
    )


def _contacts(total: Array, on: float, off: float) -> list[tuple[int, int]]:
    """First and last frame above ``on`` of each contact, which a fall below ``off`` ends."""
    contacts: list[tuple[int, int]] = []
    first: int | None = None
    last = 0
    for i, value in enumerate(total):
        if value > on:
            first, last = (i if first is None else first), i
        elif first is not None and value <= off:
            contacts.append((first, last))
            first = None
    if first is not None:
        contacts.append((first, len(total) - 1))
    return contacts


def _step(time_s: Array, total: Array, on: float, first: int, last: int) -> Step:
    return Step(
        start_s=_crossing(time_s, total, on, first - 1),
        end_s=_crossing(time_s, total, on, last),
        first=first,
        last=last,
        peak_kpa=float(total[first : last + 1].max()),
    )


def _crossing(time_s: Array, total: Array, on: float, i: int) -> float:
    part = (on - total[i]) / (total[i + 1] - total[i])
    return float(time_s[i] + part * (time_s[i + 1] - time_s[i]))


def _no_step(record: PressureRecord, insole: Insole, total: Array, contacts: int) -> ScenarioError:
    if total.max() <= 0.0:
        problem = "no sensor reads anything"
    else:
        problem = (
            f"no complete step: {contacts} contacts, the sum of all sensors lies between "
            f"{total.min():.0f} and {total.max():.0f} kPa"
        )
    return ScenarioError(
        record.file,
        f"{insole.side} insole",
        problem,
        allowed=f"walking with contacts of {SHORTEST_S:g} to {LONGEST_S:g} s that begin and end in "
        f"the record, less than {100 * LIFTED_PART:g} % of the sum with the foot lifted",
    )
