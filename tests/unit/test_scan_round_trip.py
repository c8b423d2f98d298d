"""A parametric foot made into scans of all kinds is found again: size, side, marks and sole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from meshes.cache import cached_foot, cached_insole
from meshes.errors import MeshError
from meshes.foot import build_foot
from meshes.foot_bones import plantar_bones
from meshes.foot_landmarks import foot_landmarks
from meshes.insole import InsoleDimensions
from meshes.outline import SignedDistance, foot_outline, grown
from meshes.scan.distance import sole_distances
from meshes.scan.fit import ScanOptions, fit_scan
from meshes.scan.scanned import ScannedFoot
from meshes.scan.sole import outline_shift
from meshes.scan.store import cached_scan
from tests.helpers.evidence import Evidence
from tests.helpers.scans import FOOT, MadeScan

SCANS = {
    "Left foot with leg": MadeScan(side="left", noise_mm=0.3, units_per_mm=0.001),
    "Imprint in foam": MadeScan(kind="imprint", background=True, bump_mm=2.0, holes=3),
}
"""Of one foot; together they have all that a fit must cope with."""


@pytest.fixture(scope="module", params=list(SCANS))
def fitted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, MadeScan, ScannedFoot]:
    made = SCANS[request.param]
    path = made.write(tmp_path_factory.mktemp("scan") / "scan.ply")
    found = fit_scan(path)
    return request.param, made, found.scaled(found.length_in_file / made.units_per_mm)


def test_kind_side_size_and_marks_are_found(
    fitted: tuple[str, MadeScan, ScannedFoot], evidence: Evidence
) -> None:
    case, made, found = fitted
    assert (found.kind, found.side) == (made.kind, made.side)
    assert found.side_doubt < 0.5
    source = "scan made of the parametric foot"
    for name in ("length_mm", "ball_width_mm", "heel_width_mm"):
        ratio = getattr(found.dimensions, name) / getattr(FOOT, name)
        evidence.within(
            *("scans", case, f"{name.removesuffix('_mm')} / true", ratio),
            **{"low": 0.98, "high": 1.02, "source": source},
        )
    if not made.bump_mm:
        arch = found.dimensions.arch_height_mm / FOOT.arch_height_mm
        evidence.within("scans", case, "arch / true", arch, low=0.95, high=1.05, source=source)
    away = np.linalg.norm(found.landmarks_in_file - made.marks(), axis=1) / made.units_per_mm
    evidence.within(
        "scans", case, "landmarks, worst", away.max(), high=4.0, unit="mm", source=source
    )


def test_meshed_sole_follows_the_scan(
    fitted: tuple[str, MadeScan, ScannedFoot], evidence: Evidence
) -> None:
    case, made, found = fitted
    foot = build_foot(found.dimensions, "coarse", correction=found.correction)
    distances = sole_distances(foot, found.sole_points)
    evidence.within(
        *("scans", case, "sole, root mean square distance", distances.rms_mm),
        **{"high": 0.6, "unit": "mm", "source": "design: at most 1.5 on a real scan"},
    )
    # Not by mesh and scan agreeing with each other only: the skin is where it was made.
    x, z = found.sole_points[:, 0], found.sole_points[:, 2]
    inner = foot.plantar_height.distance(x, z) > 12.0
    wrong = foot.plantar_height(x[inner], z[inner]) - made.height(x[inner], z[inner])
    # The landmarks lie level in the foot frame, so that the wave under them tilts the whole.
    plane = np.column_stack([np.ones(inner.sum()), x[inner], z[inner]])
    wrong -= plane @ np.linalg.lstsq(plane, wrong, rcond=None)[0]
    assert np.sqrt(np.mean(wrong**2)) < 0.35
    assert found.coverage > 0.9
    lowest = foot.mesh.points[:, 1].min()
    assert -0.05 < lowest < 0.5


def test_insole_conforms_to_the_scanned_sole(
    fitted: tuple[str, MadeScan, ScannedFoot], tmp_path: Path
) -> None:
    _, _, found = fitted
    foot = cached_foot(found.dimensions, "coarse", tmp_path, found.correction)
    insole = cached_insole(foot, InsoleDimensions(conformity=1.0), "coarse", tmp_path)
    x, z = found.sole_points[:, 0], found.sole_points[:, 2]
    inner = foot.plantar_height.distance(x, z) > 20.0
    gap = foot.plantar_height(x, z) - insole.top_height(x, z)
    assert np.abs(gap[inner]).max() < 0.3
    over_top = (found.sole_points[:, 1] - insole.top_height(x, z))[inner]
    assert np.sqrt(np.mean(over_top**2)) < 0.5
    plain = cached_foot(found.dimensions, "coarse", tmp_path)
    assert len(list(tmp_path.glob("foot-*.npz"))) == 2, "with and without scan are two shapes"
    assert plain.plantar_height.correction is None


def test_marks_that_are_given_set_axes_and_side(tmp_path: Path) -> None:
    made = MadeScan(kind="cast", around=200, rings=36)
    path = made.write(tmp_path / "cast.stl")
    marks = tuple(tuple(map(float, point)) for point in made.marks())
    found = cached_scan(path, ScanOptions(marks=marks), tmp_path)
    assert np.allclose(found.landmarks_in_file, made.marks())
    assert found.landmarks[:, 1] == pytest.approx(found.landmarks[0, 1], abs=0.5)
    again = cached_scan(path, ScanOptions(marks=marks), tmp_path)
    assert np.array_equal(again.correction.coefficients, found.correction.coefficients)
    assert again.dimensions == found.dimensions and again.notes == found.notes
    with pytest.raises(MeshError, match="landmarks"):
        fit_scan(path, ScanOptions(marks=(marks[0], marks[2], marks[1])))


def test_outline_follows_a_silhouette_but_keeps_off_the_bones() -> None:
    wide = SignedDistance(grown(foot_outline(FOOT), 5.0))
    shift = outline_shift(FOOT, lambda plan: wide(plan[:, 0], plan[:, 1]))
    found = foot_outline(FOOT, len(shift)) + shift
    assert np.abs(wide(found[:, 0], found[:, 1])).max() < 1.0

    narrow = SignedDistance(foot_outline(FOOT) * [1.0, 0.8])
    shift = outline_shift(FOOT, lambda plan: narrow(plan[:, 0], plan[:, 1]))
    found = SignedDistance(foot_outline(FOOT, len(shift)) + shift)
    bones = np.vstack([b.footprint() for b in plantar_bones(FOOT, foot_landmarks(FOOT))])
    assert found(bones[:, 0], bones[:, 1]).min() > 3.0
