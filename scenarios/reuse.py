# SPDX-License-Identifier: MIT
"""What a process keeps from one case of a study to the next: models and solved states.

All of it is known by its content, so that a case finds what is equal and nothing else. What a case
takes is where it begins, not what it ends at: its result is its own, to the tolerances of a run.
A process that dies loses time and nothing more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenarios.agreement import agree
from scenarios.identity import input_hashes
from scenarios.loading import scenario_data
from scenarios.schema import Scenario
from scenarios.source import flattened

if TYPE_CHECKING:
    from mpi4py import MPI

    from scenarios.foot_model import FootModel
    from scenarios.gait.stance import StanceGait
    from scenarios.upper import UpperModel
    from simulator.trails import Guide, Trail

MOST_TRAILS = 6
"""Solved cases whose states are kept; more hardly come nearer to the next one."""
MOST_TRAIL_BYTES = 400_000_000
"""Of those states on one rank."""
NOT_ABOVE = ("insole", "baseline", "contact", "solver", "output", "name")
"""Tables and keys that nothing above the ankle depends on."""


@dataclass(slots=True)
class Reuse:
    """Kept between the cases of one process; all methods are collective.

    Attributes:
        enabled: Whether anything is kept; without it each case is built and solved from nothing.
    """

    enabled: bool = True
    _upper: tuple[str, UpperModel] | None = None
    _foot: tuple[str, FootModel] | None = None
    _trails: list[Trail] = field(default_factory=list)

    def upper(self, comm: MPI.Intracomm, scenario: Scenario, gait: StanceGait) -> UpperModel:
        """Everything above the knee; the same object for the same subject, gait and spine.

        Raises:
            ScenarioError: as `UpperModel.build`.
            NotConverged: as `UpperModel.build`.
        """
        from scenarios.upper import UpperModel

        if not self.enabled:
            return UpperModel.build(comm, scenario, gait)
        key = agree(comm, lambda: _content(scenario))
        if self._upper is None or self._upper[0] != key:
            self._upper = None
            self._upper = key, UpperModel.build(comm, scenario, gait)
        return self._upper[1]

    def foot(self, comm: MPI.Intracomm, scenario: Scenario) -> FootModel:
        """Foot and insole of a scenario, unloaded; what was given before is that no more.

        Raises:
            ScenarioError: as `build_foot_model`.
        """
        from scenarios.foot_model import build_foot_model, renewed_foot_model

        table = scenario.insole
        if not self.enabled:
            return build_foot_model(comm, scenario, table)
        key = self.make_room(comm, scenario)
        before, self._foot = self._foot, None
        if before is None:
            model = build_foot_model(comm, scenario, table)
        else:
            # The states are in the order of its nodes.
            mesh = before[1].distributed
            model = renewed_foot_model(before[1], scenario, table) or build_foot_model(
                comm, scenario, table, distributed=mesh
            )
        self._foot = key, model
        return model

    def make_room(self, comm: MPI.Intracomm, scenario: Scenario) -> str:
        """Let go of a foot that a case cannot use, before it builds its own or its baseline's.

        Returns:
            The key of the case's foot, the same on all ranks.
        """
        if not self.enabled:
            return ""
        key = agree(comm, lambda: shape_key(scenario))
        if self._foot is not None and self._foot[0] != key:
            self._foot = None
            self._trails.clear()
        return key

    def guide(self) -> Guide | None:
        """Guesses for the case whose foot was given last."""
        from simulator.trails import Guide

        if not self.enabled:
            return None
        return Guide(tuple(self._trails), most_bytes=MOST_TRAIL_BYTES)

    def solved(self, comm: MPI.Intracomm, guide: Guide | None) -> None:
        """Keep the states of a case that is solved from its start to its end."""
        if guide is None or not guide.trail.places:
            return
        self._trails.insert(0, guide.trail)
        del self._trails[MOST_TRAILS:]
        # Ranks hold shares of different size and must keep the same cases.
        while comm.allreduce(int(sum(t.nbytes for t in self._trails) > MOST_TRAIL_BYTES)):
            self._trails.pop()

    def forget(self) -> None:
        """Keep nothing: a case that failed may have left anything behind."""
        self._upper = self._foot = None
        self._trails.clear()

    def words(self, comm: MPI.Intracomm, scenario: Scenario) -> str:
        """What a case may take, for its manifest, once room was made for it; empty for nothing."""
        if not self.enabled:
            return ""
        content = agree(comm, lambda: _content(scenario))
        taken = []
        if self._upper is not None and self._upper[0] == content:
            taken.append("body above the ankle")
        if self._foot is not None:
            taken.append("foot and insole")
            if self._trails:
                taken.append(f"starts from the states of {len(self._trails)} cases")
        return ", ".join(taken)


def shape_key(scenario: Scenario) -> str:
    """Content of all of a scenario but the materials of its insole: equal for equal meshes."""
    from scenarios.insole_table import insole_dimensions

    insole = scenario.insole
    shape = None if insole.is_barefoot else insole_dimensions(insole)
    of_run = {
        name: table
        for name, table in scenario_data(scenario).items()
        if name in ("contact", "solver", "baseline")
    }
    instants = list(scenario.output.instants)
    rest = [repr(shape), insole.both_feet, of_run, instants]
    return _content(scenario) + json.dumps(rest, sort_keys=True, default=str)


def _content(scenario: Scenario) -> str:
    """Content of what the body above the ankle depends on."""
    given = {
        key: value
        for key, value in flattened(scenario_data(scenario))
        if key.partition(".")[0] not in NOT_ABOVE
    }
    return json.dumps([given, input_hashes(scenario)], sort_keys=True, default=str)
