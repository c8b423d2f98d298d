# SPDX-License-Identifier: MIT
"""Closed surfaces of the foot's bones, for pictures only; mechanics uses their undersides."""

from __future__ import annotations

import numpy as np

from meshes.foot_bones import BoneUnderside
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import FootLandmarks
from meshes.shapes import Surface, bar, ellipsoid, joined
from meshes.tagged import FloatArray


def foot_surfaces(
    dimensions: FootDimensions, landmarks: FootLandmarks, bones: tuple[BoneUnderside, ...]
) -> list[Surface]:
    """Return one surface per segment, tibia (with fibula) to toes."""
    return [
        _tibia(dimensions, landmarks),
        _talus(dimensions, landmarks),
        _calcaneus(dimensions, landmarks, bones[0]),
        _midfoot(dimensions, landmarks),
        *(_metatarsal(dimensions, landmarks, ray) for ray in range(5)),
        *_toes(dimensions, landmarks),
    ]


def _tibia(dimensions: FootDimensions, landmarks: FootLandmarks) -> Surface:
    length = dimensions.length_mm
    forward = (1.0, 0.0, 0.0)
    up = np.array([0.075, 0.15, 0.35, 0.80, 1.30, 1.52, 1.62])
    shaft = landmarks.ankle + np.outer(up * length, [0.0, 1.0, 0.0])
    wide = np.array([0.088, 0.072, 0.045, 0.046, 0.058, 0.110, 0.130]) * length
    deep = np.array([0.070, 0.064, 0.048, 0.055, 0.066, 0.085, 0.090]) * length
    side = np.array([-0.035, 0.0, 0.115]) * length
    thin = landmarks.ankle + side + np.outer(up * length, [0.0, 0.97, 0.0])
    thin[0] = landmarks.malleolus_lateral + np.array([0.0, 0.01, -0.01]) * length
    slim = np.array([0.030, 0.028, 0.021, 0.020, 0.022, 0.030, 0.032]) * length
    tip = landmarks.malleolus_medial
    base = shaft[0] + np.array([0.0, 0.03, -0.055]) * length
    inner = np.vstack([tip + np.array([0.0, 0.02, 0.01]) * length, base])
    return joined(
        [
            bar(shaft, wide, deep, up=forward),
            bar(thin, slim, 1.1 * slim, up=forward),
            bar(inner, np.array([0.022, 0.034]) * length, 0.038 * length, up=forward),
        ]
    )


def _talus(dimensions: FootDimensions, landmarks: FootLandmarks) -> Surface:
    length, ankle = dimensions.length_mm, landmarks.ankle
    head = np.array([0.345 * length, 0.5 * (landmarks.chopart[1] + landmarks.navicular[1]), 0.0])
    head += np.array([0.0, 0.035 * length, -0.14 * dimensions.ball_width_mm])
    start = ankle + np.array([0.01, -0.035, 0.0]) * length
    neck = np.vstack([start, 0.45 * start + 0.55 * head, head])
    dome = ankle - np.array([0.0, 0.028, 0.0]) * length
    return joined(
        [
            ellipsoid(dome, length * np.array([0.082, 0.062, 0.066])),
            bar(neck, np.array([0.060, 0.046, 0.055]) * length, 0.046 * length),
        ]
    )


def _calcaneus(
    dimensions: FootDimensions, landmarks: FootLandmarks, underside: BoneUnderside
) -> Surface:
    length = dimensions.length_mm
    line = underside.stations[:, None] * (underside.end - underside.start) + underside.start
    top = np.array([0.175, 0.190, 0.180, 0.135]) * length
    top = np.maximum(top, underside.under + 0.06 * length)
    half_height = 0.5 * (top - underside.under)
    axis = np.column_stack([line[:, 0], underside.under + half_height, line[:, 1]])
    body = bar(axis, 0.92 * underside.half_width, half_height)
    shelf = landmarks.subtalar + np.array([[0.0, -0.05, 0.0], [0.04, -0.045, -0.075]]) * length
    return joined([body, bar(shelf, 0.035 * length, 0.022 * length)])


