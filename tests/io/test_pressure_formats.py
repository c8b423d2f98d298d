# SPDX-License-Identifier: MIT
"""F-Scan and plain tables of pressure: the same record as from Pedar, and refused when spoilt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.errors import ScenarioError
from scenarios.measured import PressureRecord, measured_regions, read_pressure
from scenarios.measured.layout import on_outline
from scenarios.measured.sensor_cells import sensor_sized
from scenarios.measured.stance_load import stance_load
from tests.helpers.pressure_files import (
    LENGTH_MM,
    OUTLINE_MM,
    Grid,
    expected,
    pedar,
    sensors_csv,
)

PERCENT = np.linspace(0.0, 100.0, 41)
INNER = slice(4, -4)


def write(kind: str, side: str, folder: Path) -> Path:
    """A record of the made-up foot of one kind."""
    if kind == "pedar":
        return pedar(folder)
    if kind == "sensors":
        return sensors_csv(folder)
    return Grid(side).asf(folder) if kind == "fscan" else Grid(side).grid_csv(folder)


def refused(path: Path, side: str = "right") -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        measured_regions(read_pressure(path), side)
    assert str(caught.value).startswith(str(path))
    return caught.value


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("kind", ["pedar", "fscan", "grid", "sensors"])
def test_every_kind_gives_the_force_and_centre_that_were_put_in(
    tmp_path: Path, evidence: object, kind: str, side: str
) -> None:
    record = read_pressure(write(kind, side, tmp_path))
    assert isinstance(record, PressureRecord)
    load = stance_load(record, side, PERCENT, OUTLINE_MM, LENGTH_MM)
    force, centre = expected(PERCENT, side)
    assert load.stride_s == pytest.approx(1.0) and load.steps == 5 - (side == "left")
    assert load.duration_s == pytest.approx(0.6, abs=0.01)
    off = np.abs(load.cop_mm - centre)[INNER].max(axis=0)
    case = "Made-up foot rolling over an insole"
    for quantity, value, unit in (
        (
            "force, largest error / peak",
            np.abs(load.force_n - force)[INNER].max() / force.max(),
            "",
        ),
        ("centre of pressure along the foot, largest error", off[0], "mm"),
        ("centre of pressure across the foot, largest error", off[1], "mm"),
    ):
        evidence.within(
            "foot",
            case,
            f"{quantity} ({kind}, {side})",
            value,
            high=0.03 if not unit else 2.5,
            unit=unit,
            source="the pressure that was written, summed over the same outline",
        )


def test_a_layout_goes_back_to_where_it_came_from(tmp_path: Path) -> None:
    grid = Grid("left", 12.0)
    place, inside = grid.places()
    layout = read_pressure(sensors_csv(tmp_path)).insole("left").layout
    found, area = on_outline(layout, OUTLINE_MM, LENGTH_MM)
    off = np.abs(found - place[inside])
    assert off.max() < 9.0 and off.mean() < 2.0  # the rounded ends have no edges of their own
    assert area == pytest.approx(144.0)
    half, _ = on_outline(layout, 0.5 * OUTLINE_MM, 0.5 * LENGTH_MM)
    assert half == pytest.approx(0.5 * found, abs=0.6)


def test_fine_cells_are_averaged_to_the_area_of_a_sensor(tmp_path: Path) -> None:
    record = read_pressure(Grid().asf(tmp_path))
    insole = record.insole("right")
    sized, said = sensor_sized(insole)
    assert "155 mm2" in said
    # Force is kept but for the blocks on the edge, which count whole; peaks fall.
    blocks = sized.pressure_kpa.sum(axis=1).max() * 6.0
    assert blocks == pytest.approx(insole.pressure_kpa.sum(axis=1).max(), rel=1e-9)
    assert sized.pressure_kpa.max() < insole.pressure_kpa.max()
    regions = measured_regions(record, "right")
    assert any("averaged over blocks" in r for r in regions.remarks)
    assert np.median(regions.regions["heel"].peak_kpa) == pytest.approx(
        np.median(measured_regions(sensors_csv(tmp_path)).regions["heel"].peak_kpa), rel=0.06
    )


def test_heel_and_toes_lie_where_they_are(tmp_path: Path) -> None:
    for kind in ("fscan", "grid", "sensors"):
        regions = measured_regions(write(kind, "left", tmp_path), "left").regions
        heel, toes = (float(np.median(regions[n].peak_percent)) for n in ("heel", "forefoot"))
        assert heel < 45.0 < toes


FSCAN = {
    "no frames": ({"ROWS": "9"}, "ROWS", "the frames have"),
    "no spacing": ({"ROW_SPACING": None}, "ROW_SPACING", "COL_SPACING"),
    "spacing in m": ({"ROW_SPACING": "0.00508 mm"}, "ROW_SPACING", "looks like m"),
    "other unit of length": ({"ROW_SPACING": "5.08 furlong"}, "ROW_SPACING", "mm"),
    "no unit of length": ({"ROW_SPACING": "5.08"}, "ROW_SPACING", "no unit"),
    "raw": ({"UNITS": "Raw"}, "UNITS", "kPa"),
    "no unit": ({"UNITS": None}, "UNITS", "no such entry"),
    "cut off": ({"END_FRAME": "400"}, "END_FRAME", "400 frames"),
    "no rate": ({"SECONDS_PER_FRAME": "0"}, "SECONDS_PER_FRAME", "above 0"),
}


@pytest.mark.parametrize(("change", "key", "said"), FSCAN.values(), ids=FSCAN)
def test_wrong_entries_of_an_fscan_file_are_named(
    tmp_path: Path, change: dict[str, str | None], key: str, said: str
) -> None:
    error = refused(Grid(cell_mm=12.0).asf(tmp_path, change))
    assert error.key == key and said in str(error)


def test_fscan_units_are_taken_and_wrong_ones_seen(tmp_path: Path) -> None:
    grid = Grid(cell_mm=12.0)
    kpa = measured_regions(grid.asf(tmp_path)).regions["whole"].peak_kpa
    psi = grid.asf(tmp_path, {"UNITS": "PSI"}, "psi_R.asf", 1.0 / 6.894757)
    assert measured_regions(psi).regions["whole"].peak_kpa == pytest.approx(kpa, rel=1e-3)
    for name, factor in (("MPa", 1e-3), ("psi", 1.0 / 6.894757)):
        error = refused(grid.asf(tmp_path, name="wrong_R.asf", factor=factor))
        assert f"looks like {name}" in error.problem or name in error.problem
    error = refused(grid.asf(tmp_path, name="much_R.asf", factor=1e3))
    assert "1500 kPa" in error.allowed or "1515 kPa" in error.allowed


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("P01L.asf", "left"),
        ("P01R.asf", "right"),
        ("walk_left_2.asf", "left"),
        ("Right foot.asf", "right"),
        ("trial_R_3.asf", "right"),
        ("WALKER.asf", None),
        ("tell.asf", None),
    ],
)
def test_the_side_is_in_the_name(tmp_path: Path, name: str, side: str | None) -> None:
    path = Grid(cell_mm=12.0).asf(tmp_path, name=name)
    if side is None:
        assert refused(path).key == "side"
        return
    assert getattr(read_pressure(path), side) is not None
    other = "left" if side == "right" else "right"
    assert refused(path, other).key == f"{other} insole"


def test_spoilt_frames_are_named(tmp_path: Path) -> None:
    path = Grid(cell_mm=12.0).asf(tmp_path)
    lines = path.read_text().split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("Frame 5"))

    def spoilt(*rows: str) -> ScenarioError:
        path.write_text("\n".join(rows))
        return refused(path)

    assert "cut off" in spoilt(*lines[: at + 4]).allowed
    assert "'x'" in spoilt(*lines[: at + 3], "x" + lines[at + 3][1:], *lines[at + 4 :]).problem
    nan = lines[at + 9].replace("0", "nan", 1)
    assert "is no reading" in spoilt(*lines[: at + 9], nan, *lines[at + 10 :]).problem
    less = lines[at + 9].replace("0", "-3", 1)
    assert "negative" in spoilt(*lines[: at + 9], less, *lines[at + 10 :]).problem
    gone = lines[at + 9].replace("0", "B", 1)
    assert "come or go" in spoilt(*lines[: at + 9], gone, *lines[at + 10 :]).problem
    skipped = [line for line in lines if not line.startswith("END")]
    skipped[at - 1] = "Frame 7"
    assert "followed by 7" in spoilt(*skipped).problem
    assert "no such line" in spoilt(*lines[:6]).problem


TABLE = {
    "no unit": ({"unit": None}, "# unit", "no unit"),
    "unit in bar": ({"unit": "bar"}, "# unit", "kPa"),
    "no places": ({"x_mm": None}, "# x_mm", "no such comment"),
    "places too few": ({"z_mm": "1,2"}, "# z_mm", "2 values"),
    "places in words": ({"z_mm": ",".join(["a"] * 310)}, "# z_mm", ""),
    "area in cm2": ({"area_mm2": "1.44"}, "# area_mm2", "4 to 2500"),
    "mistyped": ({"area_mm": "144"}, "line 5, # area_mm", "area_mm2"),
    "limit": ({"limit_kpa": "2"}, "# limit_kpa", "50 to 5000"),
}


@pytest.mark.parametrize(("change", "key", "said"), TABLE.values(), ids=TABLE)
def test_wrong_entries_of_a_table_are_named(
    tmp_path: Path, change: dict[str, str | None], key: str, said: str
) -> None:
    error = refused(sensors_csv(tmp_path, change))
    assert error.key == key and said in str(error)


def test_numbers_of_a_table_are_checked(tmp_path: Path) -> None:
    def edited(old: str, new: str, line: int = -3) -> ScenarioError:
        def edit(lines: list[str]) -> list[str]:
            lines[line] = lines[line].replace(old, new, 1)
            return lines

        return refused(sensors_csv(tmp_path, edit=edit))

    assert "frame" in edited("5.14", "5.19").allowed
    assert "'nan'" in str(edited(",0", ",nan")) or "no pressure" in str(edited(",0", ",nan"))
    assert edited("time_s", "time_ms", 4).problem == "the first column is called 'time_ms'"
    assert "names no side" in edited("p3_left", "p3", 4).problem
    assert (
        "cut off"
        in refused(sensors_csv(tmp_path, edit=lambda lines: [*lines[:-1], lines[-1][:40]])).allowed
    )
    metres = sensors_csv(tmp_path).read_text().splitlines()
    for i in (1, 2):
        name, _, values = metres[i].partition(": ")
        metres[i] = f"{name}: " + ",".join(f"{float(v) / 1000:.6f}" for v in values.split(","))
    (tmp_path / "m.csv").write_text("\n".join(metres))
    assert "looks like" in refused(tmp_path / "m.csv").problem
    assert "looks like MPa" in refused(sensors_csv(tmp_path, factor=1e-3)).problem
    inside = sensors_csv(tmp_path, {"unit": "MPa"}, factor=1e-3)
    assert measured_regions(inside).regions["whole"].peak_kpa.max() > 100.0


def test_saturation_and_a_slow_rate_are_said(tmp_path: Path) -> None:
    path = sensors_csv(tmp_path)
    top = measured_regions(path).regions["whole"].peak_kpa.max()
    capped = sensors_csv(tmp_path, {"limit_kpa": f"{top:g}"})
    assert any("saturated" in r for r in measured_regions(capped).remarks)
    slow = sensors_csv(tmp_path).read_text().splitlines()
    slow = [*slow[:5], *slow[5::3]]
    (tmp_path / "slow.csv").write_text("\n".join(slow))
    record = read_pressure(tmp_path / "slow.csv")
    assert any("Hz is slow" in r for r in measured_regions(record).remarks)
    with pytest.raises(ScenarioError, match=r"16.7 Hz; allowed: 25 Hz"):
        stance_load(record, "right", PERCENT, OUTLINE_MM, LENGTH_MM)


def test_grid_that_starts_at_the_heel_is_turned_or_refused(tmp_path: Path) -> None:
    path = Grid(cell_mm=12.0).grid_csv(tmp_path, {"first_row": "heel"})
    with pytest.raises(ScenarioError, match="from heel to toes"):
        stance_load(read_pressure(path), "right", PERCENT, OUTLINE_MM, LENGTH_MM)
    assert refused(Grid(cell_mm=12.0).grid_csv(tmp_path, {"first_row": "top"})).key == "# first_row"
    assert refused(Grid(cell_mm=12.0).grid_csv(tmp_path, {"side": None})).key == "# side"
    assert refused(Grid(cell_mm=12.0).grid_csv(tmp_path, {"side": "rihgt"})).suggestion == "right"
    assert refused(Grid(cell_mm=12.0).grid_csv(tmp_path, {"rate_hz": None})).key == "# rate_hz"


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    kind=st.sampled_from(["fscan", "grid", "sensors"]),
    where=st.floats(0.0, 1.0, exclude_max=True),
    put=st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=6),
    drop=st.integers(0, 400),
)
def test_whatever_is_spoilt_ends_in_a_message_or_a_record(
    texts: dict[str, tuple[Path, str]], kind: str, where: float, put: str, drop: int
) -> None:
    path, text = texts[kind]
    # Most of the examples spoil the header.
    at = int(where**3 * len(text))
    path.write_bytes((text[:at] + put + text[at + drop :]).encode("latin-1"))
    try:
        assert isinstance(read_pressure(path), PressureRecord)
    except ScenarioError as error:
        assert str(error).startswith(str(path)) and error.problem


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """A file of each kind and its text."""
    folder = tmp_path_factory.mktemp("texts")
    made = (Grid(cell_mm=25.0).asf(folder), Grid(cell_mm=25.0).grid_csv(folder))
    found = {name: (p, p.read_text()) for name, p in zip(("fscan", "grid"), made, strict=True)}
    sensors = sensors_csv(folder)
    return {**found, "sensors": (sensors, sensors.read_text())}
