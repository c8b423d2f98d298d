# SPDX-License-Identifier: MIT
"""The table of a study: columns, their types, statuses, as the folders are."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenarios.errors import NotWritten, ScenarioError
from scenarios.sweep.table import write_table
from tests.helpers.sweep_command import STUDY, masses, prepared, thicknesses
from tests.helpers.sweep_double import DIVERGES
from tests.sweep.conftest import InProcess

STRAIN = "insole.peak_compressive_strain"


def test_a_row_a_case_with_factors_status_and_outputs(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, thicknesses(4))
    worker(folder)
    rows = pq.read_table(write_table(folder, plan)).to_pylist()
    assert [row["case"] for row in rows] == [1, 2, 3, 4]
    assert [row["insole.thickness_mm"] for row in rows] == [3.0, 5.0, 7.0, 9.0]
    assert [row[STRAIN] for row in rows] == pytest.approx([0.3, 0.5, 0.7, 0.9])
    assert {row["status"] for row in rows} == {"finished"} and rows[0]["wall_s"] == 1.5
    assert all((folder.path / str(row["folder"]) / "summary.json").is_file() for row in rows)
    assert not any(name.startswith("solver.") for name in rows[0])


def test_cases_without_a_result_have_their_reason(tmp_path: Path, worker: InProcess) -> None:
    text = (
        f'{STUDY}[design]\nkind = "list"\ncases = [{{}}, {{"subject.body_mass_kg" = {DIVERGES}}}, '
        '{"subject.foot_length_mm" = 215.0, "subject.ball_width_mm" = 125.0}]'
    )
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    table = pq.read_table(write_table(folder, plan))
    rows = table.to_pylist()
    assert [row["status"] for row in rows] == ["finished", "failed", "refused"]
    assert rows[0]["reason"] == ""
    assert rows[1]["reason"].startswith("not converged") and rows[1][STRAIN] is None
    assert "does not go with" in rows[2]["reason"] and rows[2]["folder"] == ""
    assert rows[0]["subject.body_mass_kg"] is None and rows[1]["subject.body_mass_kg"] == DIVERGES


def test_a_table_before_the_first_result_has_columns_of_their_types(tmp_path: Path) -> None:
    folder, plan = prepared(tmp_path, f'outputs = ["{STRAIN}"]\n{thicknesses(3)}')
    schema = pq.read_table(write_table(folder, plan)).schema
    assert str(schema.field(STRAIN).type) == "double"
    assert str(schema.field("wall_s").type) == "double"
    assert str(schema.field("case").type) == "int64"


def test_outputs_are_those_that_were_asked_for(tmp_path: Path, worker: InProcess) -> None:
    text = f'outputs = ["{STRAIN}", "solver.steps"]\n{thicknesses(2)}'
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    table = pq.read_table(write_table(folder, plan))
    assert table.column_names[-2:] == [STRAIN, "solver.steps"]
    assert "insole.energy_stored_j" not in table.column_names
    assert table["solver.steps"].to_pylist() == [4.0, 4.0]


def test_an_output_that_no_case_has_is_said_with_the_nearest(
    tmp_path: Path, worker: InProcess
) -> None:
    text = f'outputs = ["insole.peak_compresive_strain"]\n{thicknesses(2)}'
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    with pytest.raises(ScenarioError, match=rf"no case has .*did you mean {STRAIN}\?"):
        write_table(folder, plan)


def test_values_of_several_kinds_are_text_and_whole_numbers_beside_others_are_numbers(
    tmp_path: Path,
) -> None:
    text = masses(70.0) + '[[factors]]\nkey = "insole.thickness_mm"\nvalues = [4, 5.5]\n'
    text += '[[factors]]\nkey = "insole.layers"\nvalues = [[]]\n'
    folder, plan = prepared(tmp_path, text)
    table = pq.read_table(write_table(folder, plan))
    assert table["insole.thickness_mm"].to_pylist() == [4.0, 5.5]
    assert table["insole.layers"].to_pylist() == ["[]", "[]"]


def test_a_table_is_whole_or_absent(
    tmp_path: Path, worker: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, plan = prepared(tmp_path, thicknesses(2))
    path = write_table(folder, plan)
    before = path.read_bytes()

    def half(table: object, where: Path) -> None:
        where.write_bytes(before[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", half)
    with pytest.raises(NotWritten, match="No space"):
        write_table(folder, plan)
    assert path.read_bytes() == before and not list(folder.path.glob(".table*"))
