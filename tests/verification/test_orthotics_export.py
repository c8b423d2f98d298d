# SPDX-License-Identifier: MIT
"""Exported insoles: read back by others, volumes against integrals, borders against formulae."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.export.bodies import surface_faults
from meshes.tags import Region
from scenarios.insole_export import ExportedInsole, write_insole
from tests.helpers.evidence import Evidence
from tests.helpers.export_files import MOULDED, exported, read_3mf, read_stl

SECTION = "orthotics"
ROUND_TRIP = "Insole as a file, read back"
SHAPE = "Insole as a file, its shape"


@pytest.fixture(scope="module")
def moulded() -> ExportedInsole:
    return exported(**MOULDED)


def integral_mm3(insole: ExportedInsole, step_mm: float = 0.1) -> float:
    """Volume between bottom and top over the outline: lines across, Gauss points on each."""
    geometry = insole.geometry
    (x0, z0), (x1, z1) = geometry.outline_xz.T, np.roll(geometry.outline_xz, -1, axis=0).T
    nodes, weights = np.polynomial.legendre.leggauss(64)
    volume = 0.0
    for x in np.arange(x0.min() + 0.5 * step_mm, x0.max(), step_mm):
        here = (x0 > x) != (x1 > x)
        z = np.sort((z0 + (x - x0) / np.where(x1 == x0, 1.0, x1 - x0) * (z1 - z0))[here])
        for low, high in z.reshape(-1, 2):
            points = 0.5 * (low + high) + 0.5 * (high - low) * nodes
            height = geometry.top_height(np.full(64, x), points) + geometry.thickness_mm
            volume += step_mm * 0.5 * (high - low) * float(weights @ height)
    return volume


def test_files_read_back_hold_the_same_bodies(
    moulded: ExportedInsole, evidence: Evidence, tmp_path: Path
) -> None:
    stl, mf = tmp_path / "made.stl", tmp_path / "made.3mf"
    write_insole(stl, moulded)
    write_insole(mf, moulded)
    whole = read_stl(stl)
    assert not any(surface_faults(whole).values())
    volume = moulded.whole.volume_mm3
    evidence.within(
        *(SECTION, ROUND_TRIP, "STL by VTK, volume / exported - 1"),
        abs(whole.volume_mm3 / volume - 1.0),
        high=1e-3,
        source="the surface that was written",
    )
    unit, bodies, placed = read_3mf(mf)
    assert unit == "mm"
    assert all(body.sound for body in bodies)
    assert [body.name for body in bodies] == [body.name for body in moulded.bodies]
    assert [body.colour for body in bodies] == [body.colour for body in moulded.bodies]
    assert (placed[0] >= 0.0).all(), "the positive octant, as slicers want it"
    errors = [
        abs(body.surface.volume_mm3 / one.surface.volume_mm3 - 1.0)
        for body, one in zip(bodies, moulded.bodies, strict=True)
    ]
    evidence.within(
        *(SECTION, ROUND_TRIP, "3MF by lib3mf, worst volume of 7 bodies / exported - 1"),
        max(errors),
        high=1e-3,
        source="the surfaces that were written",
    )
    evidence.within(
        *(SECTION, ROUND_TRIP, "3MF by lib3mf, sum of the bodies / whole - 1"),
        abs(sum(body.surface.volume_mm3 for body in bodies) / volume - 1.0),
        high=1e-3,
        source="no gap and no overlap",
    )


def top_errors_mm(insole: ExportedInsole) -> tuple[float, float]:
    """Root mean square and greatest distance, upright, of the top's triangles from the shape."""
    surfaces, geometry = insole.surfaces, insole.geometry
    corner = surfaces.plan[surfaces.triangles]
    a, b, c = np.moveaxis(corner, 1, 0)
    area = 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    height = geometry.top_height(*corner.mean(axis=1).T) + geometry.thickness_mm
    error = surfaces.thickness_mm[surfaces.triangles].mean(axis=1) - height
    return float(np.sqrt(area @ error**2 / area.sum())), float(np.abs(error).max())


