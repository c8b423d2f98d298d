# SPDX-License-Identifier: MIT
"""The centre of pressure of one stance in the frame of the simulated foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.errors import GaitError
from scenarios.gait.foot_frame import (
    FAR_MM,
    MARKERS,
    TREADMILL_M_S,
    Footprint,
    distance_outside_mm,
    held,
    in_foot_frame,
)
from scenarios.gait.forces import GroundForces
from scenarios.gait.normative import pressure_path_mm

Array = NDArray[np.float64]

LARGEST_SHIFT_MM = 80.0
"""Largest shift, where markers do not register the foot; a generic chain is centimetres out."""
LARGEST_SLIDE_MM = 40.0
"""Largest part of it that runs along the foot after the fit to the normative path."""
SURE_FORCE = 2.0
"""Force, in those from which a point counts, at which a plate knows it to a few millimetres."""


@dataclass(frozen=True, slots=True)
class PressurePath:
    """Centre of pressure over the stance.

    Attributes:
        cop_mm: (x, z) in the foot frame, shape (n, 2), held where not defined.
        defined: where the force suffices, shape (n,).
        offset_mm: (x, z) by which it was shifted onto the foot, or onto the normative path.
        drift_m_s: belt speed that the fit to the normative path added, zero without fit.
        outside_mm: farthest that it leaves the outline.
        warnings: what was substituted.
    """

    cop_mm: Array
    defined: NDArray[np.bool_]
    offset_mm: Array
    drift_m_s: float
    outside_mm: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A path in the foot's frame (n, 2), by what it came there, and what was moved for it."""

    path: Array
    offset_mm: Array
    drift_m_s: float
    source: str
    warnings: tuple[str, ...]

    @property
    def by_markers(self) -> bool:
        """Whether the foot's place is measured, so that the path must lie on it."""
        return self.source == MARKERS

    @property
    def slide_mm(self) -> float:
        """How far the path may be moved along the foot.

        Markers leave open how far a heel marker stands behind the heel and how plates and
        cameras agree; without them the length of the normative path is open too.
        """
        return FAR_MM if self.by_markers else LARGEST_SLIDE_MM


def normative_path(
    percent: Array, vertical_n: Array, least_n: float, foot_length_mm: float, why: str = ""
) -> PressurePath:
    """The normative path; ``why`` is the warning that goes with it, if any."""
    defined = vertical_n >= least_n
    return PressurePath(
        held(pressure_path_mm(percent, foot_length_mm), defined),
        defined,
        np.zeros(2),
        0.0,
        0.0,
        (why,) if why else (),
    )


def measured_path(
    percent: Array,
    at_s: Array,
    forces: GroundForces,
    footprint: Footprint | None,
    least_n: float,
    foot_length_mm: float,
    outline_mm: Array,
    toe_out_deg: float,
) -> PressurePath:
    """Register a measured centre of pressure in the foot's frame.

    Args:
        percent: of stance, shape (n,).
        at_s: the same instants in the file's time.
        forces: of the trial.
        footprint: where the foot stands; ``None`` to fit place and belt speed to
            the normative path.
        least_n: vertical force below which there is no centre of pressure.
        foot_length_mm: of the simulated foot; the path is scaled from the trial's.
        outline_mm: of the simulated foot, (m, 2).
        toe_out_deg: heading of the foot, used without a footprint.

    Raises:
        GaitError: the path leaves the outline by more than 20 mm (with markers: before it
            is moved, too), or is far from the normative one where markers are lacking.
    """
    foot = forces.foot
    vertical = np.interp(at_s, foot.time_s, foot.force_n[:, 1])
    key = forces.point_key("x")
    known = np.isfinite(foot.point_mm[:, [0, 2]]).all(axis=1) & (foot.force_n[:, 1] > 0.5 * least_n)
    if not known.any():
        why = f"{forces.file} has no centre of pressure ({key}): the normative path is used"
        return normative_path(percent, vertical, least_n, foot_length_mm, why)
    point = np.stack([np.interp(at_s, foot.time_s[known], p) for p in foot.point_mm[known].T], 1)
    defined = (vertical >= least_n) & (np.interp(at_s, foot.time_s, known.astype(float)) > 0.5)
    if np.count_nonzero(defined) < 0.6 * len(defined):
        raise GaitError(
            forces.file,
            key,
            f"a centre of pressure in {np.mean(defined):.0%} of the stance only",
            allowed="60 % of the stance or more, or no columns of it at all",
        )
    warnings: tuple[str, ...] = ()
    missing = float(np.mean((vertical >= least_n) & ~defined))
    if missing > 0.0:
        warnings = (
            f"{forces.file} has no numbers in {key} or {forces.point_key('z')} in {missing:.0%} of "
            "the stance: "
            "the nearest centre of pressure is held there",
        )
    placed = _placed(
        point,
        at_s,
        pressure_path_mm(percent, foot_length_mm),
        defined,
        footprint,
        toe_out_deg,
        foot_length_mm,
    )
    path = held(placed.path, defined)
    onto = _onto_the_foot(path[:, 0], foot_length_mm)
    before = distance_outside_mm(path, outline_mm)
    sure = vertical >= SURE_FORCE * least_n
    if abs(onto) > placed.slide_mm or (placed.by_markers and before[sure].max() > FAR_MM):
        raise _outside(forces.file, key, placed.source, percent, path, before, foot_length_mm)
    shift = np.array([onto, 0.0])
    path, offset = path + shift, placed.offset_mm + shift
    warnings += placed.warnings
    if abs(onto) > 0.5:
        warnings += (
            f"the centre of pressure ran over an end of the foot and was moved {onto:+.0f} mm "
            "along it (plates and markers, or shoe and foot, do not quite agree)",
        )
    if np.linalg.norm(offset) > LARGEST_SHIFT_MM:
        raise GaitError(
            forces.file,
            key,
            f"the centre of pressure lies {np.linalg.norm(offset):.0f} mm from where the "
            "kinematic chain has the foot",
            allowed=f"up to {LARGEST_SHIFT_MM:g} mm; forces and angles of the same trial and frame",
        )
    outside = distance_outside_mm(path, outline_mm)
    if outside.max() > FAR_MM:
        raise _outside(forces.file, key, placed.source, percent, path, outside, foot_length_mm)
    return PressurePath(path, defined, offset, placed.drift_m_s, float(outside.max()), warnings)


