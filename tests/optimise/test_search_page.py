# SPDX-License-Identifier: MIT
"""What a search leaves: table, front, scenarios that can be exported, a page of one file."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scenarios.cli import main
from scenarios.loading import load_scenario
from scenarios.optimise.front import front_of, write_front
from scenarios.optimise.page import write_page
from scenarios.optimise.records import TrialRecord
from scenarios.optimise.store import SearchFolder, SearchPlan
from scenarios.optimise.table import write_table
from tests.helpers.search_command import goals, prepared, search
from tests.helpers.search_double import GOALS
from tests.optimise.conftest import Worker

Found = tuple[SearchFolder, SearchPlan, tuple[TrialRecord, ...]]
MOST_BYTES = 5_000_000


@pytest.fixture
def found(tmp_path: Path, worker: Worker) -> Found:
    """A search of 30 trials with a failed design and one that is asked for twice."""
    starts = ", ".join(
        f'{{ "insole.thickness_mm" = {t}, "subject.body_mass_kg" = 50.0 }}' for t in (9.0, 7.0, 7.0)
    )
    more = f"trials = 30\nstart = [{starts}]"
    text = 'outputs = ["solver.steps"]\n' + search(more)
    folder, plan = prepared(tmp_path, text)
    worker(folder)
    return folder, plan, folder.trials(plan)


def test_the_table_has_every_trial(found: Found) -> None:
    folder, plan, records = found
    front = front_of(plan.search().goals, records)
    table = pq.read_table(write_table(folder, plan, records, front))
    rows = table.to_pylist()
    assert [row["trial"] for row in rows] == list(range(1, 31))
    assert rows[0]["status"] == "failed" and rows[0]["reason"].startswith("not converged")
    assert rows[2]["same_as"] == 2 and rows[2]["folder"] == rows[1]["folder"]
    assert [row["trial"] for row in rows if row["knee"]] == [front.knee]
    on_front = {row["folder"] for row in rows if row["front"]}
    assert on_front == {f"cases/{record.case.folder}" for record in front.trials}
    finished = [row for row in rows if row["status"] == "finished"]
    assert all(row["solver.steps"] == 4.0 and row[GOALS[0]] > 0.0 for row in finished)
    volumes = [row["hypervolume"] for row in rows if row["hypervolume"] is not None]
    assert volumes == sorted(volumes) and 0.0 < volumes[-1] < 1.0
    broken = next(row for row in rows if row["status"] == "pruned" and "broken" in row["reason"])
    assert max(v for k, v in broken.items() if k.startswith("violation") and v is not None) > 0.0
    assert broken["percent"] in (20.0, 40.0, 60.0)


def test_designs_of_the_front_are_scenarios(
    found: Found, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, plan, records = found
    front = front_of(plan.search().goals, records)
    (folder.path / "designs").mkdir()
    (folder.path / "designs" / "trial_9999.toml").write_text("beaten since")
    paths = write_front(folder.path, plan.loaded(), front)
    assert sorted(paths) == sorted((folder.path / "designs").iterdir())
    with (folder.path / "front.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["trial"]) for row in rows] == [record.number for record in front.trials]
    assert [row["knee"] for row in rows].count("yes") == 1
    for row, record in zip(rows, front.trials, strict=True):
        scenario = load_scenario(str(folder.path / row["scenario"])).scenario
        assert scenario.insole.thickness_mm == record.values["insole.thickness_mm"]
        assert float(row[GOALS[1]]) == record.goals[1]
        assert (folder.path / row["folder"] / "summary.json").is_file()
    out = folder.path / "insole.stl"
    assert main(["insole", "export", str(paths[0]), "-o", str(out), "--size-mm", "4"]) == 0
    assert out.stat().st_size > 1000
    # A base that was edited since changes no design.
    computed = folder.path / rows[0]["folder"] / "scenario.toml"
    computed.write_text(re.sub(r"height_m = [\d.]+", "height_m = 1.81", computed.read_text()))
    write_front(folder.path, plan.loaded(), front)
    assert load_scenario(str(paths[0])).scenario.subject.height_m == 1.81


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_page_is_one_file(tmp_path: Path, worker: Worker, count: int) -> None:
    keys = (*GOALS, "insole.thickness_mm")[:count]
    folder, plan = prepared(tmp_path, search("trials = 25").replace(goals(*GOALS), goals(*keys)))
    worker(folder)
    records = folder.trials(plan)
    front = front_of(plan.search().goals, records)
    path = write_page(folder, plan, records, front)
    text = path.read_text()
    assert path.stat().st_size < MOST_BYTES
    assert not re.search(r'(src|href)="(?!data:|#)', text) and "http" not in text.split("<pre>")[0]
    assert text.count("<svg") == (3 if count > 1 else 2)
    assert all(f"trial_{record.number:04d}.toml" in text for record in front.trials)
    write_front(folder.path, plan.loaded(), front)
    head = (folder.path / "front.csv").read_text().split("\n")[0].split(",")
    assert len(head) == len(set(head)), "a factor that is a goal too has one column"
    assert ("(knee)" in text) == (front.knee > 0)
    words = re.sub(r"<[^>]+>", " ", text)
    for claim in ("treat", "prevent", "relieve"):
        assert claim not in words


def test_a_search_without_a_result_has_a_page_too(tmp_path: Path) -> None:
    folder, plan = prepared(tmp_path, search())
    front = front_of(plan.search().goals, ())
    assert "No finished design" in write_page(folder, plan, (), front).read_text()
    write_table(folder, plan, (), front)
    assert write_front(folder.path, plan.loaded(), front) == ()