def test_surface_converges_to_the_shape(moulded: ExportedInsole, evidence: Evidence) -> None:
    evidence.within(
        *(SECTION, SHAPE, "volume at edges of 2 mm / integral - 1"),
        abs(moulded.whole.volume_mm3 / integral_mm3(moulded) - 1.0),
        high=1e-3,
        source="quadrature of the thickness over the outline",
    )
    sizes = (8.0, 4.0, 2.0)
    found = [top_errors_mm(exported(size, **MOULDED)) for size in sizes[:-1]]
    found.append(top_errors_mm(moulded))
    rms = [one for one, _ in found]
    evidence.within(
        *(SECTION, SHAPE, "top at edges of 2 mm from the shape, root mean square"),
        rms[-1],
        high=0.05,
        unit="mm",
        source="height of the shape; printers resolve 0.1 mm",
    )
    evidence.within(
        *(SECTION, SHAPE, "top at edges of 2 mm from the shape, worst place (steep rim)"),
        found[-1][1],
        high=0.2,
        unit="mm",
        source="height of the shape; two layers of 0.1 mm",
    )
    evidence.within(
        *(SECTION, SHAPE, "order of the distance of the top, edges of 4 and 2 mm"),
        np.log2(rms[-2] / rms[-1]),
        low=1.7,
        high=2.3,
        source="flat triangles: 2",
    )
    evidence.curve(
        *(SECTION, SHAPE, "edge length (mm)", "distance of the top from the shape, RMS (mm)"),
        {"moulded insole": (sizes, rms)},
        logarithmic=True,
        order=2.0,
    )
    # The coarse elements of a run have edges of 9 to 11 mm, and fewer round the outline.
    elements = moulded.geometry.mesh.quality().volume_mm3
    evidence.within(
        *(SECTION, SHAPE, "volume of a run's coarse elements / exported"),
        elements / moulded.whole.volume_mm3,
        low=0.99,
        high=1.01,
        source="the same shape",
    )


def test_volumes_of_bodies_follow_from_the_outline(evidence: Evidence) -> None:
    """A flat insole, so that plane geometry is enough."""
    layers = [
        {"material": "eva_20", "thickness_mm": 2.0},
        {"material": "eva_50", "thickness_mm": 4.0},
    ]
    insole = exported(layers=layers, heel_plug_diameter_mm=30.0)
    x, z = insole.geometry.outline_xz.T
    outline = 0.5 * abs(np.sum(x * np.roll(z, -1) - np.roll(x, -1) * z))
    volume = {body.region: body.surface.volume_mm3 for body in insole.bodies}
    plug = 225.0 * np.pi
    wanted = {
        Region.INSOLE_COVER: 2.0 * outline,
        Region.INSOLE: 4.0 * (outline - plug),
        Region.INSOLE_PLUG: 4.0 * plug,
    }
    worst = max(abs(volume[int(tag)] / wanted[tag] - 1.0) for tag in wanted)
    # A polygon with edges of 2 mm in a circle of 30 mm has 0.3 % less.
    evidence.within(
        *(SECTION, SHAPE, "flat insole: worst of cover, core and plug / plane geometry - 1"),
        worst,
        high=0.004,
        source="area of outline and circle; edges of 2 mm",
    )
    masses = {body.zone: body.mass_g for body in insole.bodies}
    assert masses["cover"] == pytest.approx(1e-3 * 0.110 * 2.0 * outline, rel=1e-3)


def test_borders_of_zones_are_straight_and_touch(
    moulded: ExportedInsole, evidence: Evidence
) -> None:
    points = {body.region: body.surface.points for body in moulded.bodies}
    forefoot, core = points[int(Region.INSOLE_FOREFOOT)], points[int(Region.INSOLE)]
    length = moulded.geometry.plan.foot.dimensions.length_mm
    evidence.within(
        *(SECTION, SHAPE, "rear border of the forefoot, farthest from its line"),
        abs(forefoot[:, 0].min() - 0.51 * length),
        high=0.01,
        unit="mm",
        source="51 % of foot length",
    )
    front = forefoot[np.abs(forefoot[:, 0] - 0.81 * length) < 1e-3]
    met = {tuple(point) for point in core.tolist()}
    assert len(front) > 80
    alone = sum(tuple(point) not in met for point in front.tolist())
    evidence.within(
        *(SECTION, SHAPE, "points of a zone's border that its neighbour does not have"),
        alone,
        high=0.0,
        source="bodies fit without a gap",
    )


def test_a_left_insole_mirrors_the_right_one(moulded: ExportedInsole) -> None:
    left = exported(side="left", **MOULDED)
    assert np.array_equal(left.whole.points, moulded.whole.points * [1.0, -1.0, 1.0])
    medial = left.whole.points[np.argmax(left.whole.points[:, 2])]
    assert medial[1] < 0.0, "the arch of a left foot is on its right"
    for one, other in zip(left.bodies, moulded.bodies, strict=True):
        assert one.surface.volume_mm3 == pytest.approx(other.surface.volume_mm3, rel=1e-12)
    assert left.whole.points[:, 2].min() == 0.0
