# SPDX-License-Identifier: MIT
"""Made-up bodies of the chain from sole to spine, posed over stance."""

from __future__ import annotations

import itertools

import numpy as np

from simulator.results import Body

LENGTH = 255.0
_PITCH = np.array([23.3, 8.1, 0.7, 0.1, -0.5, -1.5, -3.0, -5.0, -9.1, -19.3, -45.4])
_PARTS = np.array([0.0, 0.01, 0.04, 0.1, 0.2, 0.35, 0.5, 0.65, 0.75, 0.85, 0.93, 0.98, 1.0])
_LATERAL = np.array([1, 12, 22, 29, 32, 31, 35, 42, 44, 40, 30, 12, 1.0])
_MEDIAL = np.array([-1, -12, -22, -28, -31, -30, -34, -44, -46, -42, -38, -24, -8.0])


def edges(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Medial and lateral border of the outline."""
    return np.interp(x / LENGTH, _PARTS, _MEDIAL), np.interp(x / LENGTH, _PARTS, _LATERAL)


def sole_grid(step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plan positions and areas inside the outline."""
    x, z = np.meshgrid(np.arange(step / 2, LENGTH, step), np.arange(-60 + step / 2, 60, step))
    x, z = x.ravel(), z.ravel()
    medial, lateral = edges(x)
    inside = (z > medial) & (z < lateral)
    return x[inside], z[inside], np.full(int(inside.sum()), step**2)


def _window(t: float, first: float, last: float, ramp: float) -> float:
    return float(np.clip((t - first) / ramp, 0, 1) * np.clip((last - t) / ramp, 0, 1))


def pressure_mpa(x: np.ndarray, z: np.ndarray, percent: float) -> np.ndarray:
    """Heel, metatarsal heads and hallux as bumps that come and go."""
    t = percent / 100
    heel, fore = _window(t, -0.03, 0.62, 0.16), _window(t, 0.15, 1.02, 0.4)
    bumps = [
        (0.13, 0, 17, 0.26 * heel),
        (0.3, 10, 25, 0.05 * heel),
        (0.5, 24, 18, 0.06 * _window(t, 0.1, 0.8, 0.2)),
        (0.73, -26, 13, 0.17 * fore),
        (0.74, -4, 13, 0.22 * fore),
        (0.71, 14, 13, 0.17 * fore),
        (0.66, 30, 12, 0.10 * fore),
        (0.91, -24, 11, 0.24 * _window(t, 0.4, 1.02, 0.45)),
        (0.89, 8, 12, 0.06 * _window(t, 0.4, 1.02, 0.45)),
    ]
    p = np.zeros_like(x)
    for part, centre, width, height in bumps:
        squared = (x - part * LENGTH) ** 2 + (z - centre) ** 2
        p += height * np.exp(-squared / (2 * width**2))
    return p


def _turn(points: np.ndarray, pivot: np.ndarray, degrees: float) -> np.ndarray:
    """Rotation about the axis Z, positive from X to Y."""
    a = np.deg2rad(degrees)
    r = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1.0]])
    return (points - pivot) @ r.T + pivot


def _brick_cells(shape: tuple[int, int, int], periodic: bool = False) -> np.ndarray:
    """Hexahedra in VTK order of a structured grid; periodic in the first direction."""
    ni, nj, nk = shape
    number = np.arange(ni * nj * nk).reshape(shape)
    cells = []
    for i, j, k in itertools.product(
        range(ni if periodic else ni - 1), range(nj - 1), range(nk - 1)
    ):
        n = (i + 1) % ni
        low = [number[i, j, k], number[n, j, k], number[n, j + 1, k], number[i, j + 1, k]]
        high = [number[i, j, k + 1], number[n, j, k + 1], number[n, j + 1, k + 1]]
        cells.append([*low, *high, number[i, j + 1, k + 1]])
    return np.array(cells)


def _to_tetra10(points: np.ndarray, bricks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    split = [[0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6], [0, 5, 1, 6]]
    tetra = np.concatenate([bricks[:, s] for s in split])
    pairs = [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)]
    ends = np.sort(np.concatenate([tetra[:, p] for p in pairs]), axis=1)
    unique, index = np.unique(ends, axis=0, return_inverse=True)
    middle = index.reshape(6, -1).T + len(points)
    return np.concatenate([points, points[unique].mean(axis=1)]), np.hstack([tetra, middle])


