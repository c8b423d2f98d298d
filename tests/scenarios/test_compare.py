# SPDX-License-Identifier: MIT
"""Paired differences, their units, and whether the mesh can tell them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios import discretisation
from scenarios.compare import Difference, compare_folders, compare_summaries
from scenarios.compare_outputs import output_unit, output_words
from scenarios.compare_text import comparison_text, short_names, shown_differences
from scenarios.compare_verdict import mark_of
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
    assert "subjects differ (body_mass_kg None, 90.0, " in warnings(
        plain, summary(1.0, subject=heavy)
    )
    baseline = summary(1.0, role="baseline")
    assert "own insole" in warnings(baseline, baseline)
    assert "own insole" not in warnings(baseline, plain)
    assert "other run is not converged" in warnings(plain, summary(1.0, converged=False))
    assert "first run is not converged" in warnings(summary(1.0, converged=False), plain)
    one, two = summary(1.0, calibration="a"), summary(1.0, calibration="b")
    assert "different calibrations" in warnings(one, two)
    assert "+22 %" in warnings(plain, summary(1.0, force=1100.0))
    assert warnings(plain, summary(1.0, force=1050.0)) == ""


@pytest.mark.parametrize(
    ("error", "deviation", "said"),
    [
        (10.0, 5.0, "larger than both"),
        (10.0, 13.0, "within parameters"),
        (10.0, None, "larger than mesh"),
        (30.0, 5.0, "within mesh"),
        (30.0, 13.0, "within both"),
        (30.0, None, "within mesh"),
        (None, 12.4, "larger than parameters"),
        (None, 12.6, "within parameters"),
        (None, None, "not known"),
    ],
)
def test_the_verdict_names_what_a_difference_exceeds(
    error: float | None, deviation: float | None, said: str
) -> None:
    """A difference of 25 kPa, against an error of the mesh and two standard deviations."""
    item = Difference(HEEL, "kPa", 250.0, 225.0, error, deviation)
    assert item.said == said
    assert mark_of(said) == {"l": "*", "w": "~", "n": "?"}[said[0]]
    assert Difference(HEEL, "kPa", 250.0, 250.0, error, deviation).said == "equal"


@pytest.mark.parametrize(
    ("unit", "first", "other", "equal"),
    [
        ("N", 0.0, 5e-4, True),
        ("N", 0.0, 5e-3, False),
        ("deg", 1e-5, -1e-5, True),
        ("kPa", 250.0, 250.0001, True),
        ("kPa", 250.0, 250.001, False),
    ],
)
def test_the_last_iterations_of_the_solver_are_no_difference(
    unit: str, first: float, other: float, equal: bool
) -> None:
    assert (Difference("x", unit, first, other, 0.0).said == "equal") is equal


def test_the_spread_reaches_each_output() -> None:
    result = compare_summaries(summary(250.0), summary(225.0, 905.0), deviations={HEEL: 5.0})
    said = {item.key: item.said for item in result.differences}
    assert said[HEEL] == "larger than parameters" and said[COMPRESSION] == "not known"


def test_the_rule_stands_below_the_table() -> None:
    results = (compare_summaries(summary(250.0), summary(225.0)),)
    bare = comparison_text("a", results)
    assert "parameters: not known" in bare and "in quadrature" in bare
    assert "2 standard deviations of the paired difference over the draws of s" in comparison_text(
        "a", results, study="s"
    )
    assert "pain" not in bare


def test_only_what_matters_is_printed_unless_all_is_asked() -> None:
    raw = Plantar(peak_pressure_kpa=Regions(heel=250.0), peak_pressure_raw_kpa=Regions(heel=300.0))
    results = (compare_summaries(summary(1.0, plantar=raw), summary(1.0, plantar=raw)),)
    short, whole = comparison_text("a", results), comparison_text("a", results, every=True)
    assert "peak_pressure_raw_kpa" not in short and "outputs are not shown (--all)" in short
    assert "peak_pressure_raw_kpa" in whole
    same = Alignment(rearfoot_eversion_deg=MinMax(min=4.0, max=4.0))
    one = compare_summaries(summary(1.0, alignment=same), summary(1.0, alignment=same))
    keys = [item.key for item in shown_differences(one)]
    assert "alignment.rearfoot_eversion_deg.max" in keys
    assert "alignment.rearfoot_eversion_deg.min" not in keys, "of a single instant"


def test_many_runs_are_a_row_each() -> None:
    first = summary(250.0)
    results = [
        compare_summaries(first, summary(250.0 - 10.0 * k, 900.0), f"out/design_{k:02d}")
        for k in range(1, 31)
    ]
    text = comparison_text("out/first", results)
    lines = text.splitlines()
    assert max(map(len, lines[:-4])) < 130 and len(lines) < 60
    row = next(line for line in lines if line.startswith("design_07"))
    assert row.split() == ["design_07", "-70", "-28.0%?"]
    assert "lumbar.*.compression_n.peak\nequal in all runs" in text
    assert "warning:" not in text


def test_names_are_as_short_as_they_can_be() -> None:
    assert short_names(["a/x", "b/y"]) == ["x", "y"]
    assert short_names(["a/x", "b/x", "b/y"]) == ["a/x", "b/x", "b/y"]
    assert short_names(["a/x", "a/x"]) == ["x", "x"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (HEEL, "peak pressure, heel"),
        (COMPRESSION, "L4-L5, compression, peak"),
        ("lumbar.L4-L5.shear_ap_n.peak_bw", "L4-L5, anterior shear, peak"),
        ("alignment.arch_height_drop_mm", "arch height drop"),
        ("plantar.pressure_time_integral_kpa_s.heel", "pressure time integral, heel"),
    ],
)
def test_words_of_an_output(key: str, words: str) -> None:
    assert output_words(key) == words


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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("solespine.summary/1", "solespine.summary/2", "schema: is of another version, 'solespine"),
        ("peak_pressure_kpa", "peak_pressure_mpa", "plantar.peak_pressure_mpa: no such quantity"),
        ('"heel": 250.0', '"heel": "high"', "heel"),
    ],
)
def test_another_version_or_unit_is_refused_by_name(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    folders = [tmp_path / name for name in "ab"]
    for folder, change in zip(folders, ((old, old), (old, new)), strict=True):
        folder.mkdir()
        text = summary_text(summary(250.0))
        assert old in text
        (folder / "summary.json").write_text(text.replace(*change))
    with pytest.raises(ScenarioError, match=r"solespine\.summary/1") as caught:
        compare_folders(folders)
    assert said in str(caught.value) and str(folders[1]) in str(caught.value)


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
