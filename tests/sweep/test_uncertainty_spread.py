# SPDX-License-Identifier: MIT
"""Candidates on common draws: the crossed cases, their columns, the spread of a difference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from scenarios.errors import ScenarioError
from scenarios.sweep.cases import Case, load_study, study_cases
from scenarios.sweep.table import write_table
from scenarios.uncertainty.draws import read_draws
from scenarios.uncertainty.spread import paired_spread
from tests.helpers.sweep_command import prepared, thicknesses, written
from tests.helpers.uncertain_study import (
    ENERGY,
    FRICTION,
    MASS,
    STRAIN,
    THICK,
    THICKNESS,
    THIN,
    finished,
    linear,
    uncertain,
)
from tests.sweep.conftest import InProcess

SEVERAL = """\
[[compare.candidates]]
name = "thin"
settings = { "insole.thickness_mm" = 4.0, "insole.material" = "eva_50" }

[[compare.candidates]]
name = "thick"
settings = { insole = { thickness_mm = 8.0 } }
"""


def test_each_draw_is_run_for_each_candidate(tmp_path: Path) -> None:
    cases = study_cases(load_study(written(tmp_path, uncertain(3))))
    assert [case.draw for case in cases] == [1, 1, 2, 2, 3, 3]
    assert [case.candidate for case in cases] == [THIN, THICK] * 3
    assert [case.values[THICKNESS] for case in cases] == [4.0, 6.0] * 3
    for key in (MASS, FRICTION):
        drawn = [case.values[key] for case in cases]
        assert drawn[0::2] == drawn[1::2] and len(set(drawn)) == 3
    assert len({case.digest for case in cases}) == 6


def test_candidates_may_differ_by_several_keys(tmp_path: Path) -> None:
    thin, thick, *_ = study_cases(load_study(written(tmp_path, uncertain(2, compare=SEVERAL))))
    assert (thin.candidate, thick.candidate) == ("thin", "thick")
    assert (thin.values[THICKNESS], thick.values[THICKNESS]) == (4.0, 8.0)
    assert thin.values["insole.material"] == "eva_50" and "insole.material" not in thick.values


def test_a_study_without_candidates_is_as_before(tmp_path: Path, worker: InProcess) -> None:
    folder, plan = prepared(tmp_path, thicknesses(2))
    worker(folder)
    names = pq.read_table(write_table(folder, plan)).column_names
    assert "draw" not in names and "candidate" not in names
    draws = read_draws(folder.path)
    assert draws.candidates == ("",) and draws.pairs == ()
    assert draws.factors[THICKNESS].tolist() == [3.0, 9.0]


def test_the_table_is_arranged_by_candidate_and_draw(tmp_path: Path) -> None:
    folder, plan = finished(tmp_path, uncertain(5))
    rows = pq.read_table(write_table(folder, plan)).to_pylist()
    assert [(row["draw"], row["candidate"]) for row in rows[:3]] == [
        (1, THIN),
        (1, THICK),
        (2, THIN),
    ]
    draws = read_draws(folder.path)
    assert draws.candidates == (THIN, THICK) and draws.outputs == (STRAIN, ENERGY)
    assert draws.values.shape == (2, 5, 2) and tuple(draws.factors) == (MASS, FRICTION)
    for case in plan.cases:
        place = draws.candidates.index(case.candidate), case.draw - 1
        assert draws.values[place] == pytest.approx(linear(case))
        assert draws.factors[MASS][place[1]] == case.values[MASS]


def test_the_spread_is_that_of_the_difference_within_a_draw(tmp_path: Path) -> None:
    folder, plan = finished(tmp_path, uncertain(16))
    found = paired_spread(folder.path)
    friction = [case.values[FRICTION] for case in plan.cases if case.candidate == THIN]
    assert found[STRAIN] == pytest.approx(0.2 * np.std(friction, ddof=1))
    masses = [case.values[MASS] for case in plan.cases if case.candidate == THIN]
    assert found[ENERGY] == pytest.approx(0.002 * np.std(masses, ddof=1))


def test_the_spread_is_the_largest_over_pairs(tmp_path: Path) -> None:
    three = uncertain(8).replace("[4.0, 6.0]", "[4.0, 6.0, 9.0]")
    folder, plan = finished(tmp_path, three)
    friction = [case.values[FRICTION] for case in plan.cases if case.candidate == THIN]
    assert paired_spread(folder.path)[STRAIN] == pytest.approx(0.5 * np.std(friction, ddof=1))


def test_a_pair_counts_where_both_are_finished(tmp_path: Path) -> None:
    def model(case: Case) -> tuple[float, float] | None:
        # A failed case in each candidate, in draws of their own.
        return None if (case.draw, case.candidate) in ((2, THIN), (3, THICK)) else linear(case)

    folder, plan = finished(tmp_path, uncertain(8), model)
    used = [case for case in plan.cases if case.candidate == THIN and case.draw not in (2, 3)]
    friction = [case.values[FRICTION] for case in used]
    assert paired_spread(folder.path)[STRAIN] == pytest.approx(0.2 * np.std(friction, ddof=1))


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(ScenarioError, match="is no study's folder"):
        paired_spread(tmp_path / "a")
    folder, _ = finished(tmp_path / "a", uncertain(4, compare=""))
    with pytest.raises(ScenarioError, match="compares no candidates"):
        paired_spread(folder.path)
    (tmp_path / "b").mkdir()
    folder, _ = finished(
        tmp_path / "b", uncertain(4), lambda case: linear(case) if case.draw < 3 else None
    )
    with pytest.raises(ScenarioError, match=r"2 draws are finished for two candidates.*--resume"):
        paired_spread(folder.path)


@pytest.mark.parametrize(
    ("compare", "message"),
    [
        ("[compare]", "compare: has no candidates"),
        (
            '[compare]\nkey = "insole.thickness_mm"\nvalues = [4.0]',
            "thickness_mm 4 is the only candidate",
        ),
        (
            '[compare]\nkey = "insole.thickness_mm"\nvalues = [4, 4.0]',
            "thickness_mm 4 is a candidate twice",
        ),
        ('[compare]\nkey = "insole.thicknes_mm"\nvalues = [4, 5]', "mean insole.thickness_mm"),
        ('[compare]\nkey = "insole.thickness_mm"\nvalues = [4, 500]', "insole.thickness_mm"),
        (f'[compare]\nkey = "{MASS}"\nvalues = [60, 70]', f"{MASS} is one of factors too"),
        ('[compare]\nkey = "output.figures"\nvalues = [true, false]', "is one of settings too"),
        (f'[compare]\nkey = "{THICKNESS}"\n{SEVERAL}', "key and candidates are both given"),
        ("[compare]\nkeys = 1", "compare.keys: unknown key.*did you mean key"),
        (SEVERAL.replace("name =", "title =", 1), r"compare.candidates\[0\]"),
    ],
)
def test_wrong_candidates_are_refused(tmp_path: Path, compare: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        load_study(written(tmp_path, uncertain(3, compare=compare)))


def test_the_limit_counts_candidates(tmp_path: Path) -> None:
    path = written(tmp_path, uncertain(6))
    with pytest.raises(ScenarioError, match="has 12 cases"):
        load_study(path, 11)
    assert len(study_cases(load_study(path, 12))) == 12


def test_levels_are_no_spread(tmp_path: Path) -> None:
    """The corners of the ranges are not what is uncertain."""
    text = uncertain(8).replace('kind = "latin_hypercube"\nsamples = 8', 'kind = "grid"')
    folder, _ = finished(tmp_path, text)
    with pytest.raises(ScenarioError, match=r"design\.kind: grid is no sample"):
        paired_spread(folder.path)
