# SPDX-License-Identifier: MIT
"""A finished run beside measured pressure: numbers, words, figure and exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

from scenarios.cli import main
from scenarios.compare_measured import compare_measured, computed_regions, measured_text
from scenarios.errors import ScenarioError
from scenarios.figures.measured import save_measured_figure
from scenarios.measured import REGIONS, read_pressure
from tests.helpers.pedar_file import walk
from tests.helpers.pressure_files import Grid, sensors_csv
from tests.scenarios.synthetic import STANCE_S, make_result

PEAK, INTEGRAL, INSTANT = "peak pressure", "pressure-time integral", "instant of peak"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up walk of 62 ms an output instant, and nothing to draw bodies from."""
    folder = tmp_path_factory.mktemp("made") / "run"
    return make_result(folder, np.arange(5.0, 100.0, 5.0), np.array([]))


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "run")


@pytest.fixture
def record(tmp_path: Path) -> Path:
    return walk(6).write(tmp_path)


def test_computed_regions_are_those_of_the_summary(run: Path) -> None:
    found = computed_regions(run)
    told = json.loads((run / "summary.json").read_text())["plantar"]
    assert found.percent.tolist() == list(range(5, 100, 5))
    assert found.stance_s == pytest.approx(STANCE_S) and found.side == "right"
    for name in REGIONS:
        assert found.peak_kpa[name] == told["peak_pressure_kpa"][name]
        assert found.integral_kpa_s[name] == told["pressure_time_integral_kpa_s"][name]
        assert found.curve_kpa[name].max() == pytest.approx(found.peak_kpa[name])
        under = trapezoid(found.curve_kpa[name], found.percent * STANCE_S / 100)
        assert under == pytest.approx(found.integral_kpa_s[name])


def test_rows_set_the_computed_value_in_the_range_over_steps(run: Path, tmp_path: Path) -> None:
    computed = computed_regions(run)
    peaks = {
        "heel": computed.peak_kpa["heel"],
        "forefoot": 0.5 * computed.peak_kpa["forefoot"],
        "toes": 2.0 * computed.peak_kpa["toes"],
    }
    found = compare_measured(read_pressure(walk(6, peaks).write(tmp_path)), run)
    rows = {(row.region, row.quantity): row for row in found.rows}
    assert set(rows) == {(name, what) for name in REGIONS for what in (PEAK, INTEGRAL, INSTANT)}
    for name, place, percent in (
        ("heel", "inside", 0.0),
        ("forefoot", "above", 100.0),
        ("toes", "below", -50.0),
    ):
        row = rows[name, PEAK]
        assert row.place == place and row.percent == pytest.approx(percent, abs=2.0)
        assert row.computed == computed.peak_kpa[name] and row.unit == "kPa"
        assert row.low == pytest.approx(0.925 * row.median, rel=0.01)
    assert rows["heel", INTEGRAL].computed == computed.integral_kpa_s["heel"]
    assert rows["heel", INSTANT].percent is None
    at = computed.percent[computed.curve_kpa["toes"].argmax()]
    assert rows["toes", INSTANT].computed == at


def test_what_differs_is_said(run: Path, record: Path) -> None:
    pressure = read_pressure(record)
    text = measured_text(compare_measured(pressure, run))
    assert "person, shoe, insole and speed" in text and "without shear" in text
    assert "mirror image" not in text and "not the same speed" not in text
    assert "measured: right foot, 6 steps of 0." in text and "6 mm eva_35, no shoe" in text
    assert "mirror image" in measured_text(compare_measured(pressure, run, "left"))
    history = run / "history.csv"
    lines = history.read_text().splitlines()
    at = lines[0].split(",").index("time_s")
    slow = [line.split(",") for line in lines[1:]]
    for cells in slow:
        cells[at] = repr(1.5 * float(cells[at]))
    history.write_text("\n".join([lines[0], *map(",".join, slow)]) + "\n")
    assert "0.93 s in the run and 0." in measured_text(compare_measured(pressure, run))


def test_the_measured_foot_is_that_of_the_run(run: Path, record: Path) -> None:
    text = (run / "scenario.toml").read_text()
    (run / "scenario.toml").write_text(text + '[subject]\nside = "left"\n')
    found = compare_measured(read_pressure(record), run)
    assert found.measured.side == "left"
    heel = next(row for row in found.rows if (row.region, row.quantity) == ("heel", PEAK))
    assert heel.median == pytest.approx(150.0, rel=0.01)
    (run / "scenario.toml").write_text("of another version")
    assert compare_measured(read_pressure(record), run).measured.side == "right"


def test_the_only_insole_of_a_record_is_compared(run: Path, tmp_path: Path) -> None:
    for path, side in (
        (Grid("left", 12.0).asf(tmp_path), "left"),
        (Grid("right", 12.0).grid_csv(tmp_path), "right"),
        (sensors_csv(tmp_path), "right"),
    ):
        found = compare_measured(read_pressure(path), run)
        assert found.measured.side == side and len(found.rows) == 15
        assert ("mirror image" in measured_text(found)) == (side == "left")
        assert save_measured_figure(found).is_file()


def test_command(run: Path, record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = shutil.copytree(run, run.with_name("again"))
    assert main(["compare", str(record), str(run), str(again), "--side", "left"]) == 0
    out = capsys.readouterr().out
    for folder in (run, again):
        picture = folder / "figures" / "measured_pressure_left.png"
        assert picture.stat().st_size > 20_000 and f"figure: {picture}" in out
    assert out.count("pressure-time integral  kPa s") == 10
    shutil.rmtree(run / "figures")
    (run / "figures").write_text("in the way")
    assert main(["compare", str(record), str(run)]) == 0
    assert "figure: not written" in capsys.readouterr().out


def spoilt(run: Path, what: str) -> None:
    if what == "standing":
        data = json.loads((run / "summary.json").read_text())
        (run / "summary.json").write_text(json.dumps(data | {"analysis": "standing"}))
    elif what == "no integral":
        data = json.loads((run / "summary.json").read_text())
        del data["plantar"]["pressure_time_integral_kpa_s"]
        (run / "summary.json").write_text(json.dumps(data))
    elif what == "words":
        (run / "plantar_pressure.csv").write_text("percent,heel\n1,2\n")
    elif what == "empty":
        (run / "history.csv").write_text("")
    else:
        (run / what).unlink()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("standing", "no plantar pressure over stance"),
        ("no integral", "is not there by region"),
        ("words", "header is not"),
        ("empty", "cannot be read"),
        ("plantar_pressure.csv", "cannot be read"),
        ("summary.json", "is not finished"),
    ],
)
def test_a_folder_that_cannot_be_compared(run: Path, what: str, said: str) -> None:
    spoilt(run, what)
    with pytest.raises(ScenarioError, match=said):
        computed_regions(run)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("made_up.asc", "which stands first"),
        ("run made_up.asc", "which stands first"),
        ("made_up.asc made_up.asc run", "which stands first"),
        ("nowhere.asc run", "file not found"),
        ("made_up.asc nowhere", "no such folder"),
        ("run run --side left", "--side: is of another comparison"),
        ("made_up.asc run --side both", "left, right"),
        ("run/summary.json run", "no pressure file"),
    ],
)
def test_wrong_arguments_end_in_one_line(
    run: Path,
    record: Path,
    arguments: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(record.parent)
    assert main(["compare", *arguments.split()]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and said in lines[0]
    assert not (run / "figures").exists()
