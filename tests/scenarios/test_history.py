# SPDX-License-Identifier: MIT
"""Rows of history.csv: columns from the result records, documented ones."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import fields
from pathlib import Path

from scenarios.history import history_row, level_columns
from simulator.results import FootInstant, LevelInstant, PelvisInstant

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "results.md"


def instant(record: type, **known: object):
    values = {field.name: float(i) for i, field in enumerate(fields(record))}
    return record(**{**values, **known})


def test_columns_of_a_row() -> None:
    levels = [instant(LevelInstant, level=name) for name in ("L5-S1", "L4-L5")]
    row = history_row(instant(FootInstant), instant(PelvisInstant), levels)
    names = list(row)
    assert names[:2] == ["percent", "time_s"]
    assert names.count("percent") == 1
    assert row["percent"] == 0.0
    assert row["l4_l5_compression_n"] == row["l5_s1_compression_n"] == 1.0
    assert not any("level" in name for name in names)


def test_an_absent_record_leaves_no_columns() -> None:
    assert list(history_row(instant(FootInstant))) == [f.name for f in fields(FootInstant)]


def test_columns_of_a_level_read_back() -> None:
    columns = {"percent": [5.0], "l4_l5_compression_n": [900.0], "l5_s1_compression_n": [1.0]}
    assert level_columns(columns, "L4-L5") == {"compression_n": [900.0]}


def test_every_column_is_documented() -> None:
    table = GUIDE.read_text(encoding="utf-8").partition("## `history.csv`")[2].partition("##")[0]
    patterns = re.findall(r"`([a-z0-9_*]+)`", table)
    row = history_row(
        instant(FootInstant), instant(PelvisInstant), [instant(LevelInstant, level="L1-L2")]
    )
    missing = [n for n in row if not any(fnmatch.fnmatch(n, p) for p in patterns)]
    assert missing == []
