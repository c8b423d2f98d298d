# SPDX-License-Identifier: MIT
"""Foot contacts from vertical force, choice of a stance, its stride, the body-mass check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.errors import GaitError
from scenarios.gait.forces import STANDARD_GRAVITY, FootForce, GroundForces

Array = NDArray[np.float64]

CONTACT_N = 20.0
"""Vertical force that begins and ends a contact."""
LIFTED_N = 10.0
"""Force below which the foot must fall before another contact can begin."""
SHORTEST_S = 0.2
LONGEST_S = 2.0
LOWEST_PEAK = 0.5
"""Smallest peak of a stance, in body weights."""
STANCE_SHARE = 0.62
"""Stance over stride in walking, used where the file holds no whole stride (Perry, Gait
Analysis: 60-62 %)."""
MASS_WARNING, MASS_REFUSAL = 0.05, 0.30


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a foot with the ground.

    Attributes:
        start_s: first rise above ``CONTACT_N``, interpolated.
        end_s: fall below it, interpolated.
        complete: whether both lie inside the record.
        peak_n: largest vertical force.
    """

    start_s: float
    end_s: float
    complete: bool
    peak_n: float

    @property
    def duration_s(self) -> float:
        """Time from contact to toe-off."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Stride:
    """The stride to which a stance belongs.

    Attributes:
        start_s: contact from which it is counted.
        duration_s: to the next contact of the same foot.
        measured: whether the file holds it; else it is estimated from the stance.
    """

    start_s: float
    duration_s: float
    measured: bool


def find_contacts(foot: FootForce) -> tuple[Contact, ...]:
    """Contacts in the order of time, by force threshold with hysteresis."""
    time, force = foot.time_s, foot.force_n[:, 1]
    contacts = []
    first: int | None = 0 if force[0] > LIFTED_N else None
    armed = first is None
    for i in range(len(force)):
        if first is None and armed and force[i] > CONTACT_N:
            first = i
        elif first is not None and force[i] < LIFTED_N:
            contacts.append((first, i, first > 0))
            first, armed = None, True
    if first is not None:
        contacts.append((first, len(force) - 1, False))
    return tuple(_contact(time, force, *c) for c in contacts)


def _contact(time: Array, force: Array, first: int, last: int, complete: bool) -> Contact:
    start, end = float(time[first]), float(time[last])
    if first > 0:
        start = _crossing(time, force, first - 1)
    above = np.flatnonzero(force[first : last + 1] > CONTACT_N)
    peak = float(force[first : last + 1].max())
    if above.size:
        fall = first + int(above[-1])
        end = _crossing(time, force, fall) if fall < len(force) - 1 else float(time[fall])
    return Contact(start, end, complete, peak)


def _crossing(time: Array, force: Array, i: int) -> float:
    part = (CONTACT_N - force[i]) / (force[i + 1] - force[i])
    return float(time[i] + part * (time[i + 1] - time[i]))


def stances(contacts: Sequence[Contact], body_mass_kg: float) -> tuple[Contact, ...]:
    """The complete contacts that can be a walking stance, in the order of time."""
    least = LOWEST_PEAK * body_mass_kg * STANDARD_GRAVITY
    return tuple(
        c
        for c in contacts
        if c.complete and SHORTEST_S <= c.duration_s <= LONGEST_S and c.peak_n >= least
    )


def choose_stance(
    forces: GroundForces,
    body_mass_kg: float,
    span_s: tuple[float, float],
    index: int | None,
) -> tuple[Contact, Stride]:
    """Choose the stance to analyse.

    Of the complete stances inside ``span_s`` (what the joint angles cover) the
    first whose stride the record holds too, else the first; or the one asked for.

    Args:
        forces: both feet.
        body_mass_kg: mass of the subject.
        span_s: first and last time of the joint angles.
        index: which complete stance, counted from 0; ``None`` to choose.

    Raises:
        GaitError: no stance at all, none inside ``span_s``, or no such index.
    """
    key = forces.force_key("y")
    contacts = find_contacts(forces.foot)
    found = stances(contacts, body_mass_kg)
    if not found:
        raise GaitError(
            forces.file,
            key,
            f"no complete stance: {len(contacts)} contacts above {CONTACT_N:g} N, "
            f"peaks {', '.join(f'{c.peak_n:.0f} N' for c in contacts[:6]) or 'none'}",
            allowed=f"a contact of {SHORTEST_S:g} to {LONGEST_S:g} s with its beginning and end in "
            f"the record and a peak above {LOWEST_PEAK:g} body weight",
        )
    if index is not None:
        if not 0 <= index < len(found):
            raise GaitError(
                forces.file,
                "gait.stance_index",
                f"{index} asked for, {len(found)} complete stances found",
                allowed=f"0 to {len(found) - 1}",
            )
        found = (found[index],)
    slack = 0.02
    inside = [c for c in found if span_s[0] <= c.start_s + slack and c.end_s <= span_s[1] + slack]
    if not inside:
        raise GaitError(
            forces.file,
            "time",
            f"joint angles cover {span_s[0]:.3g} to {span_s[1]:.3g} s, no stance lies inside; "
            "stances: " + ", ".join(f"{c.start_s:.3f}-{c.end_s:.3f} s" for c in found),
        )
    strides = [(c, stride_of(c, contacts, forces.foot.time_s)) for c in inside]
    return next(((c, s) for c, s in strides if s.measured), strides[0])


def stride_of(stance: Contact, contacts: Sequence[Contact], time_s: Array) -> Stride:
    """Stride of a stance: to the next contact, else from the last one, else estimated."""
    starts = [c.start_s for c in contacts if c.start_s > time_s[0]]
    later = [s for s in starts if s > stance.end_s]
    earlier = [s for s in starts if s < stance.start_s]
    bounds = (1.2 * stance.duration_s, 2.2 * stance.duration_s)
    if later and bounds[0] <= later[0] - stance.start_s <= bounds[1]:
        return Stride(stance.start_s, later[0] - stance.start_s, True)
    if earlier and bounds[0] <= stance.start_s - earlier[-1] <= bounds[1]:
        return Stride(earlier[-1], stance.start_s - earlier[-1], True)
    return Stride(stance.start_s, stance.duration_s / STANCE_SHARE, False)


def check_body_mass(
    file: str, mean_force_n: float, body_mass_kg: float, source: str
) -> tuple[str, ...]:
    """Compare the mean vertical force over a stride with body weight.

    Args:
        file: file of the forces.
        mean_force_n: of both feet over one stride.
        body_mass_kg: mass of the subject.
        source: how the mean was formed, for the message.

    Returns:
        A warning above 5 %, else nothing.

    Raises:
        GaitError: above 30 %.
    """
    mass = mean_force_n / STANDARD_GRAVITY
    error = mass / body_mass_kg - 1.0
    said = (
        f"the mean vertical force over a stride ({source}) carries {mass:.1f} kg, "
        f"body_mass_kg is {body_mass_kg:g} ({error:+.0%})"
    )
    if abs(error) > MASS_REFUSAL:
        raise GaitError(
            file, "subject.body_mass_kg", said, allowed=f"within {MASS_REFUSAL:.0%} of the forces"
        )
    return (said,) if abs(error) > MASS_WARNING else ()
