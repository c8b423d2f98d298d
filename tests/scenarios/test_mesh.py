# SPDX-License-Identifier: MIT
"""The command ``mesh``: quality, field files and unknowns as a run has them."""

from __future__ import annotations

import json
from pathlib import Path

import meshio
import numpy as np
import pytest
from mpi4py import MPI

from scenarios.cli import main
from scenarios.fields import read_collection
from scenarios.foot_model import build_geometry
from scenarios.loading import load_scenario
from scenarios.mesh_bodies import Geometry, unknowns, unloaded_bodies
from scenarios.summary import Summary, read_summary
from scenarios.upper.anatomy import upper_anatomy
from scenarios.upper.column import build_column

pytestmark = pytest.mark.skipif(MPI.COMM_WORLD.size > 1, reason="the command is called on one rank")


@pytest.fixture(scope="module")
def meshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("mesh") / "result"
    arguments = ["mesh", "standing", "--set", "insole.material=eva_35", "-q", "-o", str(folder)]
    assert main([*arguments, "--set", "output.figures=false"]) == 0
    return folder, read_summary(folder)


def _geometry(*settings: str) -> Geometry:
    scenario = load_scenario("standing", settings=settings).scenario
    foot, insole = build_geometry(MPI.COMM_SELF, scenario, scenario.insole)
    ankle = foot.landmarks.ankle
    return Geometry(foot, insole, upper_anatomy(scenario.subject, 50.0, "coarse", ankle))


def test_every_body_is_measured(meshed: tuple[Path, Summary]) -> None:
    quality = meshed[1].mesh
    assert quality is not None
    assert {"foot_tissue", "insole", "disc_l4_l5"} < set(quality)
    assert len(quality) == 7
    for body in quality.values():
        assert body.min_scaled_jacobian is not None and body.min_scaled_jacobian > 0.1
    assert quality["foot_tissue"].min_dihedral_deg is not None
    assert quality["foot_tissue"].min_dihedral_deg > 5.0


def test_nothing_is_solved(meshed: tuple[Path, Summary]) -> None:
    folder, summary = meshed
    assert summary.lumbar is None and summary.plantar is None
    assert not (folder / "history.csv").exists()
    assert json.loads((folder / "manifest.json").read_text())["status"] == "finished"


def test_field_files_hold_the_measured_volumes(meshed: tuple[Path, Summary]) -> None:
    folder, summary = meshed
    assert summary.mesh is not None
    files = {entry.body: entry.path for entry in read_collection(folder / "fields")}
    assert {"foot_bones", "leg_bones", "vertebrae"} < set(files)
    for name in ("foot_tissue", "insole"):
        mesh = meshio.read(files[name])
        corner = mesh.points[mesh.cells[0].data].astype(float)
        volume = np.linalg.det(corner[:, 1:] - corner[:, :1]).sum() / 6.0
        assert volume == pytest.approx(summary.mesh[name].volume_mm3, rel=1e-3)


def test_bodies_stand_on_each_other() -> None:
    bodies = {body.name: body.points_mm for body in unloaded_bodies(_geometry())}
    heights = {name: (points[:, 1].min(), points[:, 1].max()) for name, points in bodies.items()}
    assert heights["foot_tissue"][0] == pytest.approx(0.0, abs=0.5)
    assert heights["disc_l5_s1"][1] < heights["disc_l4_l5"][1] < heights["disc_l1_l2"][1]
    assert heights["leg_bones"][0] < heights["disc_l5_s1"][0] < heights["leg_bones"][1]


def test_an_insole_that_reaches_into_the_sole_is_lowered() -> None:
    geometry = _geometry("insole.material=eva_35", "insole.heel_lift_mm=6")
    assert geometry.insole is not None and geometry.insole_drop_mm >= 0.0
    bodies = {body.name: body.points_mm for body in unloaded_bodies(geometry)}
    bottom = -geometry.insole.thickness_mm - geometry.insole_drop_mm
    assert bodies["insole"][:, 1].min() == pytest.approx(bottom, abs=1e-6)


def test_unknowns_of_the_discs_are_those_of_the_column() -> None:
    with_insole, without = _geometry("insole.material=eva_35"), _geometry("insole.material=none")
    assert with_insole.insole is not None
    nodes = with_insole.insole.mesh.quality().p2_nodes
    assert unknowns(with_insole) - unknowns(without) == 3 * nodes
    column, _ = build_column(MPI.COMM_SELF, without.upper, "equivalent", 70.0)
    assert unknowns(without) - 3 * without.foot.mesh.quality().p2_nodes == column.dofs()
