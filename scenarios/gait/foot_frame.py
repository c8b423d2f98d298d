# SPDX-License-Identifier: MIT
"""The foot's print on the ground, and the centre of pressure in the foot's frame.

While the foot is flat its print lies still on the ground (or moves with a
treadmill's belt), and it stays there from heel contact to toe-off unless the
foot slips. The centre of pressure is therefore taken relative to the print of
foot-flat, carried with the belt's speed, not relative to the heel, which rises.

Foot frame: x from the rearmost point of the heel towards the toes along the line
from heel centre to second metatarsal head, z lateral, both in mm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

HEEL_STANDOFF_MM = 15.0
"""Centre of a heel marker behind the rearmost point of the heel: marker radius 7-10 mm,
shoe or skin 5-8 mm (engineering default; it shifts the whole path)."""
SECOND_RAY = 0.38
"""Place of the second metatarsal head between the markers on the medial and the lateral
side of the toes, from the medial one (engineering default)."""
TREADMILL_M_S = 0.3
"""Backward speed of the flat foot above which the ground is a belt."""
FAR_MM = 20.0
"""How far outside the outline a centre of pressure may lie."""
MARKERS = "markers"
"""What a footprint says that was found by markers."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """Where the flat foot stands.

    Attributes:
        time_s: instant at which the heel is at ``heel_mm``.
        heel_mm: (x, z) of the rearmost point of the heel in the laboratory.
        velocity_mm_s: (x, z) velocity of the print: minus the belt's speed.
        toe_out_deg: heading of the foot's long axis, toes outwards positive.
        length_mm: sole length of the trial's foot, ``None`` where not known.
        source: `MARKERS` or ``"kinematic chain"``.
    """

    time_s: float
    heel_mm: Array
    velocity_mm_s: Array
    toe_out_deg: float
    length_mm: float | None
    source: str

    @property
    def belt_speed_m_s(self) -> float:
        """Backward speed of the ground, m/s."""
        return float(-self.velocity_mm_s[0]) / 1000.0

    @property
    def on_treadmill(self) -> bool:
        """Whether the ground moves."""
        return abs(self.belt_speed_m_s) > TREADMILL_M_S


def _line(time: Array, place: Array) -> tuple[Array, Array]:
    """Place at the mean time and velocity, by regression; each (2,).

    A belt moves along X; ground that moves slower than a treadmill stands still.
    """
    centre = time - time.mean()
    speed = float(centre @ place[:, 0] / (centre @ centre))
    if abs(speed) <= 1000.0 * TREADMILL_M_S:
        speed = 0.0
    return place.mean(axis=0), np.array([speed, 0.0])


def footprint_from_markers(time_s: Array, markers: Mapping[str, Array]) -> Footprint | None:
    """Footprint from markers on the foot during foot-flat.

    Args:
        time_s: instants of foot-flat, shape (n,).
        markers: ``Heel`` with ``Toe.Tip`` or with ``Toe.Med`` and ``Toe.Lat``,
            each (n, 3) in mm at these instants.

    Returns:
        The footprint, or ``None`` where the needed markers are absent. With both
        side markers the axis goes to the second ray between them, else to the tip.
    """
    if "Heel" not in markers or not {"Toe.Tip", "Toe.Med"} & set(markers):
        return None
    heel = markers["Heel"][:, ::2]
    sides = "Toe.Med" in markers and "Toe.Lat" in markers
    if sides:
        medial, lateral = markers["Toe.Med"][:, ::2], markers["Toe.Lat"][:, ::2]
        ahead = medial + SECOND_RAY * (lateral - medial)
    elif "Toe.Tip" in markers:
        ahead = markers["Toe.Tip"][:, ::2]
    else:
        return None
    axis = (ahead - heel).mean(axis=0)
    axis /= np.linalg.norm(axis)
    length = None
    if "Toe.Tip" in markers:
        tip = (markers["Toe.Tip"][:, ::2] - heel).mean(axis=0)
        length = float(tip @ axis) - HEEL_STANDOFF_MM
    middle, velocity = _line(time_s, 0.5 * (heel + ahead))
    rear = middle - 0.5 * (ahead - heel).mean(axis=0) + HEEL_STANDOFF_MM * axis
    return Footprint(
        time_s=float(time_s.mean()),
        heel_mm=rear,
        velocity_mm_s=velocity,
        toe_out_deg=float(np.degrees(np.arctan2(axis[1], axis[0]))),
        length_mm=length,
        source=MARKERS,
    )


def footprint_from_chain(
    time_s: Array, ankle_mm: Array, toe_out_deg: float, ankle_from_heel_mm: float
) -> Footprint:
    """Footprint from the ankle of the kinematic chain during foot-flat.

    Args:
        time_s: instants of foot-flat, shape (n,).
        ankle_mm: ankle centre, shape (n, 3).
        toe_out_deg: heading of the foot.
        ankle_from_heel_mm: how far the ankle stands ahead of the rear of the heel.
    """
    middle, velocity = _line(time_s, ankle_mm[:, ::2])
    heading = np.radians(toe_out_deg)
    axis = np.array([np.cos(heading), np.sin(heading)])
    return Footprint(
        time_s=float(time_s.mean()),
        heel_mm=middle - ankle_from_heel_mm * axis,
        velocity_mm_s=velocity,
        toe_out_deg=toe_out_deg,
        length_mm=None,
        source="kinematic chain",
    )


def in_foot_frame(time_s: Array, point_mm: Array, footprint: Footprint) -> Array:
    """Points on the ground in the frame of the foot's print.

    Args:
        time_s: shape (n,).
        point_mm: laboratory points, shape (n, 3).
        footprint: where the foot stands.

    Returns:
        (x, z) in the foot frame, shape (n, 2).
    """
    carried = np.outer(time_s - footprint.time_s, footprint.velocity_mm_s)
    offset = point_mm[:, ::2] - footprint.heel_mm - carried
    heading = np.radians(footprint.toe_out_deg)
    cosine, sine = np.cos(heading), np.sin(heading)
    return np.stack([offset @ np.array([cosine, sine]), offset @ np.array([-sine, cosine])], axis=1)


def distance_outside_mm(points: Array, outline: Array) -> Array:
    """How far points lie outside a closed outline; zero inside, shape (n,).

    Args:
        points: shape (n, 2), mm; NaN gives zero.
        outline: vertices of a simple polygon in order, shape (m, 2), mm.
    """
    start, stop = outline, np.roll(outline, -1, axis=0)
    edge = stop - start
    from_start = points[:, None, :] - start[None]
    share = np.einsum("nmk,mk->nm", from_start, edge) / np.einsum("mk,mk->m", edge, edge)
    nearest = start[None] + np.clip(share, 0.0, 1.0)[..., None] * edge[None]
    distance = np.linalg.norm(points[:, None, :] - nearest, axis=-1).min(axis=1)
    z, z0, z1 = points[:, None, 1], start[None, :, 1], stop[None, :, 1]
    crosses = (z0 > z) != (z1 > z)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = start[None, :, 0] + (z - z0) / (z1 - z0) * edge[None, :, 0]
    inside = np.count_nonzero(crosses & (points[:, None, 0] < at), axis=1) % 2 == 1
    return np.nan_to_num(np.where(inside, 0.0, distance))


def held(values: Array, defined: NDArray[np.bool_]) -> Array:
    """Keep rows where ``defined`` and hold the nearest of them elsewhere; shape as given."""
    at = np.flatnonzero(defined)
    rows = np.arange(len(values))
    right = np.clip(np.searchsorted(at, rows), 0, len(at) - 1)
    left = np.clip(right - 1, 0, len(at) - 1)
    use_left = np.abs(rows - at[left]) <= np.abs(at[right] - rows)
    return np.asarray(values[np.where(use_left, at[left], at[right])])
