# SPDX-License-Identifier: MIT
"""The built-in normative gait and quiet standing as `StanceGait`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.both_feet import repeated, shifted_half_stride
from scenarios.gait.contacts import Contact, Stride
from scenarios.gait.foot_frame import distance_outside_mm
from scenarios.gait.forces import STANDARD_GRAVITY
from scenarios.gait.measured import LEAST_FORCE, PERCENT, Walker
from scenarios.gait.normative import ground_reaction, normative_posture
from scenarios.gait.pressure_path import normative_path
from scenarios.gait.stance import StanceGait

Array = NDArray[np.float64]


def built_in_gait(speed_m_s: float, walker: Walker) -> StanceGait:
    """Normative walking, scaled by body mass, stature, speed and foot length.

    Forces and durations follow speed; joint angles are one subject's at 1.1 m/s.

    Args:
        speed_m_s: walking speed, 1.1 to 1.9.
        walker: who walks.

    Raises:
        GaitError: speed outside the range of the tables.
    """
    ground = ground_reaction(PERCENT, speed_m_s, walker.height_m)
    weight = walker.body_mass_kg * STANDARD_GRAVITY
    stance = Contact(0.0, ground.stance_s, True, weight * float(ground.force_bw[:, 1].max()))
    stride = Stride(0.0, ground.stride_s, True)
    time = PERCENT / 100.0 * ground.stance_s
    force = weight * ground.force_bw

    count = 800
    cycle = ground.stride_s * np.arange(count) / count
    whole = repeated(time, force, stance, stride, cycle)
    whole += shifted_half_stride(time, force, stance, stride, cycle)
    mean = 1000.0 * (whole.mean(axis=0) - [0.0, weight, 0.0]) / walker.body_mass_kg

    other = shifted_half_stride(time, force, stance, stride, time)
    acceleration = 1000.0 * (force + other - [0.0, weight, 0.0]) / walker.body_mass_kg - mean
    posture, leg, toe_out = normative_posture(PERCENT)
    path = normative_path(PERCENT, force[:, 1], LEAST_FORCE * weight, walker.foot_length_mm)
    return StanceGait(
        source="built-in",
        percent=PERCENT,
        duration_s=ground.stance_s,
        stride_s=ground.stride_s,
        speed_m_s=speed_m_s,
        body_mass_kg=walker.body_mass_kg,
        side=walker.side,
        surface="treadmill",
        grf_n=force,
        other_grf_n=other,
        cop_foot_mm=path.cop_mm,
        cop_defined=path.defined,
        tibia_rotation=posture.tibia,
        ankle_deg=posture.ankle_deg + walker.walking_angles_deg[0],
        subtalar_deg=posture.subtalar_deg + walker.walking_angles_deg[1],
        knee_deg=-leg["knee_angle"],
        hip_deg=np.stack([leg[f"hip_{n}"] for n in ("flexion", "adduction", "rotation")], axis=1),
        pelvis_deg=posture.pelvis_deg,
        lumbar_deg=posture.lumbar_deg,
        toe_out_deg=toe_out,
        pelvis_rotation=posture.pelvis,
        thorax_rotation=posture.thorax,
        com_acceleration_mm_s2=acceleration,
        mean_acceleration_mm_s2=mean,
        registration_offset_mm=np.zeros(2),
        cop_outside_mm=float(distance_outside_mm(path.cop_mm, walker.outline_mm).max()),
        offsets_deg=(),
        residual_force_n=None,
        residual_moment_nmm=None,
        warnings=(
            "built-in gait: forces of one subject by speed, joint angles of another at 1.1 m/s, "
            "the other foot half a stride later and mirrored; the toes follow a passive law",
            *posture_warnings(*walker.walking_angles_deg),
        ),
    )


def posture_warnings(dorsiflexion_deg: float, inversion_deg: float) -> tuple[str, ...]:
    """What must be known where a normative gait is that of a foot that is not neutral."""
    if not inversion_deg:
        return ()
    return (
        f"the subtalar joint is turned by {inversion_deg:+.1f} degrees of inversion throughout and "
        f"the ankle by {dorsiflexion_deg:+.1f} of dorsiflexion, as this foot stands; forces and "
        "the path of the centre of pressure are a neutral foot's",
    )


def standing_gait(walker: Walker, body_weight_share: float = 0.5) -> StanceGait:
    """Quiet standing: constant force, all segments in neutral, the subtalar joint as it stands.

    Args:
        walker: who stands.
        body_weight_share: share of body weight on the analysed foot; the other
            carries the rest.

    The centre of pressure is left undefined: in standing it is a result.
    """
    percent: Array = np.asarray(np.linspace(0.0, 100.0, 5), dtype=np.float64)
    n = len(percent)
    weight = walker.body_mass_kg * STANDARD_GRAVITY
    up = np.tile([0.0, 1.0, 0.0], (n, 1))
    still, upright = np.zeros(n), np.tile(np.eye(3), (n, 1, 1))
    return StanceGait(
        source="standing",
        percent=percent,
        duration_s=1.0,
        stride_s=1.0,
        speed_m_s=0.0,
        body_mass_kg=walker.body_mass_kg,
        side=walker.side,
        surface="overground",
        grf_n=body_weight_share * weight * up,
        other_grf_n=(1.0 - body_weight_share) * weight * up,
        cop_foot_mm=np.full((n, 2), np.nan),
        cop_defined=np.zeros(n, dtype=bool),
        tibia_rotation=upright,
        ankle_deg=still + walker.standing_angles_deg[0],
        subtalar_deg=still + walker.standing_angles_deg[1],
        knee_deg=still,
        hip_deg=np.zeros((n, 3)),
        pelvis_deg=np.zeros((n, 3)),
        lumbar_deg=np.zeros((n, 3)),
        toe_out_deg=0.0,
        pelvis_rotation=upright,
        thorax_rotation=upright,
        com_acceleration_mm_s2=np.zeros((n, 3)),
        mean_acceleration_mm_s2=np.zeros(3),
        registration_offset_mm=np.zeros(2),
        cop_outside_mm=0.0,
        offsets_deg=(),
        residual_force_n=None,
        residual_moment_nmm=None,
        warnings=(),
    )
