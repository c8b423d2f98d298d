# SPDX-License-Identifier: MIT
"""Paired differences, their units, and whether the mesh can tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import discretisation
from scenarios.compare import compare_folders, compare_summaries
from scenarios.compare_outputs import output_unit
from scenarios.compare_text import comparison_text
from scenarios.discretisation import error_of, with_errors
from scenarios.errors import ScenarioError
from scenarios.summary import (
    Alignment,
    DiscretisationError,
    LumbarLevel,
    MinMax,
    Peak,
    Plantar,
    Regions,
    SubjectSummary,
    Summary,
    summary_text,
)

HEEL = "plantar.peak_pressure_kpa.heel"
COMPRESSION = "lumbar.L4-L5.compression_n.peak"


def summary(heel: float, force: float = 900.0, **more: object) -> Summary:
    values: dict[str, object] = {
        "scenario": "walking",
        "analysis": "stance",
        "converged": True,
        "resolution": "coarse",
        "role": "candidate",
        "plantar": Plantar(peak_pressure_kpa=Regions(heel=heel)),
        "alignment": Alignment(rearfoot_eversion_deg=MinMax(min=0.0, max=4.0)),
        "lumbar": {"L4-L5": LumbarLevel(compression_n=Peak(peak=force, mean=1.0))},
    }
    return Summary(**{**values, **more})  # type: ignore[arg-type]


def difference(first: Summary, other: Summary, key: str):
    found = [d for d in compare_summaries(first, other).differences if d.key == key]
    assert len(found) == 1
    return found[0]


def test_change_per_cent_and_unit() -> None:
    item = difference(summary(250.0), summary(225.0), HEEL)
    assert item.change == -25.0
    assert item.percent == pytest.approx(-10.0)
    assert item.unit == "kPa"
    assert item.verdict == "not measured"


def test_zero_has_no_per_cent() -> None:
    key = "alignment.rearfoot_eversion_deg.min"
    other = summary(1.0, alignment=Alignment(rearfoot_eversion_deg=MinMax(min=-1.0, max=4.0)))
    item = difference(summary(1.0), other, key)
    assert item.percent is None
    assert "rearfoot" in comparison_text("a", (compare_summaries(summary(1.0), other),))


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (DiscretisationError(relative=0.05), "resolved"),
        (DiscretisationError(relative=0.10), "within error"),
        (DiscretisationError(absolute=10.0), "resolved"),
        (DiscretisationError(absolute=20.0), "within error"),
        (DiscretisationError(), "not measured"),
    ],
)
def test_a_difference_is_set_against_the_mesh(error: DiscretisationError, verdict: str) -> None:
    first = summary(250.0, discretisation_error={HEEL: error})
    other = summary(225.0, discretisation_error={HEEL: error})
    assert difference(first, other, HEEL).verdict == verdict
    assert difference(first, first, HEEL).verdict == "equal"
    assert difference(first, summary(225.0), HEEL).verdict == "not measured"


def test_relative_errors_add_in_quadrature() -> None:
    error = {HEEL: DiscretisationError(relative=0.1)}
    item = difference(
        summary(300.0, discretisation_error=error),
        summary(400.0, discretisation_error=error),
        HEEL,
    )
    assert item.error == pytest.approx(50.0)


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        (HEEL, "kPa"),
        (COMPRESSION, "N"),
        ("lumbar.L4-L5.compression_n.peak_bw", "BW"),
        ("lumbar.L4-L5.flexion_moment_nm.peak", "Nm"),
        ("lumbar.L4-L5.disc_pressure_mpa.mean", "MPa"),
        ("lumbar.L4-L5.annulus_max_principal_strain.peak", ""),
        ("plantar.pressure_time_integral_kpa_s.heel", "kPa s"),
        ("plantar.contact_area_mm2.whole", "mm2"),
        ("plantar.load_share_percent.heel", "%"),
        ("alignment.arch_height_drop_mm", "mm"),
        ("alignment.pelvic_tilt_deg.max", "deg"),
        ("shock.loading_rate_bw_per_s", "BW/s"),
        ("shock.peak_acceleration_g.tibia", "g"),
        ("insole.energy_absorbed_j", "J"),
        ("insole.energy_stored_j", "J"),
    ],
)
def test_units(key: str, unit: str) -> None:
    assert output_unit(key) == unit


def test_what_only_one_run_has_is_said() -> None:
    other = summary(1.0, alignment=None)
    result = compare_summaries(summary(1.0), other)
    assert result.only_first == (
        "alignment.rearfoot_eversion_deg.min",
        "alignment.rearfoot_eversion_deg.max",
    )
    assert "only in the first: alignment" in comparison_text("a", (result,))


def test_what_makes_a_comparison_doubtful_is_said() -> None:
    def warnings(first: Summary, other: Summary) -> str:
        return "\n".join(compare_summaries(first, other).warnings)

    plain = summary(250.0)
    assert warnings(plain, plain) == ""
    assert "resolution differs" in warnings(plain, summary(1.0, resolution="fine"))
    assert "analysis differs" in warnings(plain, summary(1.0, analysis="standing"))
    heavy = SubjectSummary(
        body_mass_kg=90.0, height_m=1.8, foot_length_mm=260.0, foot_type="neutral"
    )
    assert "subjects differ" in warnings(plain, summary(1.0, subject=heavy))
    baseline = summary(1.0, role="baseline")
    assert "own insole" in warnings(baseline, baseline)
    assert "own insole" not in warnings(baseline, plain)
    assert "not converged" in warnings(plain, summary(1.0, converged=False))
    one, two = summary(1.0, calibration="a"), summary(1.0, calibration="b")
    assert "different calibrations" in warnings(one, two)
    assert "+22 %" in warnings(plain, summary(1.0, force=1100.0))
    assert warnings(plain, summary(1.0, force=1050.0)) == ""


def test_folders(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in "abc"]
    for folder, heel in zip(folders, (250.0, 225.0, 200.0), strict=True):
        folder.mkdir()
        (folder / "summary.json").write_text(summary_text(summary(heel)))
    results = compare_folders(folders)
    assert [r.folder for r in results] == [str(f) for f in folders[1:]]
    text = comparison_text("a", results)
    assert "-10.0" in text
    assert "-20.0" in text


def test_wrong_folders(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="two result folders"):
        compare_folders([tmp_path])
    with pytest.raises(ScenarioError, match="holds no result"):
        compare_folders([tmp_path, tmp_path])
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(ScenarioError, match="is not finished"):
        compare_folders([tmp_path, tmp_path])
    with pytest.raises(ScenarioError, match="no such folder"):
        compare_folders([tmp_path / "x", tmp_path])


def test_a_folder_of_meshes_is_refused(tmp_path: Path) -> None:
    run, meshes = tmp_path / "run", tmp_path / "meshes"
    empty = summary(200.0, plantar=None, alignment=None, lumbar=None)
    for folder, content in ((run, summary(200.0)), (meshes, empty)):
        folder.mkdir()
        (folder / "summary.json").write_text(summary_text(content))
    with pytest.raises(ScenarioError, match="only meshes"):
        compare_folders([run, meshes])


def test_estimates_come_from_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "table.toml"
    table.write_text(
        '[stance.coarse]\n"plantar.peak_pressure_kpa.*" = { relative = 0.04 }\n'
        '"lumbar.*.compression_n.*" = { absolute = 3.0 }\n'
    )
    monkeypatch.setattr(discretisation, "TABLE", table)
    discretisation._table.cache_clear()
    try:
        assert error_of("stance", "coarse", HEEL) == DiscretisationError(relative=0.04)
        assert error_of("stance", "fine", HEEL) is None
        found = with_errors(summary(250.0)).discretisation_error
        assert found is not None
        assert set(found) == {HEEL, COMPRESSION, "lumbar.L4-L5.compression_n.mean"}
    finally:
        discretisation._table.cache_clear()


def test_the_shipped_table_is_valid() -> None:
    result = with_errors(summary(250.0))
    for key, error in (result.discretisation_error or {}).items():
        assert (error.relative is None) != (error.absolute is None), key


def test_a_candidate_has_no_estimate_of_what_gait_sets_on_a_baseline() -> None:
    """The table was measured on baselines, where these are prescribed."""
    lumbar = {
        "L4-L5": LumbarLevel(
            compression_n=Peak(peak=900.0, mean=1.0),
            shear_ap_n=Peak(peak=50.0, mean=1.0, peak_bw=0.1),
            flexion_moment_nm=Peak(peak=5.0, mean=1.0),
        )
    }
    alignment = Alignment(rearfoot_eversion_deg=MinMax(min=0.0, max=4.0), arch_height_drop_mm=5.0)
    first, other = (
        with_errors(summary(250.0, role=role, lumbar=lumbar, alignment=alignment))
        for role in ("baseline", "candidate")
    )
    known, left = set(first.discretisation_error or {}), set(other.discretisation_error or {})
    assert {HEEL, COMPRESSION, "alignment.arch_height_drop_mm"} <= left
    assert known - left == {
        "alignment.rearfoot_eversion_deg.min",
        "alignment.rearfoot_eversion_deg.max",
        "lumbar.L4-L5.shear_ap_n.peak",
        "lumbar.L4-L5.shear_ap_n.mean",
        "lumbar.L4-L5.shear_ap_n.peak_bw",
        "lumbar.L4-L5.flexion_moment_nm.peak",
        "lumbar.L4-L5.flexion_moment_nm.mean",
    }
    turned = Alignment(rearfoot_eversion_deg=MinMax(min=0.0, max=4.2))
    moved = with_errors(summary(250.0, lumbar=lumbar, alignment=turned))
    assert difference(first, moved, "alignment.rearfoot_eversion_deg.max").verdict == "not measured"