def _outside(
    file: str,
    key: str,
    source: str,
    percent: Array,
    path: Array,
    outside: Array,
    foot_length_mm: float,
) -> GaitError:
    """The refusal of a path that leaves the foot, with its farthest point."""
    worst = int(np.argmax(outside))
    return GaitError(
        file,
        key,
        f"the centre of pressure leaves the foot by {outside[worst]:.0f} mm at "
        f"{percent[worst]:.0f} % of stance (x {path[worst, 0]:.0f}, z {path[worst, 1]:.0f} mm "
        f"in the foot's frame, placed by {source}, foot length {foot_length_mm:.0f} mm)",
        allowed=f"up to {FAR_MM:g} mm outside; check frames, side and units",
    )


def _placed(
    point: Array,
    at_s: Array,
    target: Array,
    defined: NDArray[np.bool_],
    footprint: Footprint | None,
    toe_out_deg: float,
    foot_length_mm: float,
) -> _Placed:
    """Carry laboratory points into the foot's frame, by the best that the trial has.

    Args:
        point: shape (n, 3), mm.
        at_s: shape (n,).
        target: normative path, shape (n, 2).
        defined: which samples count, shape (n,).
        footprint: where the foot stands, or ``None``.
        toe_out_deg: heading of the foot, used without a footprint.
        foot_length_mm: of the simulated foot.
    """
    if footprint is None:
        still = Footprint(0.0, np.zeros(2), np.zeros(2), toe_out_deg, None, "fit")
        path = in_foot_frame(at_s, point, still)
        path, _, drift = _fitted(path, at_s, target, defined, toe_out_deg, None)
        said = (
            "the centre of pressure is placed in the foot's frame by its fit to the normative "
            f"path, ground moving backwards at {drift:.2f} m/s: no markers, no kinematics"
        )
        return _Placed(path, np.zeros(2), drift, "its fit to the normative path", (said,))
    path = in_foot_frame(at_s, point, footprint)
    if footprint.length_mm is not None:
        path = path * (foot_length_mm / footprint.length_mm)
    if footprint.source == MARKERS:
        return _Placed(path, np.zeros(2), 0.0, MARKERS, ())
    path, offset, drift = _fitted(
        path, at_s, target, defined, footprint.toe_out_deg, footprint.belt_speed_m_s
    )
    said = (
        "no foot markers: the centre of pressure is placed by the kinematic chain and "
        f"moved onto the normative path by {offset[0]:.0f} mm along and {offset[1]:.0f} mm "
        f"across the foot and {drift:+.2f} m/s of belt speed"
    )
    return _Placed(path, offset, drift, "the kinematic chain", (said,))


def _onto_the_foot(x: Array, foot_length_mm: float) -> float:
    """Smallest shift along the foot that brings a path onto it, or halves what runs over."""
    behind, ahead = -float(x.min()), float(x.max()) - foot_length_mm
    if max(behind, ahead) <= 0.0:
        return 0.0
    balanced = 0.5 * (behind - ahead)
    if min(behind, ahead) > 0.0:
        return balanced
    return min(behind, balanced) if behind > 0.0 else max(-ahead, balanced)


def _fitted(
    path: Array,
    at_s: Array,
    target: Array,
    defined: NDArray[np.bool_],
    toe_out_deg: float,
    belt_m_s: float | None,
) -> tuple[Array, Array, float]:
    """Move a path onto the normative one by a shift and a steady drift of the ground.

    Args:
        path: in the foot's heading, shape (n, 2).
        at_s: shape (n,).
        target: normative path, shape (n, 2).
        defined: which samples count, shape (n,).
        toe_out_deg: heading of the foot, for the direction of the belt.
        belt_m_s: belt speed already taken off, whose error is fitted; zero where the
            ground stands still; ``None`` where it is not known.


    Returns:
        Path, shift (x, z), and the drift in m/s.
    """
    heading = np.radians(toe_out_deg)
    forwards = np.array([np.cos(heading), -np.sin(heading)])
    time = at_s - at_s[defined].mean()
    gap = target - path
    shift = gap[defined].mean(axis=0)
    along = (gap - shift) @ forwards
    speed = float(time[defined] @ along[defined] / (time[defined] @ time[defined]))
    ground_moves = belt_m_s != 0.0 if belt_m_s is not None else abs(speed) > 1000.0 * TREADMILL_M_S
    speed = speed if ground_moves else 0.0
    path = path + shift + np.outer(speed * time, forwards)
    return path, shift, speed / 1000.0
