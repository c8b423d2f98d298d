# SPDX-License-Identifier: MIT
"""The centre of pressure of one stance in the frame of the simulated foot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.errors import GaitError
from scenarios.gait.foot_frame import (
    FAR_MM,
    Footprint,
    distance_outside_mm,
    held,
    in_foot_frame,
)
from scenarios.gait.forces import GroundForces
from scenarios.gait.normative import pressure_path_mm

Array = NDArray[np.float64]

LARGEST_SHIFT_MM = 80.0
"""Largest shift onto the normative path where markers do not register the foot."""


@dataclass(frozen=True, slots=True)
class PressurePath:
    """Centre of pressure over the stance.

    Attributes:
        cop_mm: (x, z) in the foot frame, shape (n, 2), held where not defined.
        defined: where the force suffices, shape (n,).
        offset_mm: (x, z) by which it was shifted onto the normative path.
        outside_mm: farthest that it leaves the outline.
        warnings: what was substituted.
    """

    cop_mm: Array
    defined: NDArray[np.bool_]
    offset_mm: Array
    outside_mm: float
    warnings: tuple[str, ...]


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

    Raises:
        GaitError: the path leaves the outline by more than 20 mm, or is far from the
            normative one where markers are lacking.
    """
    foot = forces.foot
    vertical = np.interp(at_s, foot.time_s, foot.force_n[:, 1])
    key = f"{forces.labels[0]}_px"
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
    target = pressure_path_mm(percent, foot_length_mm)
    weight = vertical * defined
    warnings: tuple[str, ...] = ()
    offset = np.zeros(2)
    if footprint is None:
        path, speed = _fitted(point, at_s, target, weight)
        warnings = (
            "the centre of pressure is placed in the foot's frame by its fit to the normative "
            f"path, ground moving backwards at {speed:.2f} m/s: no markers, no kinematics",
        )
    else:
        path = in_foot_frame(at_s, point, footprint)
        if footprint.length_mm is not None:
            path = path * (foot_length_mm / footprint.length_mm)
        elif footprint.source != "markers":
            offset = weight @ (target - path) / weight.sum()
            path = path + offset
            warnings = (
                "no foot markers: the centre of pressure is placed by the kinematic chain and "
                f"shifted by {offset[0]:.0f} mm along and {offset[1]:.0f} mm across the foot "
                "onto the mean of the normative path",
            )
    if np.linalg.norm(offset) > LARGEST_SHIFT_MM:
        raise GaitError(
            forces.file,
            key,
            f"the centre of pressure lies {np.linalg.norm(offset):.0f} mm from where the "
            "kinematic chain has the foot",
            allowed=f"up to {LARGEST_SHIFT_MM:g} mm; forces and angles of the same trial and frame",
        )
    path = held(path, defined)
    outside = distance_outside_mm(path, outline_mm)
    worst = int(np.argmax(outside))
    if outside[worst] > FAR_MM:
        raise GaitError(
            forces.file,
            key,
            f"the centre of pressure leaves the foot by {outside[worst]:.0f} mm at "
            f"{percent[worst]:.0f} % of stance (x {path[worst, 0]:.0f}, z {path[worst, 1]:.0f} mm "
            f"in the foot's frame, foot length {foot_length_mm:.0f} mm)",
            allowed=f"up to {FAR_MM:g} mm outside; check frames, side and units",
        )
    return PressurePath(path, defined, offset, float(outside[worst]), warnings)


def _fitted(point: Array, at_s: Array, target: Array, weight: Array) -> tuple[Array, float]:
    """Path with place and drift fitted to the normative one, and the belt's speed in m/s."""
    time = at_s - at_s.mean()
    basis = np.stack([np.ones_like(time), time], axis=1)
    root = np.sqrt(weight)[:, None]
    gap = target - point[:, [0, 2]]
    along, *_ = np.linalg.lstsq(root * basis, root[:, 0] * gap[:, 0], rcond=None)
    across = float(weight @ gap[:, 1] / weight.sum())
    speed = float(along[1]) / 1000.0
    moved = (
        basis @ along if abs(speed) > 0.3 else np.full_like(time, weight @ gap[:, 0] / weight.sum())
    )
    path = np.stack([point[:, 0] + moved, point[:, 2] + across], axis=1)
    return path, speed if abs(speed) > 0.3 else 0.0
