# SPDX-License-Identifier: MIT
"""Pedar files: read back as they were written, and refused in words when spoilt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from scenarios.errors import ScenarioError
from scenarios.measured import read_pressure
from tests.helpers.pedar_file import FIRST_ROW, PedarFile, walk

QUICK = settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PRESSURES = arrays.arrays(
    np.int64,
    st.tuples(st.integers(2, 5), st.just(198)),
    elements=st.integers(0, 480),
    fill=st.just(0),
)


def refused(path: Path) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        read_pressure(path)
    assert caught.value.exit_code == 2
    return caught.value


@QUICK
@given(steps=PRESSURES, rate=st.sampled_from([10.0, 50.0, 60.0, 100.0, 200.0]))
def test_a_file_is_read_back_exactly(tmp_path: Path, steps: np.ndarray, rate: float) -> None:
    made = PedarFile(2.5 * steps, rate_hz=rate)
    record = read_pressure(made.write(tmp_path))
    assert record.left is not None and record.right is not None
    assert np.array_equal(record.left.pressure_kpa, made.pressure[:, :99])
    assert np.array_equal(record.right.pressure_kpa, made.pressure[:, 99:])
    assert np.array_equal(record.right.column(13), made.pressure[:, 111])
    assert record.right.sensors.tolist() == list(range(1, 100))
    assert record.rate_hz == rate
    assert record.time_s == pytest.approx(np.arange(1, len(steps) + 1) / rate, abs=1e-5)
    assert record.header["sensor type"] == "v_made_up"
    assert record.masks["left insole"] == tuple(range(1, 100))


@QUICK
@given(
    where=st.floats(0.0, 1.0, exclude_max=True),
    put=st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=6),
    drop=st.integers(0, 400),
)
def test_whatever_is_spoilt_ends_in_a_message_or_a_record(
    tmp_path: Path, where: float, put: str, drop: int
) -> None:
    text = "\n".join(PedarFile(np.full((3, 198), 40.0)).lines())
    at = int(where * len(text))
    path = tmp_path / "spoilt.asc"
    path.write_bytes((text[:at] + put + text[at + drop :]).encode("latin-1"))
    try:
        record = read_pressure(path)
    except ScenarioError as error:
        assert str(error).startswith(str(path)) and error.problem
    else:
        assert record.insole("left").pressure_kpa.shape == record.insole("right").pressure_kpa.shape


@QUICK
@given(
    frame=st.integers(0, 3),
    column=st.integers(0, 197),
    wrong=st.sampled_from(["-2.5", "nan", "inf", "abc", "12,5", "1_0", "1501", "1e9", "--"]),
)
def test_a_wrong_value_is_named_by_line_and_sensor(
    tmp_path: Path, frame: int, column: int, wrong: str
) -> None:
    made = PedarFile(np.full((4, 198), 40.0))
    lines = made.lines()
    cells = lines[FIRST_ROW + 1 + frame].split("\t")
    cells[column + 1] = wrong
    lines[FIRST_ROW + 1 + frame] = "\t".join(cells)
    error = refused(made.write(tmp_path, lines))
    side = "left" if column < 99 else "right"
    assert error.key == f"line {FIRST_ROW + 2 + frame}, {side} sensor {column % 99 + 1}"
    assert error.allowed


def replaced(old: str, new: str) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        assert any(old in line for line in lines)
        return [line.replace(old, new) for line in lines]

    return change


def without_column(lines: list[str]) -> list[str]:
    return [*lines[:FIRST_ROW], *("\t".join(line.split("\t")[:-2]) for line in lines[FIRST_ROW:])]


SPOILT = {
    "no labels": (replaced("time[secs]", "frame"), "time[secs]", "Pedar"),
    "empty": (lambda _: [], "time[secs]", "Pedar"),
    "only labels": (lambda lines: lines[: FIRST_ROW + 1], "line 10", ""),
    "other unit": (replaced("kPa", "N/cm2"), "pressure values in", "kPa"),
    "no unit": (lambda lines: lines[:3] + lines[4:], "pressure values in", "kPa"),
    "cut off between frames": (lambda lines: lines[:-3], "total time", "8 frames"),
    "cut off in a frame": (lambda lines: [*lines[:-1], lines[-1][:300]], "line 18", "cut off"),
    "one insole": (lambda lines: [x[: 99 * 8 + 15] for x in lines], "line 10, labels", "both"),
    "a column less": (without_column, "line 10, labels", "1 to 99"),
    "other numbering": (replaced("     42\t", "    420\t"), "line 10, labels", "1 to 99"),
    "rates that contradict": (replaced("[Hz]:   50", "[Hz]:   100"), "scanning rate", "other"),
    "no rate": (replaced("scanning rate [Hz]", "rate"), "scanning rate", "number"),
    "rate in words": (replaced("[Hz]:   50", "[Hz]:   fast"), "scanning rate", "above 0"),
    "rate of zero": (replaced("[Hz]:   50", "[Hz]:   0"), "scanning rate", "above 0"),
    "a frame lost": (replaced("0.08000", "0.09000"), "line 14, time", "every 0.02 s"),
    "time back": (replaced("0.08000", "0.02000"), "line 14, time", "every 0.02 s"),
    "no time": (replaced("0.08000", "nan"), "line 14, time", ""),
    "sensor of a mask": (replaced("98,99,", "98,100,"), "line 7, mask definition", "1 to 99"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_said(tmp_path: Path, name: str) -> None:
    change, key, allowed = SPOILT[name]
    made = PedarFile(np.full((8, 198), 40.0))
    error = refused(made.write(tmp_path, change(made.lines())))
    assert error.key == key and allowed in error.allowed


def test_wrong_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = PedarFile(np.zeros((3, 198))).write(tmp_path)
    assert refused(tmp_path / "made_upp.asc").suggestion == "made_up.asc"
    (tmp_path / "a.xlsx").write_text("x")
    assert ".asc" in refused(tmp_path / "a.xlsx").allowed

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    assert "Permission denied" in refused(made).problem


def test_windows_line_ends(tmp_path: Path) -> None:
    made = walk(1)
    path = tmp_path / "made_up.asc"
    path.write_bytes("\r\n".join(made.lines()).encode())
    assert np.allclose(
        read_pressure(path).insole("right").pressure_kpa, made.pressure[:, 99:], atol=6e-4
    )


def test_faulty_sensors_are_told(tmp_path: Path) -> None:
    made = walk(3)
    made.pressure[:, 4] = 0.0
    made.pressure[:, 10] = np.maximum(made.pressure[:, 10], 5.0)
    made.pressure[20, 60] = 600.0
    insole = read_pressure(made.write(tmp_path)).insole("left")
    assert (insole.silent, insole.stuck, insole.saturated) == ((5,), (11,), (61,))
    made.pressure[20, 60] = 700.0
    assert read_pressure(made.write(tmp_path)).insole("left").saturated == ()
