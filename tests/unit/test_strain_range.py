# SPDX-License-Identifier: MIT
"""Strain of regions beside the range of their laws, to the summary's warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from materials.library import load
from meshes.tags import Region, Surface
from scenarios.foot_model import FootModel, build_foot_model
from scenarios.foot_output import insole_strain, region_strains
from scenarios.schema import Scenario
from scenarios.strain_range import (
    RegionStrain,
    Strains,
    keep_most,
    material_warnings,
    region_strain,
    strain_warnings,
)
from tests.helpers.own_material import write_own


def _stretched(*stretches: tuple[float, float, float]) -> np.ndarray:
    """Deformation gradients of principal stretches, each turned: a rotation is no strain."""
    angle = 0.7
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    return np.array([turn @ np.diag(s) for s in stretches]).reshape(-1, 3, 3)


def test_strain_of_a_region() -> None:
    cells = _stretched((1.0, 1.0, 1.0), (0.25, 1.0, 1.0), (1.0, 1.12, 0.9), (1.0, 0.5, 1.0))
    found = region_strain(MPI.COMM_SELF, cells, load("eva_35"))
    assert found.compression == pytest.approx(0.75)
    assert found.tension == pytest.approx(0.12)
    assert found.beyond == pytest.approx(0.5)  # of 0.7 in one, of 0.1 of tension in another


def test_a_rank_without_cells_has_no_strain() -> None:
    found = region_strain(MPI.COMM_SELF, np.zeros((0, 3, 3)), load("eva_35"))
    assert found == RegionStrain(0.0, 0.0, 0.0)


SPLIT = """
import numpy as np
from mpi4py import MPI
from materials.library import load
from scenarios.strain_range import region_strain
comm = MPI.COMM_WORLD
cells = np.array([np.diag(s) for s in ((1, 1, 1), (0.2, 1, 1), (1, 1.3, 0.9), (1, 0.5, 1))], float)
mine = {0: cells[:1], 1: cells[:0], 2: cells[1:]}[comm.rank]
found = comm.gather(region_strain(comm, mine, load("eva_35")))
if comm.rank == 0:
    print(*found, sep="\\n")
"""


@pytest.mark.mpi
def test_all_ranks_have_the_strain_of_all_cells(mpirun: Callable[..., Any]) -> None:
    """The middle rank has no cell."""
    printed = mpirun(3, "-c", SPLIT).stdout.splitlines()
    assert len(printed) == 3 and len(set(printed)) == 1
    assert printed[0].startswith("RegionStrain(compression=0.8, tension=0.3")
    assert printed[0].endswith("beyond=0.5)")


def test_the_largest_of_a_run_is_kept() -> None:
    kept: Strains = {}
    keep_most(kept, {1: RegionStrain(0.2, 0.3, 0.0), 2: RegionStrain(0.1, 0.0, 0.0)})
    keep_most(kept, {1: RegionStrain(0.4, 0.1, 0.2), 2: RegionStrain(0.05, 0.0, 0.0)})
    assert kept == {1: RegionStrain(0.4, 0.3, 0.2), 2: RegionStrain(0.1, 0.0, 0.0)}


def test_regions_are_told_by_name_in_one_order() -> None:
    materials = {Region.INSOLE: load("eva_35"), Region.HEEL_PAD: load("heel_pad")}
    strains = {tag: RegionStrain(0.75, 0.0, 0.016) for tag in materials}
    said = strain_warnings(strains, materials)
    assert len(said) == 2
    assert said[0] == (
        "heel pad: heel_pad is compressed by 75.0 %, its law is trusted to 60 %; "
        "1.6 % of its elements are beyond"
    )
    assert said[1].startswith("insole: eva_35 is compressed by 75.0 %, its law is trusted to 70 %")
    assert strain_warnings({Region.INSOLE: RegionStrain(0.3, 0.0, 0.0)}, materials) == ()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scenario, FootModel]:
    """A foot on an insole of a user's file, nearly incompressible."""
    file = write_own(tmp_path_factory.mktemp("own"), "value = 0.1,", "value = 0.495,")
    insole = {"material": "my_foam", "material_file": file}
    scenario = Scenario.model_validate({"analysis": "standing", "insole": insole})
    return scenario, build_foot_model(MPI.COMM_SELF, scenario, scenario.insole)


def test_a_model_knows_strain_and_material_of_each_region(
    model: tuple[Scenario, FootModel],
) -> None:
    scenario, foot = model
    assert foot.materials[int(Region.INSOLE)].title == "Foam of the workshop"
    assert foot.materials[int(Region.HEEL_PAD)].name == "heel_pad"
    u = foot.equilibrium.u
    u.interpolate(lambda x: np.vstack([0.0 * x[0], -0.65 * x[1], 0.0 * x[2]]))
    found = region_strains(foot)
    assert set(found) == set(foot.materials)
    for strain in found.values():
        assert strain.compression == pytest.approx(0.65, abs=1e-9)
        assert strain.beyond == 1.0
    assert insole_strain(foot) == pytest.approx(0.65, abs=1e-9)
    said = material_warnings(scenario.insole, foot.materials, found)
    assert "my_foam: Poisson's ratio 0.495 is above 0.49" in said[0]
    text = " | ".join(said)
    assert "heel pad: heel_pad is compressed by 65.0 %, its law is trusted to 60 %" in text
    assert "insole: my_foam is compressed by 65.0 %, its law is trusted to 40 %" in text


def test_the_side_of_an_insole_meets_the_ground(model: tuple[Scenario, FootModel]) -> None:
    _, foot = model
    assert foot.insole is not None
    tags = (Surface.INSOLE_BOTTOM, Surface.INSOLE_SIDE)
    below, side = (len(foot.insole.mesh.facets_with(tag)) for tag in tags)
    assert len(foot.ground.slave.facets) == below + side