def _midfoot(dimensions: FootDimensions, landmarks: FootLandmarks) -> Surface:
    length, width, bases = dimensions.length_mm, dimensions.ball_width_mm, landmarks.bases
    inner = landmarks.navicular + np.array([-0.01 * length, 0.02 * length, 0.06 * width])
    outer = inner + np.array([-0.005 * length, 0.014 * length, 0.24 * width])
    navicular = bar(np.vstack([inner, outer]), 0.024 * length, 0.060 * length)
    rear = np.array([0.365 * length, bases[4, 1] + 0.012 * length, 0.20 * width])
    front = 0.5 * (bases[3] + bases[4]) - np.array([0.024 * length, 0.0, 0.0])
    cuboid = bar(np.vstack([rear, front]), 0.100 * width, 0.048 * length)
    wedges = []
    for ray, half in enumerate((0.085, 0.075, 0.078)):
        end = bases[ray] - np.array([0.022 * length, 0.0, 0.0])
        share = (0.15, 0.5, 0.85)[ray]
        start = (1.0 - share) * inner + share * outer + np.array([0.030 * length, 0.0, 0.0])
        wedges.append(bar(np.vstack([start, end]), half * width, 0.052 * length))
    return joined([navicular, cuboid, *wedges])


def _metatarsal(dimensions: FootDimensions, landmarks: FootLandmarks, ray: int) -> Surface:
    base, head, radius = landmarks.bases[ray], landmarks.heads[ray], landmarks.head_radius[ray]
    half = np.array([0.105, 0.064, 0.062, 0.062, 0.066])[ray] * dimensions.ball_width_mm
    shares = np.array([0.09, 0.22, 0.40, 0.62, 0.82, 0.92, 0.96])
    axis = base + shares[:, None] * (head - base)
    wide = half * np.array([1.05, 0.85, 0.64, 0.62, 0.80, 0.98, 1.0])
    high = radius * np.array([1.30, 1.00, 0.76, 0.74, 0.90, 1.00, 1.0])
    return bar(axis, wide, high)


def _toes(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[Surface]:
    length, width, pad = (
        dimensions.length_mm,
        dimensions.ball_width_mm,
        dimensions.toe_pad_thickness_mm,
    )
    tips = [
        landmarks.hallux_tip,
        np.array([0.953 * length, pad, 0.020 * width]),
        np.array([0.922 * length, pad, 0.145 * width]),
        np.array([0.880 * length, pad, 0.260 * width]),
        np.array([0.832 * length, pad, 0.365 * width]),
    ]
    bars = []
    for ray, tip in enumerate(tips):
        half = (0.088, 0.050, 0.048, 0.046, 0.046)[ray] * width
        high = (0.034, 0.022, 0.021, 0.021, 0.021)[ray] * length
        arched = (0.004, 0.026, 0.026, 0.024, 0.020)[ray] * length
        bars.append(_toe(landmarks.heads[ray], landmarks.head_radius[ray], tip, half, high, arched))
    return [bars[0], joined(bars[1:])]


def _toe(
    head: FloatArray, radius: float, tip: FloatArray, half: float, high: float, arched: float
) -> Surface:
    """Three phalanges as one bar, raised by ``arched`` at the middle joint."""
    start = head + np.array([radius + 0.9 * half, 0.0, 0.0])
    end = tip + np.array([-half, high, 0.0])
    shares = np.array([0.0, 0.18, 0.34, 0.48, 0.62, 0.80, 1.0])
    axis = start + shares[:, None] * (end - start)
    axis[:, 1] += arched * np.sin(np.pi * shares) ** 1.3
    section = np.array([1.0, 0.82, 0.74, 0.92, 0.80, 0.82, 1.0])
    return bar(axis, half * section, high * np.maximum(section, 0.8))
