# SPDX-License-Identifier: MIT
"""An impact from its histories to summary, files, figures, report and comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scenarios.channels import NOT_COMPUTED, channel_rows
from scenarios.cli.results import key_figures
from scenarios.compare import compare_folders, compare_summaries
from scenarios.compare_outputs import output_unit
from scenarios.compare_text import comparison_text
from scenarios.figures import style
from scenarios.figures.inputs import read_result
from scenarios.figures.shock import (
    acceleration_figure,
    force_figure,
    insole_figure,
    transmissibility_figure,
)
from scenarios.report import write_report
from scenarios.report_shock import channel_table, shock_tables
from scenarios.shock.expected import change_size_percent, effect_beyond, effect_of
from scenarios.shock.history import LevelTransient
from scenarios.shock.summarise import shock_section, shock_warnings
from scenarios.shock.tables import history_from_columns, shock_rows, write_spectra
from scenarios.summary import (
    Alignment,
    LumbarLevel,
    MinMax,
    Peak,
    Summary,
    main_outputs,
    read_summary,
    summary_text,
)
from scenarios.table import read_numbers
from tests.helpers.shock_signals import WEIGHT_N, axial, clock, half_sine, history, running_impact
from tests.scenarios.synthetic_impact import impact_summary, make_impact


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_impact(tmp_path_factory.mktemp("shock") / "firm")


@pytest.fixture(scope="module")
def report(folder: Path) -> str:
    return re.sub(r"base64,[^\"]*", "", write_report(folder, read_summary(folder)).read_text())


@pytest.fixture(autouse=True)
def on_paper() -> Iterator[None]:
    with style.paper():
        yield


def test_summary_holds_what_the_histories_have(folder: Path) -> None:
    shock = read_summary(folder).shock
    assert shock is not None
    assert shock.peak_acceleration_g is not None
    assert shock.attenuation_from_tibia_percent is not None
    tibia, sacrum = shock.peak_acceleration_g.tibia, shock.peak_acceleration_g.sacrum
    assert tibia == pytest.approx(5.82, abs=0.01)
    assert sacrum is not None
    assert shock.attenuation_from_tibia_percent.sacrum == pytest.approx(
        100.0 * (1.0 - sacrum / tibia)
    )
    assert shock.attenuation_from_tibia_percent.tibia is None
    assert shock.impact_peak_kind == "maximum"
    assert shock.lumbar is not None
    level = shock.lumbar["L4-L5"]
    assert level.compression_rise_n is not None
    assert level.compression_rise_bw == pytest.approx(level.compression_rise_n / WEIGHT_N)
    assert shock.resolution_hz == pytest.approx(1.0 / 0.150)
    assert shock.resolvable_hz == pytest.approx(100.0)
    assert shock.transmissibility_db is not None
    assert shock.transmissibility_db.sacrum is not None
    assert shock.transmissibility_db.sacrum.high is not None
    assert shock.power_g2 is not None
    assert shock.power_g2.tibia is not None
    text = (folder / "summary.json").read_text()
    assert summary_text(read_summary(folder)) == text


def test_what_an_impact_lacks_is_absent() -> None:
    found = impact_summary(history(clock(1.0)))
    keys = [key for key, _ in main_outputs(found)]
    assert keys == ["shock.largest_force_bw", "insole.peak_compressive_strain"]
    assert shock_tables(found)[0][1].rows == (("largest vertical force of the run (BW)", "0"),)


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("shock.peak_acceleration_g.L3", "g"),
        ("shock.acceleration_rate_g_per_s.L3", "g/s"),
        ("shock.loading_rate_max_bw_per_s", "BW/s"),
        ("shock.impact_peak_ms", "ms"),
        ("shock.power_g2.tibia.impact", "g2"),
        ("shock.transmissibility_db.L1.high", "dB"),
        ("shock.peak_frequency_hz.tibia", "Hz"),
        ("shock.attenuation_from_tibia_percent.sacrum", "%"),
        ("shock.lumbar.L4-L5.compression_rise_bw", "BW"),
        ("shock.lumbar.L4-L5.compression_rate_n_per_s", "N/s"),
        ("shock.lumbar.L4-L5.disc_pressure_rate_mpa_per_s", "MPa/s"),
        ("insole.energy_lost_percent", "%"),
        ("insole.energy_returned_j", "J"),
    ],
)
def test_every_measure_has_its_unit(folder: Path, key: str, unit: str) -> None:
    assert output_unit(key) == unit
    assert key in dict(main_outputs(read_summary(folder)))


def test_histories_read_back_from_the_file(folder: Path) -> None:
    """So that figures and report of an old folder say what its run said."""
    columns = {name: np.array(v) for name, v in read_numbers(folder / "history.csv").items()}
    found = history_from_columns(columns.get, WEIGHT_N)
    wanted = running_impact()
    assert found is not None
    assert [site.name for site in found.sites] == [site.name for site in wanted.sites]
    np.testing.assert_allclose(found.ground_force_n, wanted.ground_force_n, atol=1e-9)
    for one, two in zip(found.sites, wanted.sites, strict=True):
        np.testing.assert_allclose(one.acceleration_mm_s2, two.acceleration_mm_s2, atol=1e-6)
    for level in wanted.levels:
        kept = found.level(level.level)
        assert kept is not None
        np.testing.assert_array_equal(kept.compression_n, level.compression_n)
        np.testing.assert_array_equal(kept.disc_pressure_mpa, level.disc_pressure_mpa)
    np.testing.assert_array_equal(found.insole_stored_j, wanted.insole_stored_j)
    assert columns["percent"][-1] == 100.0
    assert history_from_columns({"time_s": columns["time_s"]}.get, WEIGHT_N) is None


def test_spectra_file(folder: Path) -> None:
    columns = read_numbers(folder / "spectra.csv")
    assert list(columns)[:2] == ["frequency_hz", "tibia_psd_g2_per_hz"]
    assert {"l3_psd_g2_per_hz", "tibia_sacrum_transmissibility_db"} <= set(columns)
    frequency = np.array(columns["frequency_hz"])
    shock = read_summary(folder).shock
    assert shock is not None
    assert shock.power_g2 is not None
    assert shock.power_g2.tibia is not None
    inside = (frequency >= 10.0) & (frequency <= 20.0)
    power = np.trapezoid(np.array(columns["tibia_psd_g2_per_hz"])[inside], frequency[inside])
    assert shock.power_g2.tibia.impact == pytest.approx(float(power))
    before = (folder / "spectra.csv").read_bytes()
    write_spectra(folder, running_impact())
    assert (folder / "spectra.csv").read_bytes() == before


def test_no_segments_no_spectra(tmp_path: Path) -> None:
    assert not write_spectra(tmp_path, history(clock(1.0))).exists()
    assert shock_section(history(clock(1.0))).resolution_hz is None


def test_warnings_name_what_a_run_cannot_say() -> None:
    fine = shock_warnings(running_impact(step_ms=0.5))
    assert len(fine) == 1
    assert "3-8 Hz is narrower" in fine[0]
    coarse = "\n".join(shock_warnings(running_impact(step_ms=1.0)))
    assert "a step of 1 ms resolves up to 50 Hz" in coarse
    assert "20-60 Hz are left out; they need 0.83 ms" in coarse
    time = clock(0.5, end_ms=80.0)
    rising = history(
        time,
        10.0 * time,
        sites=(axial("trunk", 5.0 * time),),
        levels=(running_level(time),),
    )
    said = "\n".join(shock_warnings(rising))
    for words in (
        "no impact peak within 50 ms",
        "acceleration of trunk has no local maximum",
        "compression of L4-L5 still rises",
        "ends 80 ms after touchdown",
    ):
        assert words in said


@pytest.mark.parametrize(("length", "said"), [(0.008, True), (0.010, False), (0.024, False)])
def test_a_peak_that_the_step_does_not_resolve(length: float, said: bool) -> None:
    """Five steps from foot to top are a quarter of the shortest period."""
    time = clock(1.0)
    sites = (axial("tibia", half_sine(time, 0.0, length, 3.0)),)
    warnings = "\n".join(shock_warnings(history(time, sites=sites)))
    assert ("acceleration of tibia rises within less than 5 steps of 1 ms" in warnings) == said


def test_a_load_that_falls_from_touchdown_on_is_said_so() -> None:
    time = clock(0.5)
    falling = LevelTransient("L4-L5", 900.0 - 2000.0 * time, time, 0.4 + time)
    said = "\n".join(shock_warnings(history(time, levels=(falling,))))
    assert "compression of L4-L5 is largest at touchdown" in said


def running_level(time: np.ndarray) -> LevelTransient:
    return LevelTransient("L4-L5", 500.0 + time, time, 0.4 + time)


def test_the_report_has_a_section_on_shock(folder: Path, report: str) -> None:
    order = ["Main outputs</h2>", "Lumbar spine</h2>", "Shock</h2>", "Channels to the spine, kept"]
    places = [report.index(words) for words in order]
    assert places == sorted(places)
    for words in (
        "the impact peak is a maximum",
        "Acceleration along the axis of each segment",
        "Transmissibility from the tibia (dB)",
        "Lumbar load from touchdown on",
        "Energy of the insole",
        "Tibia, peak axial acceleration",
        NOT_COMPUTED,
    ):
        assert words in report
    names = {path.stem for path in (folder / "figures").glob("*.png")}
    assert names == {
        *("shock_force", "shock_acceleration", "shock_spectra", "shock_transmissibility"),
        *("shock_lumbar", "shock_insole"),
    }
    assert "left out" not in report
    assert "Input and balance" not in report


def test_no_medical_claim_on_shock(folder: Path, report: str) -> None:
    said = comparison_text("a", compare_folders([folder, folder]))
    said += "\n".join(shock_warnings(running_impact(step_ms=1.0)))
    for word in ("treat", "prevent", "relie", "cure", "heal ", "pain"):
        assert word not in (report + said).lower()


def test_channels_of_each_analysis_stand_in_one_table(folder: Path) -> None:
    impact = channel_table(read_summary(folder), {"both_feet": True})
    assert [row[0] for row in impact.rows] == [
        "1 transient shock",
        "2 alignment",
        "3 effective leg length",
    ]
    assert impact.rows[0][1] == "impact"
    assert "tibia 5.82 g" in impact.rows[0][2]
    assert [row[2] for row in impact.rows[1:]] == [NOT_COMPUTED] * 2
    spans = Alignment(
        rearfoot_eversion_deg=MinMax(min=-1.0, max=4.0),
        lumbar_lordosis_deg=MinMax(min=40.0, max=44.0),
    )
    stance = Summary(
        scenario="w", analysis="stance", converged=True, resolution="coarse", alignment=spans
    )
    rows = channel_rows(stance, {"heel_lift_mm": 6.0, "both_feet": False})
    assert rows[0].says == NOT_COMPUTED
    assert rows[1].says == "rearfoot eversion -1.0 to 4.0°, lordosis 40.0 to 44.0°"
    assert "worn on one foot (heel lift 6 mm)" in rows[2].says
    assert "both feet" in channel_rows(stance, {"heel_lift_mm": 6.0})[2].says
    assert "not stated" in channel_rows(stance, {})[2].says
    foot_only = stance.model_copy(
        update={"alignment": Alignment(rearfoot_eversion_deg=MinMax(min=0.0, max=1.0))}
    )
    assert f"pelvis and lordosis {NOT_COMPUTED}" in channel_rows(foot_only, {})[1].says


def test_compare_sets_shock_beside_measured_effects(folder: Path, tmp_path: Path) -> None:
    soft = make_impact(tmp_path / "soft", softness=1.15)
    result = compare_folders([folder, soft])[0]
    by_key = {item.key: item for item in result.differences}
    tibia = by_key["shock.peak_acceleration_g.tibia"]
    assert tibia.percent == pytest.approx(-13.4, abs=0.1)
    assert by_key["shock.transmissibility_db.sacrum.impact"].percent is None
    assert "shock.resolution_hz" not in by_key
    text = comparison_text("firm", (result,))
    lines = text.splitlines()
    assert lines[1].startswith("channel to the spine")
    assert sum(NOT_COMPUTED in line for line in lines) == 4
    row = next(line for line in lines if line.startswith("shock.peak_acceleration_g.tibia"))
    assert "-30 to -5 %" in row
    assert "-13.4" in row
    assert "shock.loading_rate_bw_per_s changes by -20 %" in text
    assert "typically below 10 %, Nigg 1999" in text
    assert not any("tibia changes" in warning for warning in result.warnings)


def test_a_lumbar_change_above_20_per_cent_is_pointed_out() -> None:
    first = impact_summary(running_impact())
    less = {"L4-L5": LumbarLevel(compression_n=Peak(peak=1300.0, mean=900.0))}
    other = impact_summary(running_impact(), lumbar=less)
    said = [w for w in compare_summaries(first, other).warnings if "lumbar" in w]
    assert said == [
        "lumbar.L4-L5.compression_n.peak changes by -29 %: measured effects of insoles on "
        "lumbar compression are 0 to 5 % in walking, up to about 10 % in jogging"
    ]


@pytest.mark.parametrize(
    ("key", "first", "other", "beyond"),
    [
        ("shock.peak_acceleration_g.tibia", 5.0, 3.6, False),
        ("shock.peak_acceleration_g.tibia", 5.0, 3.4, True),
        ("shock.peak_acceleration_g.tibia", 3.6, 5.0, False),
        ("shock.peak_acceleration_g.tibia", 3.4, 5.0, True),
        ("shock.peak_acceleration_g.L3", 2.0, 1.3, True),
        ("shock.impact_peak_bw", 1.5, 1.36, False),
        ("shock.impact_peak_bw", 1.5, 1.34, True),
        ("lumbar.L4-L5.compression_n.peak", 1000.0, 790.0, True),
        ("lumbar.L4-L5.compression_n.peak", 1000.0, 810.0, False),
        ("plantar.peak_pressure_kpa.heel", 300.0, 100.0, False),
        ("shock.impact_peak_bw", 0.0, 0.0, False),
    ],
)
def test_changes_beyond_what_was_measured(
    key: str, first: float, other: float, beyond: bool
) -> None:
    """The same in either order: a step to a firmer insole is one back from a softer."""
    assert (effect_beyond(key, first, other) is not None) == beyond
    if beyond:
        effect = effect_of(key)
        assert effect is not None
        size = change_size_percent(first, other)
        assert size is not None
        assert size > effect.limit


def test_runs_end_with_their_shock(folder: Path) -> None:
    said = list(key_figures(read_summary(folder)))
    assert "tibia, peak acceleration: 5.82 g" in said
    assert "impact peak: 1.555 BW" in said


def lines_of(axes: Axes, label: str) -> np.ndarray:
    return next(line.get_xydata() for line in axes.lines if line.get_label() == label)


def test_force_figure_marks_peak_and_rate() -> None:
    figure = force_figure(running_impact())
    panel = figure.axes[0]
    peak = lines_of(panel, "impact peak 1.56 BW (maximum)")
    np.testing.assert_allclose(peak, [[23.5, 1.555]], atol=0.01)
    chord = lines_of(panel, "loading rate 98 BW/s")
    slope = np.diff(chord[:, 1]) / np.diff(chord[:, 0]) * 1000.0
    assert slope[0] == pytest.approx(98.08, abs=0.01)
    force = lines_of(panel, "vertical force")
    for part in (0.2, 0.8):
        level = part * 1.5551
        at = np.interp(level, chord[:, 1], chord[:, 0])
        assert np.interp(at, force[:, 0], force[:, 1]) == pytest.approx(level, abs=0.01)


def test_transmissibility_figure_shows_the_literature() -> None:
    panel = transmissibility_figure(running_impact()).axes[0]
    band = panel.patches[0].get_bbox()
    assert (band.x0, band.x1, band.y0, band.y1) == (10.0, 20.0, -15.0, -5.0)
    assert [line.get_label() for line in panel.lines][:4] == ["sacrum", "L5", "L3", "L1"]


def test_figures_of_a_part_of_the_segments() -> None:
    time = clock(0.5)
    sites = (axial("tibia", half_sine(time, 0.01, 0.02, 3.0)),)
    assert len(acceleration_figure(history(time, sites=sites)).axes) == 1
    short = clock(0.5, end_ms=40.0)
    assert len(force_figure(history(short, 10.0 * short)).axes) == 1
    insole = insole_figure(history(time, insole_work_j=time))
    assert isinstance(insole, Figure)
    assert [line.get_label() for line in insole.axes[0].lines] == ["work done on the insole"]


def test_an_impact_draws_nothing_over_stance(folder: Path) -> None:
    view = read_result(folder, read_summary(folder))
    assert view.is_impact
    assert not view.over_stance
    assert view.run_ms == pytest.approx(150.0)
    assert style.instant_text(20.0, view.run_ms) == "30 ms"
    assert style.instant_text(20.0) == "20 % of stance"


def test_rows_hold_every_series() -> None:
    rows = list(shock_rows(running_impact(step_ms=1.0)))
    assert len(rows) == 151
    assert rows[30]["time_s"] == pytest.approx(0.030)
    assert {"grf_y_n", "tibia_acceleration_y_g", "l5_s1_shear_ap_n", "insole_work_j"} <= set(
        rows[0]
    )
