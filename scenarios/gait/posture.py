# SPDX-License-Identifier: MIT
"""From joint angles to orientations relative to standing.

A trial carries no standing posture, and the zero of a generic model is not that
of the subject. Three registrations stand in for it, each reported: the flat foot
lies flat (pitch and roll zero on average during foot-flat), the foot's heading is
its long axis, and pelvis and thorax stand on average over a stride as they do in
standing. The last one hides a constant lean of the trunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.errors import GaitError
from scenarios.gait.gait2392 import ZXY, Orientations, orientations, sequence, zxy_angles_deg
from simulator.rotations import exponential

Array = NDArray[np.float64]

FOOT_FLAT_PERCENT = (20.0, 45.0)
ANKLE_WARNING_DEG, ANKLE_REFUSAL_DEG = 5.0, 15.0
"""Offset of the ankle angle that is said, and that is refused (engineering defaults): 0.1 and 0.8
for the feet of the OpenSim example, 39 for a knee of the wrong sign, 11 for such an ankle."""
_Y = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Posture:
    """Registered orientations and angles at the instants of a stance.

    Attributes:
        tibia: shape (n, 3, 3), world.
        pelvis, thorax: id., relative to standing.
        ankle_deg, subtalar_deg: registered angles, shape (n,).
        pelvis_deg, lumbar_deg: in the signs of `scenarios.gait.stance`, (n, 3).
        chain_heading_deg: toe-out that the angles alone give.
        offsets_deg: what was subtracted, by name.
    """

    tibia: Array
    pelvis: Array
    thorax: Array
    ankle_deg: Array
    subtalar_deg: Array
    pelvis_deg: Array
    lumbar_deg: Array
    chain_heading_deg: float
    offsets_deg: tuple[tuple[str, float], ...]


def foot_angles_deg(rotations: Array) -> Array:
    """Yaw about Y, pitch about Z (toes up +), roll about X (medial side up +) of a right foot.

    Args:
        rotations: foot to world, shape (n, 3, 3).

    Returns:
        Body-fixed Y, Z, X angles in degrees, shape (n, 3).
    """
    r = rotations
    pitch = np.arcsin(np.clip(r[:, 1, 0], -1.0, 1.0))
    yaw = np.arctan2(-r[:, 2, 0], r[:, 0, 0])
    roll = np.arctan2(-r[:, 1, 2], r[:, 1, 1])
    return np.degrees(np.stack([yaw, pitch, roll], axis=1))


def register(
    percent: Array,
    leg: Mapping[str, Array],
    trunk: Mapping[str, Array],
    trunk_mean_deg: tuple[Array, Array],
    toe_out_deg: float | None,
    *,
    subtalar_measured: bool,
) -> Posture:
    """Register the orientations of one stance.

    Pitch goes to the ankle. Roll goes to the subtalar joint if that was measured;
    a normative subtalar curve is relative to standing already, so that then the
    tibia's frontal angle, whose zero is the least certain of a marker model, takes it.

    Args:
        percent: of stance, shape (n,).
        leg: degrees by coordinate at these instants, subtalar angle included.
        trunk: id. of pelvis and lumbar joint; may lack the lumbar joint.
        trunk_mean_deg: Z, X, Y angles of pelvis and of thorax in the laboratory
            that count as standing, each (3,).
        toe_out_deg: heading of the foot's axis, or ``None`` for the chain's own.
        subtalar_measured: whether the subtalar angle is from the trial.
    """
    flat = (percent >= FOOT_FLAT_PERCENT[0]) & (percent <= FOOT_FLAT_PERCENT[1])
    leg = dict(leg)
    ankle_offset = subtalar_offset = tilt = 0.0
    pose = orientations(leg, trunk)
    heading = 0.0
    for _ in range(6):
        yaw, pitch, roll = foot_angles_deg(pose.calcaneus)[flat].mean(axis=0)
        heading = -float(yaw)
        leg["ankle_angle"] = leg["ankle_angle"] - pitch
        ankle_offset += float(pitch)
        if subtalar_measured:
            leg["subtalar_angle"] = leg["subtalar_angle"] - roll
            subtalar_offset += float(roll)
        else:
            tilt += float(roll)
        pose = _tilted(orientations(leg, trunk), heading, tilt)
    turn = exponential(
        np.radians((toe_out_deg if toe_out_deg is not None else heading) - heading) * -_Y
    )
    pelvis_zxy = zxy_angles_deg(pose.pelvis) - trunk_mean_deg[0]
    thorax_zxy = zxy_angles_deg(pose.thorax) - trunk_mean_deg[1]
    pelvis, thorax = sequence(ZXY, pelvis_zxy), sequence(ZXY, thorax_zxy)
    lumbar = zxy_angles_deg(np.swapaxes(pelvis, -1, -2) @ thorax)
    offsets = (
        ("ankle", ankle_offset),
        ("subtalar", subtalar_offset),
        ("tibia_frontal", tilt),
        ("tibia_transverse", heading - (toe_out_deg if toe_out_deg is not None else heading)),
        *(
            (f"pelvis_{n}", float(v))
            for n, v in zip(("tilt", "list", "rotation"), trunk_mean_deg[0], strict=True)
        ),
        *(
            (f"thorax_{n}", float(v))
            for n, v in zip(("tilt", "list", "rotation"), trunk_mean_deg[1], strict=True)
        ),
    )
    return Posture(
        tibia=turn @ pose.tibia,
        pelvis=pelvis,
        thorax=thorax,
        ankle_deg=leg["ankle_angle"],
        subtalar_deg=leg["subtalar_angle"],
        pelvis_deg=pelvis_zxy * [-1.0, -1.0, 1.0],
        lumbar_deg=lumbar,
        chain_heading_deg=heading,
        offsets_deg=offsets,
    )


def check_ankle_offset(file: str, label: str, posture: Posture) -> tuple[str, ...]:
    """Bound what the flat foot takes off the ankle angle.

    Args:
        file: file of the angles.
        label: of the ankle's column.
        posture: registered by `register`.

    Returns:
        A warning above 5 degrees, else nothing.

    Raises:
        GaitError: above 15 degrees: the angles of the leg do not stand on a flat foot.
    """
    offset = dict(posture.offsets_deg)["ankle"]
    low, high = FOOT_FLAT_PERCENT
    found = (
        f"at the angles of the file the foot that lies flat ({low:g} to {high:g} % of stance) "
        f"is in {abs(offset):.1f} degrees too much "
        f"{'dorsiflexion' if offset > 0.0 else 'plantarflexion'}"
    )
    if abs(offset) > ANKLE_REFUSAL_DEG:
        raise GaitError(
            file,
            label,
            found,
            allowed=f"up to {ANKLE_REFUSAL_DEG:g} degrees; signs of gait2392: pelvis_tilt raises "
            "the front, hip_flexion, extension of the knee and dorsiflexion positive",
        )
    if abs(offset) <= ANKLE_WARNING_DEG:
        return ()
    return (f"{label}: {found}; taken off the ankle angle",)


def _tilted(pose: Orientations, heading_deg: float, tilt_deg: float) -> Orientations:
    """Turn shank and foot about the foot's horizontal axis by minus ``tilt_deg``."""
    heading = np.radians(heading_deg)
    axis = np.array([np.cos(heading), 0.0, np.sin(heading)])
    turn = exponential(-np.radians(tilt_deg) * axis)
    return Orientations(
        pelvis=pose.pelvis,
        femur=pose.femur,
        tibia=turn @ pose.tibia,
        talus=turn @ pose.talus,
        calcaneus=turn @ pose.calcaneus,
        thorax=pose.thorax,
    )
