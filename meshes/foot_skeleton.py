# SPDX-License-Identifier: MIT
"""Segments, joints and bands of the foot, placed by its landmarks."""

from __future__ import annotations

import numpy as np

from meshes.anatomy import BandGeometry, JointGeometry, SegmentGeometry
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import SEGMENTS, FootLandmarks, subtalar_axis, talocrural_axis
from meshes.shapes import Surface, bar, ellipsoid, joined
from meshes.tagged import FloatArray

FOOT_MASS_FRACTION = 0.0137
SHANK_MASS_FRACTION = 0.0433
"""Male foot and shank over body mass (de Leva 1996)."""

_SHARE_OF_FOOT = (0.0, 0.14, 0.30, 0.18, 0.085, 0.055, 0.05, 0.045, 0.045, 0.045, 0.055)
"""Division of the foot's mass by the volume of the parts (engineering estimate)."""

LIGAMENT_AREA_MM2 = 18.4
FASCIA_AREA_MM2 = 58.6
"""Cross-sections of Cheung et al. 2005 (J Biomech 38:1045), the fascia per ray."""


def foot_joints(landmarks: FootLandmarks) -> tuple[JointGeometry, ...]:
    """Return the joints from the ankle to the toes.

    The lesser toes are one segment, hinged to the second metatarsal (``mtp_2``); the third to
    fifth heads are tied to it by the bands ``plantar_plate_3`` to ``_5`` only, since hinges on
    four metatarsals would lock the toes and the rays together.
    """
    lateral = np.array([0.0, 0.0, 1.0])
    joints = [
        JointGeometry("ankle", "tibia", "talus", landmarks.ankle, talocrural_axis(), "hinge"),
        JointGeometry(
            "subtalar", "talus", "calcaneus", landmarks.subtalar, subtalar_axis(), "hinge"
        ),
        JointGeometry("midfoot", "calcaneus", "midfoot", landmarks.chopart, lateral, "ball"),
    ]
    for ray in range(5):
        name = f"metatarsal_{ray + 1}"
        joints.append(
            JointGeometry(
                f"tarsometatarsal_{ray + 1}", "midfoot", name, landmarks.bases[ray], lateral, "ball"
            )
        )
    heads = landmarks.heads
    for ray, toe in ((0, "hallux"), (1, "toes")):
        name = f"metatarsal_{ray + 1}"
        joints.append(
            JointGeometry(f"mtp_{ray + 1}", name, toe, heads[ray], _head_line(heads, ray), "hinge")
        )
    return tuple(joints)


def foot_bands(dimensions: FootDimensions, landmarks: FootLandmarks) -> tuple[BandGeometry, ...]:
    """Return plantar fascia, plantar and dorsal ligaments; all carry tension only."""
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    bands = _fascia(dimensions, landmarks)
    chopart, heel = landmarks.chopart, landmarks.calcaneal_tubercle
    cuboid = np.array([0.40 * length, landmarks.bases[4, 1] - 0.03 * length, 0.24 * width])
    cuboid[1] = max(cuboid[1], 0.5 * chopart[1])
    under_heel = heel + [0.045 * length, 0.006 * length, 0.05 * width]
    front = np.array([chopart[0] - 0.04 * length, 0.72 * chopart[1], 0.14 * width])
    for ray in (1, 2, 3):
        base = landmarks.bases[ray] - [-0.012 * length, 0.024 * length, 0.0]
        bands.append(
            _ligament(f"long_plantar_{ray + 1}", ("calcaneus", under_heel), _of(ray, base))
        )
    bands.append(_ligament("long_plantar_cuboid", ("calcaneus", under_heel), ("midfoot", cuboid)))
    bands.append(_ligament("short_plantar", ("calcaneus", front), ("midfoot", cuboid)))
    shelf = np.array([chopart[0] - 0.065 * length, chopart[1] - 0.01 * length, -0.15 * width])
    below = landmarks.navicular - [0.0, 0.02 * length, -0.05 * width]
    bands.append(_ligament("spring", ("calcaneus", shelf), ("midfoot", below)))
    bands.append(_ligament("spring_lateral", ("calcaneus", shelf), ("midfoot", below + [0, 0, 9])))
    above = chopart + [-0.035 * length, 0.055 * length, 0.02 * width]
    bands.append(
        _ligament(
            "dorsal_midtarsal", ("calcaneus", above), ("midfoot", above + [0.08 * length, 0, 0])
        )
    )
    for ray in range(5):
        base = landmarks.bases[ray]
        for side, height in (("plantar", -0.030), ("dorsal", 0.036)):
            behind = base + [-0.035 * length, height * length, 0.0]
            before = base + [0.035 * length, height * length, 0.0]
            bands.append(
                _ligament(
                    f"{side}_tarsometatarsal_{ray + 1}", ("midfoot", behind), _of(ray, before)
                )
            )
    for ray in range(4):
        plantar = [0.0, -0.6 * landmarks.head_radius[ray], 0.0]
        bands.append(
            _ligament(
                f"deep_transverse_{ray + 1}",
                _of(ray, landmarks.heads[ray] + plantar),
                _of(ray + 1, landmarks.heads[ray + 1] + plantar),
            )
        )
    for ray in (2, 3, 4):
        head, under = landmarks.heads[ray], 0.8 * landmarks.head_radius[ray]
        bands.append(
            _ligament(
                f"plantar_plate_{ray + 1}",
                _of(ray, head - [0.0, under, 0.0]),
                ("toes", head + [0.055 * length, -under, 0.0]),
            )
        )
    return tuple(bands + _ankle_ligaments(dimensions, landmarks))


