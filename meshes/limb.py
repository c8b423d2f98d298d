# SPDX-License-Identifier: MIT
"""Shank, thigh and pelvis scaled to stature: joint centres, masses, surfaces for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from meshes.anatomy import JointGeometry, SegmentGeometry
from meshes.errors import MeshError, require_range
from meshes.shapes import Surface, bar, ellipsoid, joined
from meshes.tagged import FloatArray

Sex = Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class LimbProportions:
    """Shares of stature, of segment length and of body mass of one sex.

    Lengths between joint centres, centres of mass and radii of gyration (about X, Y, Z: the
    transverse, long and sagittal ones) of de Leva 1996 (J Biomech 29:1223), adjusted from
    Zatsiorsky. Pelvis: hip centres 0.097 of stature apart, the first sacral endplate 0.060 above
    and 0.014 behind them (pelvic thickness 105 mm, tilt 13 degrees: Legaye et al. 1998).

    Attributes:
        shank: length over stature.
        thigh: length over stature.
        shank_mass: over body mass.
        thigh_mass: over body mass.
        pelvis_mass: over body mass (lower part of the trunk).
        shank_centre: centre of mass from the knee over shank length.
        thigh_centre: centre of mass from the hip over thigh length.
        shank_gyration: (3,) over shank length.
        thigh_gyration: (3,) over thigh length.
        pelvis_length: from the omphalion to the hip centres over stature.
        pelvis_gyration: (3,) over pelvis length.
    """

    shank: float
    thigh: float
    shank_mass: float
    thigh_mass: float
    pelvis_mass: float
    shank_centre: float
    thigh_centre: float
    shank_gyration: tuple[float, float, float]
    thigh_gyration: tuple[float, float, float]
    pelvis_length: float
    pelvis_gyration: tuple[float, float, float]


PROPORTIONS: dict[Sex, LimbProportions] = {
    "male": LimbProportions(
        shank=0.2493,
        thigh=0.2425,
        shank_mass=0.0433,
        thigh_mass=0.1416,
        pelvis_mass=0.1117,
        shank_centre=0.4459,
        thigh_centre=0.4095,
        shank_gyration=(0.255, 0.103, 0.249),
        thigh_gyration=(0.329, 0.149, 0.329),
        pelvis_length=0.0837,
        pelvis_gyration=(0.615, 0.587, 0.551),
    ),
    "female": LimbProportions(
        shank=0.2492,
        thigh=0.2124,
        shank_mass=0.0481,
        thigh_mass=0.1478,
        pelvis_mass=0.1247,
        shank_centre=0.4416,
        thigh_centre=0.3612,
        shank_gyration=(0.271, 0.093, 0.267),
        thigh_gyration=(0.369, 0.162, 0.364),
        pelvis_length=0.1046,
        pelvis_gyration=(0.433, 0.444, 0.402),
    ),
}
HIP_SPACING = 0.097
SACRUM_ABOVE_HIPS = 0.060
SACRUM_BEHIND_HIPS = 0.014
PELVIS_CENTRE_ABOVE_HIPS = 0.39
"""Centre of mass of the lower trunk, over its length (de Leva 1996: 0.611 from the omphalion)."""


@dataclass(frozen=True, slots=True)
class LimbGeometry:
    """The right leg above the ankle in neutral standing, in the foot frame, mm.

    Attributes:
        stature_mm: of the person.
        body_mass_kg: of the person.
        segments: tibia (with fibula), femur, pelvis (with sacrum).
        joints: ``knee`` (hinge, flexion positive) and ``hip`` (ball).
        ankle: (3,) centre, where the leg stands.
        knee: (3,) centre.
        hip: (3,) centre of the right hip.
        hip_left: (3,) centre of the left hip.
        sacrum: (3,) middle of the first sacral endplate, under the disc L5-S1.
    """

    stature_mm: float
    body_mass_kg: float
    segments: tuple[SegmentGeometry, SegmentGeometry, SegmentGeometry]
    joints: tuple[JointGeometry, JointGeometry]
    ankle: FloatArray
    knee: FloatArray
    hip: FloatArray
    hip_left: FloatArray
    sacrum: FloatArray


def build_limb(
    stature_mm: float,
    body_mass_kg: float,
    ankle_mm: ArrayLike = (56.1, 68.85, 0.0),
    sex: Sex = "male",
) -> LimbGeometry:
    """Stand a leg and pelvis on an ankle, upright.

    Args:
        stature_mm: 900 to 2300.
        body_mass_kg: 10 to 300; kept for the masses in kg.
        ankle_mm: (3,) ankle centre in the foot frame; left out, that of the default foot.
        sex: whose proportions.

    Raises:
        MeshError: a value is out of its range.
    """
    require_range("stature_mm", stature_mm, 900.0, 2300.0)
    require_range("body_mass_kg", body_mass_kg, 10.0, 300.0)
    if sex not in PROPORTIONS:
        raise MeshError("sex", f"{sex!r} is not known", ", ".join(PROPORTIONS))
    part = PROPORTIONS[sex]
    up, across = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
    ankle = np.asarray(ankle_mm, dtype=np.float64)
    shank, thigh, pelvis = (
        share * stature_mm for share in (part.shank, part.thigh, part.pelvis_length)
    )
    knee = ankle + shank * up
    hip = knee + thigh * up
    spacing = HIP_SPACING * stature_mm
    left = hip - spacing * across
    sacrum = 0.5 * (hip + left) + stature_mm * np.array(
        [-SACRUM_BEHIND_HIPS, SACRUM_ABOVE_HIPS, 0.0]
    )
    tibia = SegmentGeometry(
        "tibia",
        knee - part.shank_centre * shank * up,
        *_shank(ankle, knee),
        part.shank_mass,
        shank * np.asarray(part.shank_gyration),
    )
    femur = SegmentGeometry(
        "femur",
        hip - part.thigh_centre * thigh * up,
        *_femur(knee, hip, stature_mm),
        part.thigh_mass,
        thigh * np.asarray(part.thigh_gyration),
    )
    pelvic = SegmentGeometry(
        "pelvis",
        0.5 * (hip + left) + PELVIS_CENTRE_ABOVE_HIPS * pelvis * up,
        *_pelvis(hip, left, sacrum, stature_mm),
        part.pelvis_mass,
        pelvis * np.asarray(part.pelvis_gyration),
    )
    joints = (
        JointGeometry("knee", "femur", "tibia", knee, -across, "hinge"),
        JointGeometry("hip", "pelvis", "femur", hip, across, "ball"),
    )
    return LimbGeometry(
        stature_mm, body_mass_kg, (tibia, femur, pelvic), joints, ankle, knee, hip, left, sacrum
    )


def _shank(ankle: FloatArray, knee: FloatArray) -> Surface:
    length = float(knee[1] - ankle[1])
    share = np.array([0.045, 0.09, 0.20, 0.50, 0.80, 0.91, 0.95])
    axis = ankle + share[:, None] * (knee - ankle)
    wide = np.array([0.052, 0.043, 0.027, 0.028, 0.038, 0.075, 0.080]) * length
    deep = np.array([0.042, 0.038, 0.029, 0.034, 0.044, 0.055, 0.058]) * length
    thin = axis + np.array([-0.020, 0.0, 0.068]) * length
    slim = np.array([0.020, 0.017, 0.012, 0.012, 0.013, 0.019, 0.019]) * length
    thin[:, 1] -= 0.055 * length
    forward = (1.0, 0.0, 0.0)
    return joined([bar(axis, wide, deep, up=forward), bar(thin, slim, slim, up=forward)])


def _femur(knee: FloatArray, hip: FloatArray, stature: float) -> Surface:
    top = knee + 0.93 * (hip - knee) + np.array([0.0, 0.0, 0.026]) * stature
    base = knee + np.array([0.0, 0.012, 0.0]) * stature
    share = np.array([0.0, 0.06, 0.16, 0.50, 0.88, 1.0])
    shaft = base + share[:, None] * (top - base)
    wide = np.array([0.022, 0.023, 0.012, 0.0085, 0.011, 0.014]) * stature
    deep = np.array([0.019, 0.017, 0.010, 0.0085, 0.010, 0.012]) * stature
    neck = np.vstack([shaft[-2], hip])
    return joined(
        [
            bar(shaft, wide, deep, up=(1.0, 0.0, 0.0)),
            bar(neck, 0.010 * stature, 0.010 * stature, up=(1.0, 0.0, 0.0)),
            ellipsoid(hip, np.full(3, 0.0135 * stature)),
        ]
    )


def _pelvis(hip: FloatArray, left: FloatArray, sacrum: FloatArray, stature: float) -> Surface:
    """Two iliac wings, pubic and ischial rami and the sacrum, as bars."""
    middle = 0.5 * (hip + left)
    pubis = middle + np.array([0.026, -0.020, 0.0]) * stature
    tail = sacrum + np.array([-0.024, -0.060, 0.0]) * stature
    parts = [
        bar(
            np.vstack([sacrum + np.array([-0.012, -0.008, 0.0]) * stature, tail]),
            np.array([0.030, 0.010]) * stature,
            np.array([0.014, 0.006]) * stature,
            up=(1.0, 0.0, 0.0),
        )
    ]
    for centre, side in ((hip, 1.0), (left, -1.0)):
        crest = centre + np.array([[0.012, 0.075, 0.020 * side], [-0.05, 0.075, -0.018 * side]]) * (
            stature
        )
        joint = sacrum + np.array([-0.022, -0.012, 0.024 * side]) * stature
        seat = centre + np.array([-0.020, -0.048, -0.012 * side]) * stature
        thick = 0.009 * stature
        forward = (1.0, 0.0, 0.0)
        parts += [
            bar(np.vstack([crest[0], centre]), thick, 0.020 * stature, up=forward),
            bar(np.vstack([crest[1], joint]), thick, 0.014 * stature, up=forward),
            bar(np.vstack([crest[0], crest[1]]), 0.8 * thick, 0.010 * stature),
            bar(
                np.vstack([crest.mean(axis=0), 0.5 * (centre + joint)]),
                0.006 * stature,
                0.030 * stature,
                up=forward,
            ),
            bar(np.vstack([centre, joint]), thick, 0.013 * stature),
            bar(np.vstack([centre, pubis]), thick, thick),
            bar(np.vstack([centre, seat]), 1.3 * thick, 1.3 * thick, up=forward),
            bar(np.vstack([seat, pubis]), 0.7 * thick, 0.7 * thick),
            ellipsoid(centre, np.full(3, 0.019 * stature)),
        ]
    return joined(parts)
