# SPDX-License-Identifier: MIT
"""Standing from scenario to result folder: balance, files, a candidate on its calibration."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvista

from materials.library import load
from meshes.tags import Region
from scenarios.table import read_numbers
from simulator.checkpoint import read_checkpoint
from tests.helpers.real_command import BARE_OUTPUT, BAREFOOT, run
from tests.helpers.summaries import BODY_WEIGHT_N, differences, read

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("standing") / "barefoot"
    run("run", "standing", *BAREFOOT, "-o", folder)
    return folder


def test_forces_balance(baseline: Path) -> None:
    summary = read(baseline)
    assert summary["converged"]
    balance = summary["equilibrium"]
    assert balance["force_imbalance_relative_max"] <= 1e-8
    assert balance["grf_error_relative_max"] <= 5e-3
    row = read_numbers(baseline / "history.csv")
    assert row["grf_y_n"][0] == pytest.approx(0.5 * BODY_WEIGHT_N, rel=1e-6)
    assert np.hypot(row["grf_x_n"][0], row["grf_z_n"][0]) < 1e-3


def test_pressure_carries_the_force(baseline: Path) -> None:
    """Pressure times area over the sensor cells is the vertical force."""
    cells = read_numbers(baseline / "plantar_pressure.csv")
    force = np.dot(cells["pressure_kpa"], cells["area_mm2"]) / 1e3
    row = read_numbers(baseline / "history.csv")
    assert force == pytest.approx(row["grf_y_n"][0], rel=1e-6)
    assert 0.0 < row["contact_area_mm2"][0] < 255.0 * 110.0
    assert read(baseline)["plantar"]["peak_pressure_kpa"]["whole"] > 50.0


def test_strain_is_kept_for_the_range_of_the_laws(baseline: Path) -> None:
    saved = read_checkpoint(baseline / "checkpoint" / "state.pickle")
    strain = saved.results.strains[int(Region.HEEL_PAD)]
    assert 0.2 < strain.compression < 0.8
    said = [text for text in read(baseline)["warnings"] if "heel_pad is compressed" in text]
    assert bool(said) == (strain.compression > load("heel_pad").number("valid_compression"))


def test_load_shares(baseline: Path) -> None:
    """Cavanagh 1987: heel 60, midfoot 8, forefoot 28, toes 4 per cent."""
    shares = read(baseline)["plantar"]["load_share_percent"]
    print(shares)
    assert sum(shares.values()) == pytest.approx(100.0, abs=1e-6)
    for region, measured in (("heel", 60), ("midfoot", 8), ("forefoot", 28), ("toes", 4)):
        assert abs(shares[region] - measured) <= 10.0, shares


def test_all_files_are_there(baseline: Path) -> None:
    for name in (
        *("scenario.toml", "summary.json", "history.csv", "plantar_pressure.csv"),
        *("report.html", "run.log", "manifest.json", "calibration/calibration.npz"),
    ):
        assert (baseline / name).stat().st_size > 0, name
    assert len(list((baseline / "figures").glob("*.png"))) >= 4
    with (baseline / "scenario.toml").open("rb") as stream:
        assert tomllib.load(stream)["insole"]["material"] == "none"
    manifest = json.loads((baseline / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    report = (baseline / "report.html").read_text()
    assert "data:image/png;base64" in report
    assert 'src="figures' not in report


def test_fields_open_with_finite_numbers_and_units_in_their_names(baseline: Path) -> None:
    files = sorted((baseline / "fields").glob("*.vtu"))
    names = {f.name.rsplit("_", 1)[0] for f in files}
    assert {"foot_tissue", "foot_bones", "disc_l4_l5", "vertebrae"} <= names
    for file in files:
        grid = pyvista.read(file)
        assert grid.n_cells > 0, file.name
        assert np.isfinite(grid.points).all(), file.name
        for name in (*grid.point_data.keys(), *grid.cell_data.keys()):
            assert np.isfinite(grid[name]).all(), (file.name, name)
    tissue = pyvista.read(next(f for f in files if f.name.startswith("foot_tissue")))
    assert {"displacement_mm", "contact_pressure_mpa"} <= set(tissue.point_data.keys())
    assert {"cauchy_von_mises_mpa", "region"} <= set(tissue.cell_data.keys())
    assert tissue["contact_pressure_mpa"].max() > 0.02
    assert tissue.compute_cell_sizes()["Volume"].min() > 0.0


@pytest.fixture(scope="module")
def candidate(baseline: Path) -> Path:
    """The same foot on the baseline's calibration, with nothing left to mesh or compile."""
    folder = baseline.parent / "candidate"
    calibrated = ("--set", f"baseline.calibration_dir={baseline}")
    run("run", "standing", *BAREFOOT, *BARE_OUTPUT, *calibrated, "-o", folder, tools=False)
    return folder