def foot_segments(
    dimensions: FootDimensions, landmarks: FootLandmarks
) -> tuple[SegmentGeometry, ...]:
    """Return the rigid segments in the order of `SEGMENTS`."""
    surfaces = _surfaces(dimensions, landmarks)
    segments = []
    for index, name in enumerate(SEGMENTS):
        points, triangles = surfaces[index]
        centre, gyration = 0.5 * (points.min(axis=0) + points.max(axis=0)), np.ptp(points, axis=0)
        mass = FOOT_MASS_FRACTION * _SHARE_OF_FOOT[index]
        gyration = gyration / np.sqrt(20.0)
        gyration = np.sqrt(0.5 * (np.sum(gyration**2) - gyration**2) * 2.0)
        if name == "tibia":
            mass = SHANK_MASS_FRACTION
            shank = 1.70 * dimensions.length_mm
            centre = landmarks.ankle + [0.0, (1.0 - 0.4459) * shank, 0.0]
            gyration = shank * np.array([0.255, 0.103, 0.249])
        segments.append(SegmentGeometry(name, centre, points, triangles, mass, gyration))
    return tuple(segments)


def _fascia(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    """One band a ray: tubercle, under the head at its radius and 1.5 mm, proximal phalanx."""
    bands = []
    spread = dimensions.heel_width_mm * np.array([-0.12, -0.06, 0.0, 0.06, 0.12])
    for ray in range(5):
        head, wrap = landmarks.heads[ray], landmarks.head_radius[ray] + 1.5
        toe = "hallux" if ray == 0 else "toes"
        forward = np.array([0.055 * dimensions.length_mm, 0.0, 0.0])
        bands.append(
            BandGeometry(
                name=f"fascia_{ray + 1}",
                points=(
                    ("calcaneus", landmarks.calcaneal_tubercle + [0.0, 0.0, spread[ray]]),
                    (f"metatarsal_{ray + 1}", head - [0.0, wrap, 0.0]),
                    (toe, head - [0.0, wrap, 0.0] + forward),
                ),
                wrap_radius_mm=float(wrap),
                area_mm2=FASCIA_AREA_MM2,
            )
        )
    return bands


def _ankle_ligaments(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    length = dimensions.length_mm
    ankle, subtalar = landmarks.ankle, landmarks.subtalar
    medial, lateral = landmarks.malleolus_medial, landmarks.malleolus_lateral
    inner = subtalar + [0.04 * length, -0.02 * length, -0.07 * length]
    outer = subtalar + [-0.03 * length, -0.04 * length, 0.06 * length]
    neck = ankle + [0.09 * length, -0.02 * length, 0.05 * length]
    return [
        _ligament("deltoid_calcaneal", ("tibia", medial), ("calcaneus", inner)),
        _ligament("deltoid_navicular", ("tibia", medial), ("midfoot", landmarks.navicular)),
        _ligament("calcaneofibular", ("tibia", lateral), ("calcaneus", outer)),
        _ligament("anterior_talofibular", ("tibia", lateral), ("talus", neck)),
        _ligament(
            "interosseous_talocalcaneal",
            ("talus", subtalar + [0.02 * length, 0.01 * length, 0.0]),
            ("calcaneus", subtalar + [0.02 * length, -0.03 * length, 0.01 * length]),
        ),
    ]


def _surfaces(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[Surface]:
    length, width, heel = (
        dimensions.length_mm,
        dimensions.ball_width_mm,
        dimensions.heel_width_mm,
    )
    ankle, chopart, pad = landmarks.ankle, landmarks.chopart, dimensions.heel_pad_thickness_mm
    shin = ankle + np.array([[0.0, 0.05], [0.0, 0.20], [0.0, 0.60], [0.0, 1.60]]) @ (
        length * np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    )
    fibula = shin + [-0.03 * length, -0.09 * length, 0.125 * length]
    medial = np.vstack([ankle + [0, 0.10 * length, -0.07 * length], landmarks.malleolus_medial])
    tibia = joined(
        [
            bar(
                shin,
                length * np.array([0.085, 0.06, 0.048, 0.10]),
                length * np.array([0.075, 0.055, 0.05, 0.09]),
                up=(1, 0, 0),
            ),
            bar(
                fibula,
                length * np.array([0.032, 0.026, 0.022, 0.03]),
                length * np.array([0.035, 0.026, 0.022, 0.03]),
                up=(1, 0, 0),
            ),
            bar(medial, 0.028 * length, 0.035 * length, up=(1, 0, 0)),
        ]
    )
    talus = joined(
        [
            ellipsoid(ankle - [0.0, 0.012 * length, 0.0], length * np.array([0.085, 0.06, 0.068])),
            bar(
                [
                    ankle - [0, 0.03 * length, 0],
                    [
                        0.345 * length,
                        0.25 * ankle[1] + 0.75 * landmarks.navicular[1] + 0.01 * length,
                        -0.12 * width,
                    ],
                ],
                0.05 * length,
                0.045 * length,
            ),
        ]
    )
    rear = 0.024 * length + 0.28 * heel
    top = np.array([0.150, 0.158, 0.15, 0.12]) * length
    low = pad + dimensions.arch_height_mm * np.array([0.0, 0.04, 0.15, 0.24])
    stations = np.linspace(rear, chopart[0] - 0.055 * length, 4)
    mid = np.column_stack([stations, 0.5 * (top + low), np.linspace(0.0, 0.05 * heel, 4)])
    calcaneus = bar(mid, heel * np.array([0.27, 0.25, 0.24, 0.23]), 0.5 * (top - low))
    cuboid = np.array([[0.37 * length, 0.0, 0.20 * width], [0.415 * length, 0.0, 0.26 * width]])
    cuboid[:, 1] = landmarks.bases[4, 1] + 0.012 * length
    navicular = landmarks.navicular + [0.0, 0.012 * length, 0.07 * width]
    across = np.vstack([navicular, navicular + [0.0, 0.01 * length, 0.22 * width]])
    wedge = np.vstack([0.5 * (landmarks.bases[0] + landmarks.bases[1]) - [0.01 * length, 0, 0]] * 2)
    wedge[0] -= [0.05 * length, -0.015 * length, 0.0]
    third = landmarks.bases[2] - np.array(
        [[0.05 * length, -0.008 * length, 0.0], [0.012 * length, 0, 0]]
    )
    midfoot = joined(
        [
            bar(cuboid, 0.11 * width, 0.045 * length),
            bar(across, 0.035 * length, 0.055 * length),
            bar(wedge, 0.14 * width, 0.048 * length),
            bar(third, 0.07 * width, 0.045 * length),
        ]
    )
    rays = [_metatarsal_surface(landmarks, ray, length, width) for ray in range(5)]
    return [tibia, talus, calcaneus, midfoot, *rays, *_toe_surfaces(dimensions, landmarks)]


def _metatarsal_surface(landmarks: FootLandmarks, ray: int, length: float, width: float) -> Surface:
    base, head, radius = landmarks.bases[ray], landmarks.heads[ray], landmarks.head_radius[ray]
    axis = base + np.array([0.10, 0.25, 0.60, 0.85, 0.97])[:, None] * (head - base)
    half = np.array([0.10, 0.06, 0.06, 0.06, 0.062])[ray] * width
    sections = np.array([1.0, 0.72, 0.68, 0.95, 1.0])
    return bar(axis, half * sections, radius * np.array([1.25, 0.85, 0.75, 0.95, 1.0]))


def _toe_surfaces(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[Surface]:
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    pad, heads = dimensions.toe_pad_thickness_mm, landmarks.heads
    tips = [
        landmarks.hallux_tip,
        np.array([0.945 * length, pad, 0.025 * width]),
        np.array([0.915 * length, pad, 0.155 * width]),
        np.array([0.872 * length, pad, 0.280 * width]),
        np.array([0.820 * length, pad, 0.395 * width]),
    ]
    bars = []
    for ray, tip in enumerate(tips):
        half = (0.085, 0.048, 0.046, 0.044, 0.044)[ray] * width
        high = (0.030, 0.022, 0.022, 0.021, 0.021)[ray] * length
        head, radius = heads[ray], landmarks.head_radius[ray]
        first = head + [radius + 0.6 * half, 0.0, 0.2 * (tip[2] - head[2])]
        end = tip + [-0.6 * half, high, 0.0]
        knee = 0.45 * first + 0.55 * end + [0.0, (0.0 if ray == 0 else 0.022) * length, 0.0]
        bars.append(bar([first, knee, end], half, high))
    return [bars[0], joined(bars[1:])]


def _head_line(heads: FloatArray, ray: int) -> FloatArray:
    """Axis of a toe joint, lateral: halfway between the line of the heads and straight across."""
    line = heads[ray + 1] - heads[ray] if ray == 0 else heads[4] - heads[1]
    line = line / np.linalg.norm(line) + np.array([0.0, 0.0, 1.0])
    return np.asarray(line / np.linalg.norm(line))


def _of(ray: int, point: FloatArray) -> tuple[str, FloatArray]:
    return f"metatarsal_{ray + 1}", point


def _ligament(
    name: str, origin: tuple[str, FloatArray], insertion: tuple[str, FloatArray]
) -> BandGeometry:
    return BandGeometry(name, (origin, insertion), 0.0, LIGAMENT_AREA_MM2)
