# SPDX-License-Identifier: MIT
"""All that a scenario meshes, the same on every rank."""

from __future__ import annotations

from mpi4py import MPI

from meshes.errors import MeshError
from scenarios.agreement import agree
from scenarios.foot_model import build_geometry
from scenarios.mesh_bodies import Geometry
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.shapes import upper_refusal
from scenarios.upper.anatomy import upper_anatomy


def scenario_geometry(
    comm: MPI.Intracomm, scenario: Scenario, baseline: Insole | None = None
) -> Geometry:
    """Mesh every body of a scenario; collective.

    Args:
        comm: all ranks.
        scenario: subject, insole, lordosis and resolution.
        baseline: an insole that is to be solved too; meshed, so that it is refused at once.

    Raises:
        ScenarioError: on every rank, for a shape that cannot be meshed.
    """
    foot, insole = build_geometry(comm, scenario, scenario.insole)
    if baseline is not None:
        build_geometry(comm, scenario, baseline, "baseline")

    def look() -> Geometry:
        subject, lordosis = scenario.subject, scenario.lumbar.lordosis_deg
        try:
            upper = upper_anatomy(subject, lordosis, scenario.resolution, foot.landmarks.ankle)
        except MeshError as error:
            raise upper_refusal(scenario, error) from error
        return Geometry(foot, insole, upper)

    return agree(comm, look)
