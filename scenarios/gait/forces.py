# SPDX-License-Identifier: MIT
"""Ground reaction forces from a storage file: labels, sides, units.

Four ways of labelling two plates are in use (``v`` force, ``p`` point, in m):
``ground_force_vx`` with ``1_ground_force_vx`` (right, left),
``1_ground_force_vx`` with ``2_ground_force_vx`` (right, left),
``ground_force_r_vx`` with ``ground_force_l_vx``, and ``R_ground_force_vx`` with
``L_ground_force_vx``. Lower and upper case are alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.errors import GaitError
from scenarios.gait.storage import Storage

Array = NDArray[np.float64]

STANDARD_GRAVITY = 9.80665
VARIANTS = (
    "ground_force_v{x,y,z} with 1_ground_force_v{x,y,z}",
    "1_ground_force_v* with 2_ground_force_v*",
    "ground_force_r_v* with ground_force_l_v*",
    "R_ground_force_v* with L_ground_force_v*",
)

_LABEL = re.compile(
    r"(?:(?P<before>[A-Za-z0-9]+)_)?ground_force(?:_(?P<after>[A-Za-z0-9]+))?"
    r"_(?P<kind>[vp])(?P<axis>[xyz])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FootForce:
    """Force of the ground on one foot over a whole record.

    Attributes:
        time_s: shape (n,).
        force_n: shape (n, 3), laboratory axes (X forward, Y up, Z right).
        point_mm: point of application, shape (n, 3); NaN where the file has none.
        free_moment_nmm: about the vertical axis, shape (n,), zero where absent.
    """

    time_s: Array
    force_n: Array
    point_mm: Array
    free_moment_nmm: Array


@dataclass(frozen=True, slots=True)
class GroundForces:
    """Both feet, already mirrored so that the analysed foot is a right one.

    Attributes:
        file: where they come from.
        foot: the analysed foot.
        other: the other foot, ``None`` where the file has one plate only.
        labels: what the file calls the analysed and the other foot.
        names: how its columns of force and of the point are called, for messages:
            ``{0}`` stands for the label, ``{1}`` for the axis.
        point_unit: unit of the point in the file.
        forwards: whether the walking direction was found by the reader and is +X already.
        notes: what the reader found out by itself.
    """

    file: str
    foot: FootForce
    other: FootForce | None
    labels: tuple[str, str]
    names: tuple[str, str] = ("{0}_v{1}", "{0}_p{1}")
    point_unit: str = "m"
    forwards: bool = False
    notes: tuple[str, ...] = ()

    def force_key(self, axis: str) -> str:
        """Name of a force of the analysed foot in the file."""
        return self.names[0].format(self.labels[0], axis)

    def point_key(self, axis: str) -> str:
        """Name of a coordinate of its point of application."""
        return self.names[1].format(self.labels[0], axis)

    @property
    def other_source(self) -> str:
        """Where the other foot stands in the file."""
        return self.names[0].format(self.labels[1], "*")


def read_forces(storage: Storage, side: str) -> GroundForces:
    """Take the forces of both feet from a storage file.

    Args:
        storage: file contents; kinematic columns beside the forces do no harm.
        side: ``"right"`` or ``"left"``: the analysed foot. Left data are mirrored.

    Raises:
        GaitError: no ground forces, no force of that side, an axis missing,
            the same label twice, gaps.
    """
    plates = _plates(storage)
    right, left = _sides(storage, plates)
    name, other = (right, left) if side == "right" else (left, right)
    if name is None:
        raise GaitError(
            storage.file,
            f"ground_force ({side})",
            f"the file holds no force of the {side} foot, found {', '.join(map(repr, plates))}",
            allowed="; ".join(VARIANTS),
        )
    mirror = side == "left"
    return GroundForces(
        file=storage.file,
        foot=_foot(storage, plates[name], mirror),
        other=None if other is None else _foot(storage, plates[other], mirror),
        labels=(name, other or ""),
    )


def _plates(storage: Storage) -> dict[str, dict[str, str]]:
    """Labels by plate: ``{"1_ground_force": {"vx": label, ...}}``."""
    plates: dict[str, dict[str, str]] = {}
    for label in storage.labels:
        match = _LABEL.fullmatch(label)
        if match is None:
            continue
        before, after = match["before"] or "", match["after"] or ""
        name = f"{before}_ground_force" if before else "ground_force"
        name += f"_{after}" if after else ""
        plates.setdefault(name, {})[(match["kind"] + match["axis"]).lower()] = label
    if not plates:
        raise GaitError(
            storage.file,
            "ground_force_vy",
            "no ground reaction forces in this file",
            allowed="; ".join(VARIANTS),
            suggestion=nearest("ground_force_vy", storage.labels),
        )
    for name, columns in plates.items():
        for axis in "xyz":
            if "v" + axis not in columns:
                raise GaitError(
                    storage.file,
                    f"{name}_v{axis}",
                    f"column not found, though {', '.join(columns.values())} are there",
                    suggestion=nearest(f"{name}_v{axis}", storage.labels),
                )
    return plates


def _sides(storage: Storage, plates: dict[str, dict[str, str]]) -> tuple[str | None, str | None]:
    """Plate names of the right and the left foot."""
    marks = {name: _mark(name) for name in plates}
    right = [name for name, mark in marks.items() if mark in ("r", "right")]
    left = [name for name, mark in marks.items() if mark in ("l", "left")]
    if right or left:
        return (right[0] if right else None), (left[0] if left else None)
    order = sorted(plates, key=lambda name: (marks[name] != "", marks[name]))
    if any(mark and not mark.isdigit() for mark in marks.values()) or len(order) > 2:
        raise GaitError(
            storage.file,
            "ground_force",
            f"plates {', '.join(map(repr, order))} do not tell right from left",
            allowed="; ".join(VARIANTS),
        )
    return order[0], (order[1] if len(order) > 1 else None)


def _mark(name: str) -> str:
    before, _, after = name.partition("ground_force")
    return (before.strip("_") or after.strip("_")).lower()


def _foot(storage: Storage, columns: dict[str, str], mirror: bool) -> FootForce:
    force = np.stack([storage.column(columns["v" + a]) for a in "xyz"], axis=1)
    point = np.full_like(force, np.nan)
    for i, axis in enumerate("xyz"):
        if "p" + axis in columns:
            point[:, i] = 1000.0 * storage.column(columns["p" + axis], gaps=True)
    torque = columns["vy"].lower().replace("ground_force", "ground_torque")
    names = {label.lower(): label for label in storage.labels}
    candidates = (torque[: -len("vy")] + "y", torque[: -len("vy")] + "my")
    label = next((names[c] for c in candidates if c in names), None)
    moment: Array = np.zeros(len(force))
    if label is not None and storage.labels.count(label) == 1:
        moment = 1000.0 * np.nan_to_num(storage.column(label, gaps=True))
    return sided(FootForce(storage.time_s, force, point, moment), mirror)


def sided(foot: FootForce, mirror: bool) -> FootForce:
    """The force as on a right foot: mirrored where it is a left one."""
    if not mirror:
        return foot
    flip = np.array([1, 1, -1])
    return FootForce(foot.time_s, foot.force_n * flip, foot.point_mm * flip, -foot.free_moment_nmm)


def check_units(forces: GroundForces, body_mass_kg: float) -> None:
    """Refuse forces that cannot be in N, with Y up, and points in another unit.

    Raises:
        GaitError: forces in kN, in body weights or per cent of it; a vertical
            axis that is not Y or points down; points in mm; forces that are all zero.
    """
    file, foot = forces.file, forces.foot
    weight = body_mass_kg * STANDARD_GRAVITY
    force = foot.force_n
    vertical = force[:, 1]
    largest = np.abs(force).max(axis=0)
    key = forces.force_key("y")
    if largest.max() == 0.0:
        raise GaitError(file, key, "all forces are zero")
    if largest[1] < max(largest[0], largest[2]):
        raise GaitError(
            file,
            key,
            f"the largest force is along {'xyz'[int(np.argmax(largest))]} "
            f"({largest.max():.4g}), not along y",
            allowed="Y up, X forward, Z right (rotate laboratory axes first)",
        )
    if -vertical.min() > vertical.max():
        raise GaitError(
            file,
            key,
            f"points down (down to {vertical.min():.4g})",
            allowed="force of the ground on the foot, Y up",
        )
    peak = float(vertical.max())
    if not 0.3 * weight <= peak <= 8.0 * weight:
        raise GaitError(
            file,
            key,
            f"peak of {peak:.4g}{_likely_unit(peak, weight)} for {body_mass_kg:g} kg",
            allowed=f"newtons: {0.3 * weight:.0f} to {8.0 * weight:.0f} N",
        )
    points = foot.point_mm[vertical > 0.1 * weight]
    farthest = float(np.nanmax(np.abs(points))) if np.isfinite(points).any() else 0.0
    if farthest > 50_000.0:
        raise GaitError(
            file,
            forces.point_key("x"),
            f"centre of pressure {farthest / 1000.0:.4g} from the origin looks like mm"
            if forces.point_unit == "m"
            else f"centre of pressure {farthest / 1000.0:.4g} m from the origin",
            allowed="metres, within 50 m" if forces.point_unit == "m" else "within 50 m",
        )


def _likely_unit(peak: float, weight: float) -> str:
    if peak < 0.3:
        return ""
    if 0.7 <= 1000.0 * peak / weight <= 1.6 and peak < 0.9:
        return " looks like kN"
    if peak <= 4.0:
        return " looks like multiples of body weight or kN"
    if 70.0 <= peak <= 0.3 * weight:
        return " looks like per cent of body weight"
    if peak <= 40.0:
        return " looks like N/kg"
    return ""
