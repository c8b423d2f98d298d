# SPDX-License-Identifier: MIT
"""Gait files cut off or corrupted at random are refused or read, never a traceback."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.gait import measured_gait
from tests.helpers.gait_trial import WALKER, Trial, refused

TOKENS = (b"NaN", b"inf", b"1e308", b"-1e308", b"0", b"", b"x", b"\xff", b"\x00", b"1,5", b"1e400")
FACTORS = (-1.0, 1000.0, 1e-3, 57.3, 1e10, 0.0)
HEADERS = (b"nRows=\xc2\xb2", b"nRows=-1", b"nColumns=" + b"9" * 5000, b"inDegrees=", b"endheader")
FIRST_ROW = 7


def cut(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    raw = b"\n".join(lines)
    return raw[: rng.randrange(len(raw))].split(b"\n")


def bytes_changed(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    raw = bytearray(b"\n".join(lines))
    for _ in range(rng.choice((1, 3, 30))):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw).split(b"\n")


def rows_dropped(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.randrange(len(lines))
    return lines[:at] + lines[at + rng.choice((1, 5, 100, 1000)) :]


def cells_replaced(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    for _ in range(rng.choice((1, 5, 50))):
        at = rng.randrange(len(lines))
        cells = lines[at].split(b"\t")
        cells[rng.randrange(len(cells))] = rng.choice(TOKENS)
        lines[at] = b"\t".join(cells)
    return lines


def column_scaled(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    column, factor = rng.randrange(1, 12), rng.choice(FACTORS)
    for i in range(FIRST_ROW, len(lines)):
        cells = lines[i].split(b"\t")
        if len(cells) > column:
            try:
                cells[column] = repr(factor * float(cells[column])).encode()
            except ValueError:
                continue
            lines[i] = b"\t".join(cells)
    return lines


def header_changed(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    lines[rng.randrange(len(lines[:FIRST_ROW]))] = rng.choice(HEADERS)
    return lines


def shortened(rng: random.Random, lines: list[bytes]) -> list[bytes]:
    at = rng.randrange(len(lines))
    return lines[:FIRST_ROW] + lines[at : at + rng.choice((2, 3, 50, 700))]


CHANGES = (
    *(cut, bytes_changed, rows_dropped, cells_replaced, column_scaled, header_changed, shortened),
)


def corrupted(rng: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    for _ in range(rng.choice((1, 1, 2))):
        lines = rng.choice(CHANGES)(rng, lines) or [b""]
    if rng.random() < 0.7:  # without the counts that would tell at once
        lines = [line for line in lines if not line.startswith((b"nRows", b"nColumns=3"))]
    return b"\n".join(lines)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_corrupted_trials_are_refused_or_read(tmp_path: Path) -> None:
    files = Trial().write(tmp_path)
    whole = [file.read_bytes() for file in files]
    rng, ends = random.Random(20), Counter()
    for number in range(250):
        for file, raw in zip(files, whole, strict=True):
            file.write_bytes(corrupted(rng, raw) if rng.random() < 0.6 else raw)
        try:
            gait = measured_gait(files[0], files[1] if rng.random() < 0.8 else None, WALKER)
        except ScenarioError as error:
            assert str(error).isprintable() and error.exit_code == 2
            ends["refused"] += 1
            continue
        ends["read"] += 1
        for percent in (0.0, 1.0, 50.0, 99.0, 100.0):
            assert np.isfinite(gait.at(percent).grf_n).all(), number
    assert ends["read"] > 20 and ends["refused"] > 100, ends


@pytest.mark.parametrize("header", HEADERS[:3])
def test_odd_counts_in_the_header(tmp_path: Path, header: bytes) -> None:
    forces, _ = Trial().write(tmp_path)
    lines = forces.read_bytes().split(b"\n")
    forces.write_bytes(b"\n".join([header if b"nRows" in line else line for line in lines]))
    try:
        measured_gait(forces, None, WALKER)
    except ScenarioError as error:
        assert "cut off" in str(error)


def test_a_number_that_no_sum_can_hold_is_refused(tmp_path: Path) -> None:
    trial = Trial()
    trial.angle_columns["knee_angle_r"][40] = 1e308
    forces, angles = trial.write(tmp_path)
    error = refused(forces, angles)
    assert error.key == "knee_angle_r" and "numbers up to" in error.allowed
