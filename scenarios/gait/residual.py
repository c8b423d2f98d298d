# SPDX-License-Identifier: MIT
"""Bottom-up check of a trial: what the legs pass on at L5-S1 against the top-down load.

Needs the place of the pelvis, the angles of both legs and the points of application
of both forces. The mismatch is reported and never loaded onto a disc.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.angles import JointAngles
from scenarios.gait.filtering import low_pass, resample
from scenarios.gait.forces import FootForce, GroundForces
from scenarios.gait.gait2392 import joint_places_mm, orientations
from simulator.chain import limb, lumbar_chain, standing_discs_mm
from simulator.upper_body import (
    FOOT,
    GRAVITY_MM_S2,
    SHANK,
    THIGH,
    BottomUp,
    bottom_up,
    segment_places_mm,
    upper_body,
)

Array = NDArray[np.float64]

LARGE_MOMENT_NMM = 10e3
"""Mean sagittal mismatch that is worth a warning."""

_MIRROR = np.array([1.0, 1.0, -1.0])
_FOOT_IN_CALCANEUS_MM = np.array([100.0, 30.0, 0.0])


def pelvis_residual(
    angles: JointAngles,
    forces: GroundForces,
    at_s: Array,
    pelvis: Array,
    thorax: Array,
    acceleration_mm_s2: Array,
    body_mass_kg: float,
    stature_m: float,
) -> BottomUp | None:
    """Residual of force and moment at L5-S1, or ``None`` where data are lacking.

    Args:
        angles: of the whole record, both legs.
        forces: both feet.
        at_s: instants, shape (n,).
        pelvis: registered orientation at these instants, shape (n, 3, 3).
        thorax: id.
        acceleration_mm_s2: of the centre of mass at these instants, (n, 3).
        body_mass_kg: of the subject.
        stature_m: of the subject.

    Returns:
        Bottom-up wrench plus the top-down load on the disc, both zero in balance.
    """
    if forces.other is None or angles.pelvis_mm is None or not angles.other_leg:
        return None
    masses, centres, disc = _below(angles, body_mass_kg, stature_m)
    time = angles.time_s
    moving = [np.gradient(np.gradient(c, time, axis=0), time, axis=0) for c in centres]
    points, ground, twist = zip(
        *(_applied(foot, at_s) for foot in (forces.foot, forces.other)), strict=True
    )
    below = bottom_up(
        ground_force_n=np.stack(ground),
        ground_point_mm=np.stack(points),
        free_moment_nmm=np.stack(twist),
        mass_kg=masses,
        centre_mm=np.stack([resample(time, c, at_s) for c in centres]),
        acceleration_mm_s2=np.stack([resample(time, a, at_s) for a in moving]),
        disc_mm=resample(time, disc, at_s),
    )
    discs = standing_discs_mm(stature_m)
    body = upper_body(body_mass_kg, stature_m, limb(stature_m).lumbosacral_mm[1] + discs[:, 1])
    weight = 1e-3 * body.mass_kg[:, None] * (GRAVITY_MM_S2 - acceleration_mm_s2[:, None, :])
    arms = np.stack(
        [
            segment_places_mm(body, lumbar_chain(discs, p, t))[0]
            for p, t in zip(pelvis, thorax, strict=True)
        ]
    )
    return BottomUp(
        below.force_n + weight.sum(axis=1),
        below.moment_nmm + np.cross(arms, weight).sum(axis=1),
    )


def residual_warning(residual: BottomUp, vertical_n: float) -> tuple[str, ...]:
    """Say a mean sagittal mismatch that a lean of the trunk would explain.

    Args:
        residual: over the stance.
        vertical_n: weight of the body above L5-S1.
    """
    flexion = float(residual.moment_nmm[:, 2].mean())
    if abs(flexion) < LARGE_MOMENT_NMM:
        return ()
    where = "in front of" if flexion > 0.0 else "behind"
    return (
        f"forces and legs ask for {flexion / 1000.0:.0f} Nm more flexion at L5-S1 on average than "
        f"the trunk gives, as if its centre were {abs(flexion) / vertical_n:.0f} mm further "
        f"{where} the disc (a lean, or plates and angles in frames that differ); not loaded",
    )


def _below(
    angles: JointAngles, body_mass_kg: float, stature_m: float
) -> tuple[Array, list[Array], Array]:
    """Masses, centres over the record and the L5-S1 disc of all that is below it."""
    assert angles.pelvis_mm is not None
    time = angles.time_s
    place = low_pass(time, angles.pelvis_mm)
    trunk = {name: low_pass(time, values) for name, values in angles.trunk.items()}
    mirrored = {
        name: values * (-1.0 if name.endswith(("_list", "_rotation", "_bending")) else 1.0)
        for name, values in trunk.items()
    }
    near = _leg(time, angles.leg, trunk, place, stature_m)
    far = [c * _MIRROR for c in _leg(time, angles.other_leg, mirrored, place * _MIRROR, stature_m)]
    hips = 0.5 * (near[3] + far[3])
    size = limb(stature_m)
    pose = orientations(
        {name: low_pass(time, values) for name, values in angles.leg.items()}, trunk
    )
    level = pose.pelvis @ np.array([0.0, 1.0, 0.0])
    disc = hips + size.lumbosacral_mm[1] * level + [size.lumbosacral_mm[0], 0.0, 0.0]
    legs = THIGH + SHANK + FOOT
    discs = standing_discs_mm(stature_m)
    above = upper_body(body_mass_kg, stature_m, size.lumbosacral_mm[1] + discs[:, 1])
    pelvis = body_mass_kg * (1.0 - 2.0 * legs) - float(above.mass_kg.sum())
    masses = [body_mass_kg * m for m in (THIGH, SHANK, FOOT)]
    centre = hips + 0.4 * (disc - hips)
    return np.array([*masses, *masses, pelvis]), [*near[:3], *far[:3], centre], disc


def _leg(
    time: Array, leg: Mapping[str, Array], trunk: Mapping[str, Array], place: Array, stature: float
) -> list[Array]:
    """Centres of thigh, shank and foot, and the hip, each (n, 3)."""
    pose = orientations({name: low_pass(time, values) for name, values in leg.items()}, trunk)
    joint = joint_places_mm(pose, place, stature)
    thigh = joint["hip"] + 0.4095 * (joint["knee"] - joint["hip"])
    shank = joint["knee"] + 0.4395 * (joint["ankle"] - joint["knee"])
    foot = joint["heel"] + pose.calcaneus @ _FOOT_IN_CALCANEUS_MM
    return [thigh, shank, foot, joint["hip"]]


def _applied(foot: FootForce, at_s: Array) -> tuple[Array, Array, Array]:
    def at(values: Array) -> Array:
        return np.stack([np.interp(at_s, foot.time_s, v) for v in values.T], axis=1)

    point = at(np.nan_to_num(foot.point_mm))
    force = at(foot.force_n)
    loaded = force[:, 1] > 10.0
    return point * loaded[:, None], force * loaded[:, None], at(foot.free_moment_nmm[:, None])[:, 0]