def test_candidate_says_so_and_names_its_calibration(baseline: Path, candidate: Path) -> None:
    assert read(baseline)["role"] == "baseline"
    assert read(candidate)["role"] == "candidate"
    assert read(candidate)["calibration"] == read(baseline)["calibration"]
    assert not (candidate / "calibration").exists()


def test_candidate_equal_to_its_baseline_gives_its_numbers(baseline: Path, candidate: Path) -> None:
    """The frozen torques and the leg's stiffness act only on what changes."""
    first, other = read(baseline), read(candidate)
    changes = other.pop("alignment_change")
    angles = {key: abs(changes[key]["peak"]) for key in changes if key.endswith("_deg")}
    assert len(angles) > 10 and max(angles.values()) < 1e-3, angles
    for summary in (first, other):
        for name in ("role", "calibration", "warnings", "discretisation_error", "scenario"):
            summary.pop(name, None)
    unequal = differences(first, other)
    print(*unequal[:5], sep="\n")
    # Angles to 1e-4 degrees: the tibia is released from an impedance, not from a clamp.
    allowed = {"alignment": 1e-2}
    assert not [d for d, key in unequal if d > allowed.get(key.split(".")[0], 1e-3)]


def test_comparison_of_the_two_finds_one_calibration(baseline: Path, candidate: Path) -> None:
    out = run("compare", baseline, candidate)
    assert "different calibrations" not in out


def test_softer_heel_zone_relieves_the_heel(baseline: Path) -> None:
    """A zone of the insole's own material changes nothing, a softer one the heel's pressure."""
    found = {}
    for name in ("none", "eva_35", "poron_soft"):
        zones = f"[{{region='heel', material='{name}'}}]" if name != "none" else "[]"
        folder = baseline.parent / f"zone_{name}"
        run("run", "standing", "--set", f"insole.zones={zones}", *BARE_OUTPUT, "-o", folder)
        found[name] = read(folder)["plantar"]["peak_pressure_kpa"]
    print(found)
    for region, pressure in found["none"].items():
        assert found["eva_35"][region] == pytest.approx(pressure, rel=1e-6), region
    assert found["poron_soft"]["heel"] < 0.97 * found["none"]["heel"]


@pytest.mark.parametrize("spoil", ["calibration/calibration.npz", "summary.json"])
def test_folder_without_a_calibration_is_refused(
    baseline: Path, tmp_path: Path, spoil: str, refused: Callable[..., str]
) -> None:
    folder = tmp_path / "half"
    (folder / "calibration").mkdir(parents=True)
    for name in ("calibration/calibration.npz", "summary.json", "manifest.json"):
        if name != spoil:
            os.link(baseline / name, folder / name)
    said = refused(
        "run", "standing", "--set", f"baseline.calibration_dir={folder}", "-o", tmp_path / "out"
    )
    assert str(folder) in said
    assert not (tmp_path / "out").exists()


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    from scenarios.cli import main

    def call(*arguments: object) -> str:
        assert main([str(a) for a in arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        return err.splitlines()[-1]

    return call
