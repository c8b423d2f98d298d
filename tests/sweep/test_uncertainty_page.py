# SPDX-License-Identifier: MIT
"""What a study says of candidates and factors: in the terminal, in files, on its page."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from scenarios.cli import main
from scenarios.errors import ScenarioError
from scenarios.sweep.cases import Case
from scenarios.uncertainty.effects import Effects, read_effects
from scenarios.uncertainty.page import write_study_report
from scenarios.uncertainty.wording import effects_text, sentence
from tests.helpers.sweep_command import prepared, thicknesses
from tests.helpers.uncertain_study import (
    ENERGY,
    FRICTION,
    MASS,
    STRAIN,
    THICK,
    THIN,
    finish,
    finished,
    linear,
    uncertain,
)

SIZE_LIMIT = 5_000_000
FAILING = (7, 14, 21)
PAIR = f"{THICK} − {THIN}"


def some_fail(case: Case) -> tuple[float, float] | None:
    """Three cases fail, in draws of their own."""
    return None if case.number in FAILING else linear(case)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_terminal_says_differences_and_correlations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, _ = finished(tmp_path, uncertain(12), some_fail)
    assert main(["sweep", str(folder.path), "--effects"]) == 0
    said = capsys.readouterr().out
    assert "21 of 24 cases finished; 12 draws (latin_hypercube)" in said
    line = next(line for line in said.splitlines() if line.startswith(ENERGY))
    assert line.split()[1:3] == ["J", "9"] and line.endswith("higher")
    assert "0 of 9" in line and "rank correlations (Spearman)" in said
    assert "note: 3 of 24 cases have no result" in said
    assert "computed load" in said and "Sobol indices need a saltelli design" in said
    assert {row["output"] for row in rows_of(folder.path / "differences.csv")} == {STRAIN, ENERGY}
    assert not (folder.path / "sobol_indices.csv").exists()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saltelli study with its page."""
    folder, _ = finished(tmp_path_factory.mktemp("s"), uncertain(16, kind="saltelli"), some_fail)
    assert main(["report", str(folder.path)]) == 0
    return folder.path


def test_files_hold_every_number(study: Path) -> None:
    differences = rows_of(study / "differences.csv")
    effects = read_effects(study)
    one = effects.differences[0]
    row = differences[0]
    assert (row["output"], row["first"], row["second"]) == (STRAIN, THICK, THIN)
    assert float(row["mean"]) == one.mean and one.probability is not None
    assert float(row["probability_lower_high"]) == one.probability.high
    indices = rows_of(study / "sobol_indices.csv")
    of_strain = {r["factor"]: float(r["first"]) for r in indices if r["of"] == PAIR}
    assert of_strain.keys() == {MASS, FRICTION}
    assert {(r["blocks"], r["dropped_blocks"]) for r in indices if r["of"] == PAIR} == {("13", "3")}
    assert not (study / "rank_correlations.csv").exists()


def test_the_page_is_one_file_that_says_what_was_done(study: Path) -> None:
    page = study / "report.html"
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < SIZE_LIMIT
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", text) and "@import" not in text
    assert text.count('src="data:image/png') == 3
    assert "<td>7, 14, 21</td>" in text and "not converged: try a finer step" in text
    assert "saltelli, samples 16, seed 1" in text and "uniform: from 60 to 70" in text
    assert "64 draws of 2 candidates: 128 cases" in text
    assert f"Computed energy stored: higher with {THICK} than with {THIN}" in text
    assert "Up to 3 of 16 blocks of the saltelli design are incomplete" in text


def test_only_computed_load_is_claimed(study: Path) -> None:
    text = (study / "report.html").read_text(encoding="utf-8")
    body = re.sub(r'<(style|script).*?</\1>|src="[^"]*"', "", text, flags=re.S)
    assert "statements about computed load" in body and "nothing is said about symptoms" in body
    assert not re.search(r"\b(pain|treat|reliev|prevent|heal|comfort|better for)", body)
    assert all(sentence(one).startswith("Computed ") for one in read_effects(study).differences)


def test_every_verdict_has_its_words(tmp_path: Path) -> None:
    """Friction below its middle turns the difference round; the energies are the same."""

    def model(case: Case) -> tuple[float, float]:
        turned = float(str(case.values[FRICTION])) - 0.5
        thick = case.candidate == THICK
        return (0.4 + 0.1 * turned if thick else 0.4), (1.0 if thick else 1.0 + 1e-9)

    folder, _ = finished(tmp_path, uncertain(12), model)
    strain, energy = read_effects(folder.path).differences
    assert strain.verdict == "undecided" and energy.verdict == "equal"
    assert f"not decided between {THICK} and {THIN}, the first lower in 6 of 12" in sentence(strain)
    assert sentence(energy).endswith(f"the same with {THICK} and {THIN} in all 12 draws.")


def test_a_study_without_candidates_has_a_page_too(tmp_path: Path) -> None:
    folder, _ = finished(tmp_path, uncertain(8, compare=""))
    text = write_study_report(folder.path).read_text(encoding="utf-8")
    assert "Candidates on the same draws" not in text and "What the spread is owed to" in text
    assert text.count('src="data:image/png') == 2


def test_a_grid_claims_no_probability(tmp_path: Path) -> None:
    compare = '[compare]\nkey = "insole.material"\nvalues = ["eva_20", "eva_50"]'
    folder, _ = finished(
        tmp_path,
        f"{thicknesses(4)}\n{compare}",
        lambda case: (float(str(case.values["insole.thickness_mm"])), float(case.number % 2)),
    )
    effects = read_effects(folder.path)
    assert effects.ranks == () and effects.sobol == ()
    text = effects_text(effects)
    assert "no sample" in text and "A grid design is no sample of what is uncertain" in text
    assert "eva_50 is" not in text and "4 of 4" in text
    assert all("probability" not in sentence(one) for one in effects.differences)


def test_many_missing_cases_and_factors_that_go_together_are_said(tmp_path: Path) -> None:
    folder, _ = finished(tmp_path, uncertain(5, seed=4), some_fail)
    effects: Effects = read_effects(folder.path)
    notes = " ".join(effects.notes)
    assert "1 of 10 cases have no result" in notes and "More than one in twenty" in notes
    assert "go together by chance" in notes


def test_a_case_that_is_finished_later_counts(tmp_path: Path) -> None:
    folder, plan = finished(tmp_path, uncertain(4), some_fail)
    assert read_effects(folder.path).differences[0].pairs == 3
    folder.forget_failures()
    finish(folder, plan, lambda case: linear(case) if case.number in FAILING else None)
    assert read_effects(folder.path).differences[0].pairs == 4
    before = (folder.path / "table.parquet").stat().st_mtime_ns
    assert read_effects(folder.path).differences[0].pairs == 4
    assert (folder.path / "table.parquet").stat().st_mtime_ns == before


def test_a_study_that_has_no_result_yet_is_refused(tmp_path: Path) -> None:
    folder, _ = prepared(tmp_path, uncertain(4))
    with pytest.raises(ScenarioError, match="no case is finished"):
        write_study_report(folder.path)
    assert not (folder.path / "report.html").exists()


def test_a_table_of_another_plan_is_refused(tmp_path: Path) -> None:
    from scenarios.uncertainty.draws import of_table

    folder, plan = prepared(tmp_path, uncertain(4))
    with pytest.raises(ScenarioError, match="is of another plan"):
        of_table(plan, {"case": [1, 2]}, folder.path)  # type: ignore[dict-item]
