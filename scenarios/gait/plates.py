# SPDX-License-Identifier: MIT
"""Force plates and foot markers of a laboratory, turned to X forward, Y up, Z right.

The vertical is the axis of the mean force. The walking direction is that of the heel markers
over the record, else that in which the force swings from braking to propulsion, snapped to the
nearest axis of the laboratory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.foot_frame import held
from scenarios.gait.forces import FootForce
from simulator.rotations import exponential

Array = NDArray[np.float64]

CONTACT_N = 20.0
"""Vertical force above which a plate carries something and knows a centre of pressure."""
WALKED_MM = 500.0
"""Distance that markers must cover to tell a direction: less is a treadmill."""
SNAP_DEG = 25.0
"""A direction within this of an axis of the laboratory is taken for it."""


@dataclass(frozen=True, slots=True)
class Plate:
    """Readings of one force plate.

    Attributes:
        name: for messages.
        force_n: force on the foot, shape (n, 3).
        moment_nmm: about ``centre_mm``, shape (n, 3).
        centre_mm: middle of the surface, shape (3,).
    """

    name: str
    force_n: Array
    moment_nmm: Array
    centre_mm: Array

    @property
    def loaded(self) -> NDArray[np.bool_]:
        """Where something stands on it, once it is turned to Y up."""
        return self.force_n[:, 1] > CONTACT_N

    def point_mm(self) -> Array:
        """Centre of pressure in the plate's surface, NaN where nothing stands on it, (n, 3)."""
        up = np.array([0.0, 1.0, 0.0])
        vertical = np.where(self.loaded, self.force_n[:, 1], np.nan)
        return np.asarray(self.centre_mm + np.cross(up, self.moment_nmm) / vertical[:, None])


@dataclass(frozen=True, slots=True)
class Laboratory:
    """All plates and the markers of the feet.

    Attributes:
        file: where they come from.
        time_s: of the plates, shape (n,).
        plates: in the order of the file.
        marker_time_s: of the markers, shape (m,).
        markers_mm: (m, 3) by name; NaN where a marker is hidden.
        notes: what was found out.
    """

    file: str
    time_s: Array
    plates: tuple[Plate, ...]
    marker_time_s: Array
    markers_mm: Mapping[str, Array]
    notes: tuple[str, ...] = ()

    def turned(self, rotation: Array, sign: float = 1.0) -> Laboratory:
        """The same in axes that ``rotation`` leads to; forces times ``sign``."""
        return replace(
            self,
            plates=tuple(
                Plate(
                    p.name,
                    sign * p.force_n @ rotation.T,
                    sign * p.moment_nmm @ rotation.T,
                    rotation @ p.centre_mm,
                )
                for p in self.plates
            ),
            markers_mm={name: v @ rotation.T for name, v in self.markers_mm.items()},
        )

    def noted(self, *notes: str) -> Laboratory:
        """The same with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def upright(lab: Laboratory) -> Laboratory:
    """Turn the vertical to Y, and forces of the foot on the ground into those on the foot."""
    total = np.sum([np.abs(p.force_n) for p in lab.plates], axis=0).sum(axis=0)
    axis = int(np.argmax(total))
    # Each keeps the handedness; X of the laboratory stays where it can.
    rotation = {
        0: np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
        1: np.eye(3),
        2: np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
    }[axis]
    mean = float(np.sum([p.force_n[:, axis].sum() for p in lab.plates]))
    turned = lab.turned(rotation, 1.0 if mean >= 0.0 else -1.0)
    notes = [f"the laboratory's {'XYZ'[axis]} axis is taken for the vertical"]
    if mean < 0.0:
        notes.append("its plates give the force of the foot on the ground, which is turned round")
    return turned.noted(*notes)


def forwards(lab: Laboratory, heels: Sequence[str] = ()) -> Laboratory:
    """Turn the walking direction to X; ``lab`` has Y up."""
    walked = _marker_heading(lab, heels)
    heading = walked if walked is not None else _force_heading(lab)
    snapped = 90.0 * round(heading / 90.0)
    if abs(heading - snapped) <= SNAP_DEG:
        heading = snapped
    heading = float((heading + 180.0) % 360.0 - 180.0)
    by = "the foot markers" if walked is not None else "braking before propulsion"
    said = f"walking {heading:.0f} degrees from its X axis, by {by}"
    turn = exponential(np.array([0.0, -np.radians(heading), 0.0]))
    return lab.turned(turn).noted(said)


def _marker_heading(lab: Laboratory, heels: Sequence[str]) -> float | None:
    """Heading (right-hand turn about Y from X), degrees; None where markers do not travel."""
    moved = []
    for name in heels:
        seen = lab.markers_mm[name][np.isfinite(lab.markers_mm[name]).all(axis=1)]
        if len(seen) > 1:
            moved.append((seen[-1] - seen[0])[[0, 2]])
    if not moved:
        return None
    step = np.mean(moved, axis=0)
    if np.linalg.norm(step) < WALKED_MM:
        return None
    return float(np.degrees(np.arctan2(-step[1], step[0])))


def _force_heading(lab: Laboratory) -> float:
    """Heading in which the horizontal force rises while a foot is loaded, degrees."""
    rise = np.zeros(2)
    for plate in lab.plates:
        heavy = plate.force_n[:, 1] > 0.5 * plate.force_n[:, 1].max()
        rise += np.gradient(plate.force_n[:, [0, 2]], axis=0)[heavy & plate.loaded].sum(axis=0)
    return float(np.degrees(np.arctan2(-rise[1], rise[0])))


def combined(lab: Laboratory, shares: Sequence[NDArray[np.bool_]]) -> FootForce:
    """Sum of what the plates feel of one foot.

    The nearest centre of pressure is held where no plate is loaded.

    Args:
        lab: with X forward and Y up.
        shares: for each plate where in time it is this foot's, shape (n,).
    """
    count = len(lab.time_s)
    force, weighted, known = np.zeros((count, 3)), np.zeros((count, 3)), np.zeros(count)
    for plate, mine in zip(lab.plates, shares, strict=True):
        point = np.nan_to_num(plate.point_mm())
        own = plate.force_n * mine[:, None]
        force += own
        there = plate.loaded & mine
        weighted += np.where(there[:, None], plate.force_n[:, 1:2] * point, 0.0)
        known += np.where(there, plate.force_n[:, 1], 0.0)
    if not known.any():
        return FootForce(lab.time_s, force, np.full((count, 3), np.nan), np.zeros(count))
    centre = held(weighted / np.where(known > 0.0, known, 1.0)[:, None], known > 0.0)
    moment = np.zeros(count)
    for plate, mine in zip(lab.plates, shares, strict=True):
        about = plate.moment_nmm + np.cross(plate.centre_mm - centre, plate.force_n)
        moment += np.where(mine & (known > 0.0), about[:, 1], 0.0)
    return FootForce(lab.time_s, force, centre, moment)
