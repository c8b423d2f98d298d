"""Scan files as users have them: units, sides, wrong files, and the imprint of the data folder."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvista

from meshes.errors import MeshError
from meshes.foot import build_foot
from meshes.scan.distance import sole_distances
from meshes.scan.fit import fit_scan
from meshes.scan.read import read_scan
from meshes.scan.store import cached_scan
from scenarios.errors import ScenarioError
from scenarios.loading import load_scenario, resolved_scenario, scenario_data
from scenarios.subject_scan import scan_lines, scan_warnings, subject_scan
from scenarios.toml_text import toml_text
from tests.helpers.evidence import Evidence
from tests.helpers.scans import FOOT, MadeScan

LIGHT = {"kind": "cast", "around": 200, "rings": 36}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scans")


@pytest.fixture(scope="module")
def right_mm(folder: Path) -> Path:
    return MadeScan(**LIGHT).write(folder / "right_mm.ply")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))


def load(path: Path, *settings: str):  # type: ignore[no-untyped-def]
    return load_scenario("standing", settings=[f"subject.scan_file={path}", *settings])


def test_dimensions_come_from_the_scan_and_stay_when_read_again(
    right_mm: Path, tmp_path: Path
) -> None:
    loaded = load(right_mm, "subject.ball_width_mm=90")
    subject = loaded.scenario.subject
    assert subject.foot_length_mm == pytest.approx(FOOT.length_mm, rel=0.02)
    assert subject.arch_height_mm == pytest.approx(FOOT.arch_height_mm, rel=0.05)
    said = " ".join(scan_warnings(subject, loaded.given))
    assert "ball_width_mm = 90 gives way to the scan" in said
    scan = subject_scan(subject)
    assert scan is not None and scan.unit == "mm"
    assert "cast of a right foot" in scan_lines(scan)[0]
    kept = tmp_path / "scenario.toml"
    kept.write_text(toml_text(scenario_data(loaded.scenario)))
    assert resolved_scenario(kept) == loaded.scenario
    assert load_scenario(str(kept)).scenario == loaded.scenario


@pytest.mark.parametrize(("unit", "size"), [("m", 0.001), ("inch", 1 / 25.4), ("cm", 0.1)])
def test_unit_is_inferred_from_size(
    right_mm: Path, unit: str, size: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cached_scan(right_mm)
    monkeypatch.setattr("meshes.scan.store.cached_scan", lambda *_: _in_units(found, size))
    scan = subject_scan(load(right_mm).scenario.subject)
    assert scan is not None
    assert scan.unit == unit
    assert scan.mm_per_unit == pytest.approx(1.0 / size, rel=1e-4)
    assert scan.foot.dimensions.length_mm == pytest.approx(FOOT.length_mm, rel=0.02)


def test_scale_that_is_no_unit(right_mm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cached_scan(right_mm)
    monkeypatch.setattr("meshes.scan.store.cached_scan", lambda *_: _in_units(found, 0.053))
    loaded = load(right_mm, "subject.foot_length_mm=271")
    assert loaded.scenario.subject.foot_length_mm == 271.0
    warned = " ".join(scan_warnings(loaded.scenario.subject, loaded.given))
    assert "no unit gives the scan a usual foot length" in warned and "139 mm in cm" in warned
    given = load(right_mm, "scan.mm_per_unit=18")
    assert given.scenario.subject.foot_length_mm == pytest.approx(0.053 * 18 * 262.0, rel=0.02)
    with pytest.raises(ScenarioError, match=r"scan\.unit.*139 mm long.*150 to 340"):
        load(right_mm, "scan.unit='cm'")
    monkeypatch.setattr("meshes.scan.store.cached_scan", lambda *_: _in_units(found, 1.0 / 77.0))
    with pytest.raises(ScenarioError, match=r"no foot in any unit.*scan\.mm_per_unit"):
        load(right_mm)


def test_the_other_foot_is_refused_by_name(right_mm: Path) -> None:
    with pytest.raises(ScenarioError, match=r"subject\.side: is left.*right_mm\.ply.*a right foot"):
        load(right_mm, "subject.side='left'")


def _in_units(found, size: float):  # type: ignore[no-untyped-def]
    """The fit as a file in another unit gives it: all but the length in it is free of units."""
    from dataclasses import replace

    return replace(found, length_in_file=found.length_in_file * size)


def _cut(share: float, **kind: object) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        MadeScan(**LIGHT).surface().save(path, **kind)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        return path

    return write


def _text(text: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(text)
        return path

    return write


def _body(make: Callable[[], pyvista.PolyData]) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        make().triangulate().save(path)
        return path

    return write


def _forefoot() -> pyvista.PolyData:
    made = MadeScan(**LIGHT)
    whole = made.surface()
    points = made.turn.inv().apply(np.asarray(whole.points) - made.in_file(np.zeros((1, 3)))[0])
    front = points[:, 0] > 130.0
    faces = whole.regular_faces
    chosen = faces[front[faces].all(axis=1)]
    return pyvista.PolyData.from_regular_faces(whole.points, chosen).clean()


WRONG_FILES = {
    "cut.ply": (_cut(0.7), "bytes where its header promises"),
    "cut_text.ply": (_cut(0.5, binary=False), "lines where its header promises"),
    "cut.stl": (_cut(0.7), "cut short"),
    "cut_text.stl": (_cut(0.5, binary=False), "before its endsolid"),
    "cut.obj": (_cut(0.3), "no triangle"),
    # An OBJ does not say how long it is: readers take the faces that are left, or none.
    "cut_faces.obj": (_cut(0.7), "no triangle|no plantar side"),
    "empty.stl": (_text(b""), "is empty"),
    "words.ply": (_text(b"no mesh\n" * 50), "no header of a PLY"),
    "words.stl": (_text(b"no mesh\n" * 50), "no STL file"),
    "words.obj": (_text(b"no mesh\n" * 50), "no triangle"),
    "words.vtp": (_text(b"no mesh\n" * 50), "cannot be understood"),
    "words.off": (_text(b"no mesh\n" * 50), "OFF"),
    "study.docx": (_text(b"no mesh\n" * 50), "no known kind.*|stl, ply"),
    "tile.ply": (_body(lambda: pyvista.Plane(i_size=260.0, j_size=100.0)), "left foot as well"),
    "front.ply": (_body(_forefoot), "no plantar side"),
    "tiny.ply": (_body(lambda: pyvista.Plane(i_resolution=3, j_resolution=3)), "18 triangles"),
}


@pytest.mark.parametrize("name", list(WRONG_FILES))
def test_wrong_file_is_refused_with_what_was_found(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write, words = WRONG_FILES[name]
    with pytest.raises(MeshError, match=words) as refused:
        fit_scan(write(tmp_path / name))
    assert refused.value.parameter == "scan_file"
    assert capfd.readouterr().err == "", "nothing but the one message"


def test_largest_plausible_body_is_taken(folder: Path, right_mm: Path) -> None:
    foot = pyvista.read(right_mm)
    tile = pyvista.Plane(center=(900.0, 0.0, 0.0), i_size=900.0, j_size=400.0)
    both = (foot + tile.triangulate()).extract_surface(algorithm="dataset_surface")
    both.triangulate().save(folder / "both.ply")
    found = fit_scan(folder / "both.ply")
    assert found.side == "right"
    assert any("2 separate bodies; number 2 by area" in note for note in found.notes)


def test_imprint_of_the_data_folder(data_dir: Path, evidence: Evidence) -> None:
    """Its author measured the foot: 280 mm, 14.006 units in the scan."""
    found = cached_scan(data_dir / "scans" / "right_foot_imprint.ply")
    assert (found.kind, found.side) == ("imprint", "right")
    case, source = "Imprint of a right foot", "raw scan, coarse mesh"
    evidence.within(
        *("scans", case, "length / that measured by its author", found.length_in_file / 14.006),
        **{"low": 0.97, "high": 1.03, "source": "Polycron/orthotic-3D-insoles"},
    )
    found = found.scaled(280.0)
    foot = build_foot(found.dimensions, "coarse", correction=found.correction)
    reached = sole_distances(foot, found.sole_points)
    evidence.within(
        *("scans", case, "sole, root mean square distance", reached.rms_mm),
        **{"high": 1.5, "unit": "mm", "source": source},
    )
    evidence.within(
        *("scans", case, "sole, 95 % of points nearer than", reached.percentile_mm(95.0)),
        **{"high": 1.5, "unit": "mm", "source": source},
    )
    assert found.coverage > 0.95


@pytest.mark.validation
def test_five_million_triangles(tmp_path: Path, evidence: Evidence) -> None:
    path = MadeScan(kind="cast", around=2600, rings=950).write(tmp_path / "large.stl")
    begun = time.monotonic()
    assert len(read_scan(path).triangles) > 4_900_000
    reading = time.monotonic() - begun
    found = fit_scan(path)
    assert any("thinned" in note for note in found.notes)
    ratio = found.length_in_file / FOOT.length_mm
    case = "Five million triangles"
    evidence.within("scans", case, "length / true", ratio, low=0.98, high=1.02)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0**2
    evidence.within("scans", case, "memory", memory, high=6.0, unit="GiB")
    assert reading < time.monotonic() - begun
