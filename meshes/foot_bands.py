# SPDX-License-Identifier: MIT
"""Plantar fascia and ligaments of the foot, placed by its landmarks."""

from __future__ import annotations

import numpy as np

from meshes.anatomy import BandGeometry
from meshes.foot_dimensions import FootDimensions
from meshes.foot_landmarks import FootLandmarks
from meshes.tagged import FloatArray

LIGAMENT_AREA_MM2 = 18.4
FASCIA_AREA_MM2 = 58.6
"""Cross-sections of Cheung et al. 2005 (J Biomech 38:1045), the fascia per ray."""

FASCIA_BELOW_BONE_MM = 1.5
"""Depth of the fascia's middle under the metatarsal heads."""

_End = tuple[str, FloatArray]


def foot_bands(dimensions: FootDimensions, landmarks: FootLandmarks) -> tuple[BandGeometry, ...]:
    """Return fascia, plantar and dorsal ligaments; all carry tension only.

    Names: ``fascia_1`` to ``_5``, ``long_plantar_...``, ``short_plantar``, ``spring`` (two),
    ``dorsal_midtarsal``, ``plantar_`` and ``dorsal_tarsometatarsal_k``, ``deep_transverse_k``
    between the heads k and k + 1, ``plantar_plate_3`` to ``_5`` to the toes, and the ankle's
    collateral and interosseous ligaments. Lines of action follow the anatomy; attachment points
    are engineering estimates in shares of foot length.
    """
    return (
        *_fascia(dimensions, landmarks),
        *_midtarsal(dimensions, landmarks),
        *_tarsometatarsal(dimensions, landmarks),
        *_forefoot(dimensions, landmarks),
        *_ankle(dimensions, landmarks),
    )


def _fascia(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    """One band a ray: calcaneal tubercle, round the head, base of the proximal phalanx."""
    bands = []
    spread = dimensions.heel_width_mm * np.array([-0.12, -0.06, 0.0, 0.06, 0.12])
    for ray in range(5):
        wrap = landmarks.head_radius[ray] + FASCIA_BELOW_BONE_MM
        under_head = _at(landmarks.heads[ray], y=-wrap)
        toe = "hallux" if ray == 0 else "toes"
        bands.append(
            BandGeometry(
                name=f"fascia_{ray + 1}",
                points=(
                    ("calcaneus", _at(landmarks.calcaneal_tubercle, z=spread[ray])),
                    _ray(ray, under_head),
                    (toe, _at(under_head, x=0.055 * dimensions.length_mm)),
                ),
                wrap_radius_mm=float(wrap),
                area_mm2=FASCIA_AREA_MM2,
            )
        )
    return bands


def _midtarsal(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    length, width = dimensions.length_mm, dimensions.ball_width_mm
    chopart = landmarks.chopart
    under = max(landmarks.bases[4, 1] - 0.03 * length, 0.5 * chopart[1])
    cuboid = ("midfoot", np.array([0.40 * length, under, 0.24 * width]))
    origin = _at(landmarks.calcaneal_tubercle, x=0.045 * length, y=0.006 * length, z=0.05 * width)
    front = np.array([chopart[0] - 0.04 * length, 0.72 * chopart[1], 0.14 * width])
    shelf = _at(chopart, x=-0.065 * length, y=-0.01 * length, z=-0.18 * width)
    below = _at(landmarks.navicular, y=-0.02 * length, z=0.05 * width)
    above = _at(chopart, x=-0.035 * length, y=0.055 * length)
    bands = [
        _ligament("long_plantar_cuboid", ("calcaneus", origin), cuboid),
        _ligament("short_plantar", ("calcaneus", front), cuboid),
        _ligament("spring_medial", ("calcaneus", shelf), ("midfoot", below)),
        _ligament("spring_lateral", ("calcaneus", shelf), ("midfoot", _at(below, z=0.09 * width))),
        _ligament(
            "dorsal_midtarsal",
            ("calcaneus", above),
            ("midfoot", _at(above, x=0.08 * length)),
        ),
    ]
    for ray in (1, 2, 3):
        base = _at(landmarks.bases[ray], x=0.012 * length, y=-0.024 * length)
        bands.append(_ligament(f"long_plantar_{ray + 1}", ("calcaneus", origin), _ray(ray, base)))
    return bands


def _tarsometatarsal(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    reach = 0.035 * dimensions.length_mm
    bands = []
    for ray in range(5):
        for side, share in (("plantar", -0.030), ("dorsal", 0.036)):
            base = _at(landmarks.bases[ray], y=share * dimensions.length_mm)
            bands.append(
                _ligament(
                    f"{side}_tarsometatarsal_{ray + 1}",
                    ("midfoot", _at(base, x=-reach)),
                    _ray(ray, _at(base, x=reach)),
                )
            )
    return bands


def _forefoot(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    heads, radius = landmarks.heads, landmarks.head_radius
    bands = []
    for ray in range(4):
        ends = [_ray(k, _at(heads[k], y=-0.6 * radius[k])) for k in (ray, ray + 1)]
        bands.append(_ligament(f"deep_transverse_{ray + 1}", ends[0], ends[1]))
    for ray in (2, 3, 4):
        under = _at(heads[ray], y=-0.8 * radius[ray])
        toe = ("toes", _at(under, x=0.055 * dimensions.length_mm))
        bands.append(_ligament(f"plantar_plate_{ray + 1}", _ray(ray, under), toe))
    return bands


def _ankle(dimensions: FootDimensions, landmarks: FootLandmarks) -> list[BandGeometry]:
    length = dimensions.length_mm
    subtalar = landmarks.subtalar
    medial, lateral = landmarks.malleolus_medial, landmarks.malleolus_lateral
    inner = _at(subtalar, x=0.04 * length, y=-0.02 * length, z=-0.07 * length)
    outer = _at(subtalar, x=-0.03 * length, y=-0.04 * length, z=0.06 * length)
    neck = _at(landmarks.ankle, x=0.09 * length, y=-0.02 * length, z=0.05 * length)
    canal = _at(subtalar, x=0.02 * length, y=0.01 * length)
    floor = _at(subtalar, x=0.02 * length, y=-0.03 * length, z=0.01 * length)
    return [
        _ligament("deltoid_calcaneal", ("tibia", medial), ("calcaneus", inner)),
        _ligament("deltoid_navicular", ("tibia", medial), ("midfoot", landmarks.navicular)),
        _ligament("calcaneofibular", ("tibia", lateral), ("calcaneus", outer)),
        _ligament("anterior_talofibular", ("tibia", lateral), ("talus", neck)),
        _ligament("interosseous_talocalcaneal", ("talus", canal), ("calcaneus", floor)),
    ]


def _at(point: FloatArray, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> FloatArray:
    return np.asarray(point + np.array([x, y, z]))


def _ray(ray: int, point: FloatArray) -> _End:
    return f"metatarsal_{ray + 1}", point


def _ligament(name: str, origin: _End, insertion: _End) -> BandGeometry:
    return BandGeometry(name, (origin, insertion), 0.0, LIGAMENT_AREA_MM2)
