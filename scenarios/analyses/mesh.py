# SPDX-License-Identifier: MIT
"""``mesh``: meshes, their quality and pictures of a scenario; nothing is solved."""

from __future__ import annotations

import time
import traceback

from meshes.preview import preview_foot, preview_limb, preview_spine
from scenarios.fields import write_instant
from scenarios.geometry import scenario_geometry
from scenarios.mesh_bodies import Geometry, body_qualities, unknowns, unloaded_bodies
from scenarios.run import RunContext
from scenarios.subject_section import subject_section
from scenarios.summary import SolverSummary, Summary, WallTimes


def run(context: RunContext) -> Summary:
    """Mesh, measure and draw; see ``scenarios.run.AnalysisModule``."""
    begun, scenario, rank = time.monotonic(), context.scenario, context.comm.rank
    geometry = scenario_geometry(context.comm, scenario)
    meshed = time.monotonic()
    quality = body_qualities(geometry)
    tetrahedra = sum(q.cells for name, q in quality.items() if not name.startswith("disc_"))
    dofs = unknowns(geometry)
    context.begin(dofs=dofs, cells=tetrahedra)
    problem = _written(context, geometry) if rank == 0 else ""
    problem = context.comm.bcast(problem)
    subject, now = scenario.subject, time.monotonic()
    return Summary(
        scenario=scenario.name,
        analysis=scenario.analysis,
        converged=True,
        resolution=scenario.resolution,
        solver=SolverSummary(
            dofs=dofs,
            cells=tetrahedra,
            mpi_ranks=context.comm.size,
            wall_s=WallTimes(mesh=meshed - begun, report=now - meshed, total=now - begun),
        ),
        subject=subject_section(subject),
        mesh=quality,
        warnings=(problem,) if problem else (),
    )


def _written(context: RunContext, geometry: Geometry) -> str:
    """Write field files and pictures on this rank; returns why there are no pictures."""
    folder = context.folder
    if context.scenario.output.fields:
        write_instant(folder.fields_path, 0.0, 0.0, unloaded_bodies(geometry))
    if not context.scenario.output.figures:
        return ""
    try:
        preview_foot(geometry.foot, folder.figures_path, geometry.insole)
        preview_limb(geometry.foot, geometry.upper.limb, folder.figures_path / "leg.png")
        preview_spine(geometry.upper.spine, folder.figures_path / "spine.png")
    except Exception as error:  # a machine that cannot draw still gets its meshes measured
        folder.log(traceback.format_exc())
        return f"the pictures were not drawn: {type(error).__name__}: {error}"
    return ""
