# SPDX-License-Identifier: MIT
"""The order of a run, and how it ends before and while its baseline is solved."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

import scenarios.baseline
import scenarios.recorded_march
import scenarios.run
import scenarios.session
from scenarios.calibration_store import from_cache, keep_in_cache
from scenarios.calibration_terms import calibration_key
from scenarios.errors import Interrupted, NotConverged, ScenarioError
from scenarios.folder import ResultFolder, read_manifest
from scenarios.foot_loads import Calibration
from scenarios.foot_summary import RunRecord
from scenarios.loading import load_scenario
from scenarios.recorded_march import RecordedMarch
from scenarios.run import run_scenario
from scenarios.schema import Scenario
from scenarios.session import Session
from simulator.stepping import March, StepsExhausted

pytestmark = pytest.mark.skipif(MPI.COMM_WORLD.size > 1, reason="doubles know one rank")
INSTANTS = (50.0,)
GEOMETRY = SimpleNamespace(
    foot=SimpleNamespace(mesh=SimpleNamespace(cells=[0, 1])), insole=None, upper=None
)


def candidate(*settings: str) -> Scenario:
    return load_scenario("standing", settings=("baseline.material=cork", *settings)).scenario


def frozen() -> Calibration:
    return Calibration(np.array(INSTANTS), np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 3)))


class Steps:
    """A doubled foot run: four accepted steps, two of them of first contact."""

    def __init__(self, log: Callable[[str], None], ending: Callable[[int], None]) -> None:
        self.log, self.ending, self.taken = log, ending, 0
        self.record = SimpleNamespace(calibration=frozen)

    def start(self, percent: float, shown: Callable[[float], None]) -> None:
        for share in (0.5, 1.0):
            self._step()
            shown(share)

    def go_on(self, instants: Any, accepted: Callable[[March, Any], None]) -> None:
        for percent in (25.0, 50.0):
            self._step()
            accepted(SimpleNamespace(at=percent), None)  # type: ignore[arg-type]

    def _step(self) -> None:
        self.taken += 1
        self.log(f"step {self.taken}")
        self.ending(self.taken)


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Path]:
    """Run a candidate whose baseline ends as ``ending(step)`` says; what follows stops at once."""

    def call(
        ending: Callable[[int], None], scenario: Scenario | None = None, **doubles: Any
    ) -> Path:
        study = scenario or candidate()
        model = SimpleNamespace(ground_height_mm=0.0)
        for name, double in {
            "build_foot_model": lambda *_: model,
            "foot_run": lambda model, loads, scenario, log: Steps(log, ending),
        }.items():
            monkeypatch.setattr(scenarios.baseline, name, double)
        for name, double in {
            "scenario_geometry": lambda *_: GEOMETRY,
            "unknowns": lambda _: 6,
            **doubles,
        }.items():
            monkeypatch.setattr(scenarios.session, name, double)
        module = SimpleNamespace(
            run=lambda context: Session(context, SimpleNamespace(), INSTANTS, "standing").run()  # type: ignore[arg-type]
        )
        monkeypatch.setattr(scenarios.run, "analysis_module", lambda _: module)
        folder = ResultFolder(tmp_path / "result")
        folder.claim("new", "hash")
        try:
            run_scenario(study, folder, MPI.COMM_SELF, resume=False)
        finally:
            folder.release()
        return folder.path

    monkeypatch.setenv("SOLESPINE_CALIBRATIONS", str(tmp_path / "calibrations"))
    return call


def no_end(step: int) -> None:
    """Every step is accepted."""


def test_a_shape_is_refused_before_the_baseline_is_solved(
    simulate: Callable[..., Path], tmp_path: Path
) -> None:
    meshed: list[Any] = []

    def refuse(comm: MPI.Intracomm, scenario: Scenario, to_solve: Any) -> None:
        meshed.append(to_solve)
        raise ScenarioError("standing", "insole.thickness_mm", "too thin")

    solved: list[int] = []
    with pytest.raises(ScenarioError, match="too thin"):
        simulate(solved.append, scenario_geometry=refuse)
    assert solved == []
    assert meshed[0].material == "cork"  # the baseline's own shape is meshed with it
    assert not (tmp_path / "result").exists()


def test_a_baseline_that_does_not_converge_leaves_its_log(
    simulate: Callable[..., Path], tmp_path: Path
) -> None:
    def fail(step: int) -> None:
        if step == 3:
            raise StepsExhausted(12.0, SimpleNamespace(reason=-3, message=""))  # type: ignore[arg-type]

    with pytest.raises(NotConverged, match="on the baseline insole"):
        simulate(fail)
    folder = tmp_path / "result"
    assert read_manifest(folder)["status"] == "not converged"
    assert (folder / "scenario.toml").exists()
    log = (folder / "run.log").read_text()
    assert "baseline: begun" in log and "step 3" in log and "12.00 % of stance" in log


@pytest.mark.parametrize("step", [1, 3])
def test_a_signal_ends_a_baseline_after_the_step_at_hand(
    simulate: Callable[..., Path], tmp_path: Path, step: int
) -> None:
    taken: list[int] = []

    def interrupt(now: int) -> None:
        taken.append(now)
        if now == step:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        simulate(interrupt)
    assert taken == list(range(1, step + 1))
    assert read_manifest(tmp_path / "result")["status"] == "interrupted"


class Reached(Exception):
    """The candidate's own model would be built now."""


def reached(*_: Any) -> None:
    raise Reached


def nothing_kept(enabled: bool) -> Any:
    """In the place of `scenarios.reuse.Reuse`: the candidate's own model is not built."""
    return SimpleNamespace(words=lambda *_: "", make_room=lambda *_: "", foot=reached)


def test_a_solved_baseline_is_kept_for_other_candidates(simulate: Callable[..., Path]) -> None:
    study = candidate()
    assert study.baseline is not None
    with pytest.raises(Reached):
        simulate(no_end, Reuse=nothing_kept)
    assert from_cache(calibration_key(study, study.baseline), INSTANTS) is not None


def test_a_kept_baseline_is_not_solved_again(simulate: Callable[..., Path]) -> None:
    study = candidate()
    assert study.baseline is not None
    keep_in_cache(calibration_key(study, study.baseline), frozen())
    solved: list[int] = []
    with pytest.raises(Reached):
        simulate(solved.append, Reuse=nothing_kept)
    assert solved == []


def recorded(end_if_interrupted: Callable[[], None]) -> RecordedMarch:
    context: Any = SimpleNamespace(
        progress=SimpleNamespace(update=lambda *_: None),
        end_if_interrupted=end_if_interrupted,
        comm=MPI.COMM_SELF,
    )
    run: Any = SimpleNamespace(model=None, loads=None)
    upper: Any = None
    return RecordedMarch(context, run, upper, INSTANTS, upper, RunRecord())


def test_imbalance_of_steps_between_outputs_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([1e-9, 4e-8, 2e-9])
    monkeypatch.setattr(scenarios.recorded_march, "force_imbalance", lambda *_: next(found))
    monkeypatch.setattr(RecordedMarch, "_checkpoint", lambda self: None)
    march = recorded(lambda: None)
    for percent in (10.0, 20.0, 30.0):
        report: Any = SimpleNamespace(iterations=2, krylov_iterations=5)
        march._accepted(March(percent, percent), report)
    assert march.results.imbalance_max == 4e-8
    assert (march.newton, march.krylov) == (6, 15)


def test_first_contact_can_be_interrupted() -> None:
    def end() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        recorded(end)._approached(0.5)