def _slab(bottom, top, layers: int) -> tuple[np.ndarray, np.ndarray]:
    """Slab between two height functions over the outline, as tetra10."""
    x = np.linspace(0.6, LENGTH - 0.6, 44)
    medial, lateral = edges(x)
    s = np.linspace(0, 1, 13)
    k = np.linspace(0, 1, layers + 1)
    xx, ss, kk = np.meshgrid(x, s, k, indexing="ij")
    zz = medial[:, None, None] + (lateral - medial)[:, None, None] * ss
    low, high = bottom(xx, zz), top(xx, zz)
    points = np.stack([xx, low + (high - low) * kk, zz], axis=-1).reshape(-1, 3)
    bricks = _brick_cells(xx.shape)[:, [0, 4, 5, 1, 3, 7, 6, 2]]
    return _to_tetra10(points, bricks)


def _sole_height(x, z):
    medial, lateral = edges(x)
    s = np.clip((z - medial) / np.maximum(lateral - medial, 1.0), 0, 1)
    arch = 18 * np.exp(-(((x / LENGTH - 0.42) / 0.14) ** 2)) * (1 - s) ** 1.5
    rim = 8 * (2 * np.abs(s - 0.5)) ** 4
    return arch + rim + 6 * np.clip(x / LENGTH - 0.86, 0, 1) / 0.14


def _roof(x, z):
    return _sole_height(x, z) * 0.8 + 20 - 9 * np.clip(x / LENGTH - 0.3, 0, 0.6) / 0.6


def ellipsoid(
    centre, axes, turn_deg: float = 0.0, count: int = 14
) -> tuple[np.ndarray, np.ndarray]:
    """Closed triangulated ellipsoid."""
    u, v = np.meshgrid(
        np.linspace(0, 2 * np.pi, 2 * count, endpoint=False), np.linspace(0, np.pi, count)
    )
    sphere = np.stack([np.cos(u) * np.sin(v), np.cos(v), np.sin(u) * np.sin(v)], axis=-1)
    points = _turn(sphere.reshape(-1, 3) * axes, np.zeros(3), turn_deg) + np.asarray(centre)
    faces = []
    for row, col in itertools.product(range(count - 1), range(2 * count)):
        a, b = row * 2 * count + col, row * 2 * count + (col + 1) % (2 * count)
        faces += [[a, b, a + 2 * count], [b, b + 2 * count, a + 2 * count]]
    return points, np.array(faces)


def _merge(parts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    points, faces, segment, offset = [], [], [], 0
    for index, (p, f) in enumerate(parts):
        points.append(p)
        faces.append(f + offset)
        segment.append(np.full(len(f), index))
        offset += len(p)
    return np.concatenate(points), np.concatenate(faces), np.concatenate(segment)


def _foot_bones():
    rays = [
        ellipsoid((0.58 * LENGTH + 8 * (i == 1), 26 - 2.5 * i, -26 + 14 * i), (38, 8, 6), -14)
        for i in range(5)
    ]
    toes = [
        ellipsoid((0.89 * LENGTH - 4 * i, 16, -26 + 13 * i), (18 - 2 * i, 6, 5)) for i in range(5)
    ]
    return _merge(
        [
            ellipsoid((36, 40, 0), (38, 20, 17), 12),
            ellipsoid((62, 66, -2), (26, 15, 17)),
            ellipsoid((100, 48, -6), (24, 15, 24), -10),
            *rays,
            *toes,
        ]
    )


def _disc(centre, tilt: float, compression: float) -> Body:
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    radius, height = np.linspace(0.55, 1.0, 5), np.linspace(-5, 5, 4)
    a, r, h = np.meshgrid(angle, radius, height, indexing="ij")
    bulge = 1 + 0.05 * (1 - (h / 5) ** 2) * (r > 0.99)
    local = np.stack([17 * r * bulge * np.cos(a), h, 25 * r * bulge * np.sin(a)], axis=-1)
    cells = _brick_cells(a.shape, periodic=True)
    points = _turn(local.reshape(-1, 3), np.zeros(3), tilt) + centre
    back = 1 + 0.6 * np.exp(-((np.abs(a) - np.pi) ** 2))
    stress = compression / 1706 * back * (0.5 + 1.5 * (r - 0.5)) * (1 - 0.3 * (h / 5) ** 2)
    return Body(
        "",
        points,
        cells,
        "hexahedron",
        {"displacement_mm": np.zeros_like(points), "cauchy_von_mises_mpa": stress.ravel()},
        {"region": np.full(len(cells), 20), "max_principal_strain": np.full(len(cells), 0.1)},
    )


def bodies_at(percent: float) -> list[Body]:
    """All bodies at one instant."""
    pitch = float(np.interp(percent, np.arange(0, 101, 10), _PITCH))
    pivot = np.array([10.0 if pitch > 0 else 0.72 * LENGTH, 0, 0])

    def posed(points: np.ndarray) -> np.ndarray:
        return _turn(points, pivot, pitch)

    ref, tetra = _slab(_sole_height, _roof, 3)
    p = pressure_mpa(ref[:, 0], ref[:, 2], percent)
    depth = (ref[:, 1] - _sole_height(ref[:, 0], ref[:, 2])) / 14
    squeezed = posed(ref + np.outer(20 * p * np.clip(1 - depth, 0, 1), [0, 1, 0]))
    on_skin = np.where(depth < 0.02, p, 0.0)
    inner = (p * (0.4 + 0.5 * depth))[tetra].mean(axis=1)
    tissue = Body(
        "foot_tissue",
        squeezed,
        tetra,
        "tetra10",
        {"displacement_mm": squeezed - ref, "contact_pressure_mpa": on_skin},
        {"cauchy_von_mises_mpa": inner},
    )
    base, cells = _slab(lambda x, z: -6.0 + 0 * x, lambda x, z: 0.8 * _sole_height(x, z) - 0.3, 2)
    q = pressure_mpa(base[:, 0], base[:, 2], percent)
    pad = posed(base - np.outer(6 * q * (base[:, 1] + 6) / 6, [0, 1, 0]))
    insole = Body(
        "insole",
        pad,
        cells,
        "tetra10",
        {"displacement_mm": pad - base},
        {"cauchy_von_mises_mpa": 0.3 * q[cells].mean(axis=1)},
    )
    bones, faces, segment = _foot_bones()
    moved = posed(bones)
    foot = Body(
        "foot_bones",
        moved,
        faces,
        "triangle",
        {"displacement_mm": moved - bones},
        {"segment": segment},
    )
    return [tissue, insole, foot, *_above(posed(np.array([[62.0, 78, 0]]))[0], percent)]


def _above(ankle: np.ndarray, percent: float) -> list[Body]:
    shank = 15 - 40 * percent / 100 if percent < 60 else -9 - 35 * (percent - 60) / 40
    knee = ankle + _turn(np.array([[0, 400.0, 0]]), np.zeros(3), shank)[0]
    thigh = 25 - 40 * percent / 100
    hip = knee + _turn(np.array([[0, 420.0, 0]]), np.zeros(3), -thigh + 12)[0]
    sacrum = hip + np.array([-30.0, 95, -85])
    parts = [
        ellipsoid((ankle + knee) / 2, (17, 200, 17), shank),
        ellipsoid((hip + knee) / 2, (20, 212, 20), -thigh + 12),
        ellipsoid(hip + np.array([-15.0, 45, -85]), (48, 75, 120)),
    ]
    points, faces, segment = _merge(parts)
    bodies = [Body("leg_bones", points, faces, "triangle", {}, {"segment": segment})]
    vertebrae, centre, tilt = [], sacrum, 22.0
    for index in range(5):
        tilt = 22 - 9.0 * index
        step = _turn(np.array([[0, 19.0, 0]]), np.zeros(3), -tilt)[0]
        name = ("disc_l5_s1", "disc_l4_l5", "disc_l3_l4", "disc_l2_l3", "disc_l1_l2")[index]
        disc = _disc(centre, -tilt, 900 - 50 * index)
        bodies.append(Body(name, *(getattr(disc, s) for s in Body.__slots__[1:])))
        vertebrae.append(ellipsoid(centre + step, (17, 13.5, 25), -tilt))
        vertebrae.append(ellipsoid(centre + step + [-40, -4, 0], (14, 7, 5), -tilt + 10))
        centre = centre + 2 * step
    points, faces, segment = _merge(vertebrae)
    return [*bodies, Body("vertebrae", points, faces, "triangle", {}, {"segment": segment})]
