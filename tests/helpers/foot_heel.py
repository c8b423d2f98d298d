# SPDX-License-Identifier: MIT
"""The heel of the foot's own mesh, its bone held, pressed on a plate of any size."""

from __future__ import annotations

from dataclasses import dataclass, field

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from materials.build import law, scaled
from meshes.foot import FootGeometry, Resolution, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.tagged import TET_FACETS, TaggedMesh
from meshes.tags import FOOT_REGIONS, Surface
from scenarios.foot_model import CONTACT_MODULUS_MPA, TISSUE
from scenarios.plantar import sense
from simulator import compat
from simulator.connectors import Connectors, RotationDrive, TranslationDrive
from simulator.contact import ContactLaw, ContactSurface, PlaneContact, penalty_stiffness
from simulator.equilibrium import Equilibrium
from simulator.linear import LinearSolver
from simulator.loading import held
from simulator.mesh import distribute
from simulator.newton import NewtonSettings, solve
from simulator.reduction import Reduction
from simulator.results import PlantarInstant
from simulator.segments import Segments
from simulator.solid import Solid
from simulator.stepping import Counters, March, march
from simulator.terms import Drives, FixedLoading

Array = NDArray[np.float64]
BONE = "calcaneus"
HELD_N_PER_MM = 1e7
FRONT_SHARE = 0.40
"""Tissue in front of this share of foot length is left out."""


@dataclass
class Indentation:
    """What the heel answers, a row per depth; arrays after the last step.

    Attributes:
        depth_mm: Travel of the bone since the skin touched the plate.
        force_n: Normal force on the plate.
        pressure_kpa: Largest mean over a sensor cell.
        thickness_mm: Unloaded pad under the bone, from skin to the bone's lowest node.
        area_mm2: Skin that may touch the plate.
    """

    thickness_mm: float
    area_mm2: float
    depth_mm: list[float] = field(default_factory=list)
    force_n: list[float] = field(default_factory=list)
    pressure_kpa: list[float] = field(default_factory=list)

    @property
    def strain(self) -> Array:
        """Travel over unloaded thickness."""
        return np.array(self.depth_mm) / self.thickness_mm

    def stiffness_n_per_mm(self) -> Array:
        """Slope of force over depth between rows, at the rows."""
        return np.gradient(np.array(self.force_n), np.array(self.depth_mm))

    def at_force(self, values: object, force_n: float) -> float:
        """A quantity of the rows, interpolated at a force."""
        return float(np.interp(force_n, self.force_n, np.asarray(values, float)))


def heel_mesh(foot: FootGeometry, front_share: float = FRONT_SHARE) -> TaggedMesh:
    """The rear of a foot's tissue; all bone surfaces carry the first bone's tag."""
    mesh = foot.mesh
    centre = mesh.points[mesh.cells].mean(axis=1)
    cells = mesh.cells[centre[:, 0] < front_share * foot.dimensions.length_mm]
    tags = mesh.cell_tags[centre[:, 0] < front_share * foot.dimensions.length_mm]
    faces = np.sort(np.concatenate([cells[:, list(local)] for local in TET_FACETS]), axis=1)
    known = {tuple(face) for face in faces}
    kept = np.array([tuple(sorted(facet)) in known for facet in mesh.facets])
    used, renumbered = np.unique(cells, return_inverse=True)
    number = np.zeros(len(mesh.points), dtype=np.int64)
    number[used] = np.arange(len(used))
    facet_tags = mesh.facet_tags[kept]
    return TaggedMesh(
        points=mesh.points[used],
        cells=renumbered.reshape(cells.shape),
        cell_tags=tags,
        facets=number[mesh.facets[kept]],
        facet_tags=np.minimum(facet_tags, int(Surface.BONE_FIRST)).astype(np.int32),
    )


def press_heel(
    depths_mm: list[float],
    *,
    plate_radius_mm: float = np.inf,
    stiffness_factor: float = 1.0,
    resolution: Resolution = "coarse",
    front_share: float = FRONT_SHARE,
    friction: float = 0.5,
) -> Indentation:
    """Press the heel on a plate under the tuberosity's lowest point and return what it answers.

    Args:
        depths_mm: Travel of the bone at which rows are kept, ascending.
        plate_radius_mm: Skin farther away in plan touches nothing; infinite for a flat floor.
        stiffness_factor: Factor on the shear modulus of all tissue.
        resolution: Of the mesh.
        front_share: Where the mesh is cut off.
        friction: Of skin on plate.
    """
    comm = MPI.COMM_SELF
    foot = build_foot(FootDimensions(), resolution)
    domain = distribute(comm, heel_mesh(foot, front_share))
    space = compat.vector_space(domain.mesh, 2)
    u = dolfinx.fem.Function(space)
    present = np.unique(domain.cell_tags.values)
    laws = {int(r): scaled(law(TISSUE[r]), stiffness_factor) for r in FOOT_REGIONS if r in present}
    solid = Solid(u, domain.cell_tags, laws)
    segments = Segments((BONE,), np.array([foot.landmarks.heel_centre]))
    surfaces = {BONE: int(Surface.BONE_FIRST)}
    reduction = Reduction(space, domain.facet_tags, segments, surfaces)

    skin = domain.facet_tags.find(int(Surface.PLANTAR))
    centre = foot.landmarks.heel_centre
    middle = dolfinx.mesh.compute_midpoints(domain.mesh, 2, skin)
    near = np.hypot(middle[:, 0] - centre[0], middle[:, 2] - centre[2]) <= plate_radius_mm
    sole = ContactSurface(space, skin[near])
    stiffness = penalty_stiffness(stiffness_factor * CONTACT_MODULUS_MPA, sole.size_mm, 50.0)
    lowest = float(sole.reference[:, 1].min())
    plate = PlaneContact(
        sole, [0.0, lowest, 0.0], [0.0, 1.0, 0.0], ContactLaw(stiffness, friction=friction)
    )
    equilibrium = Equilibrium(reduction, solid, Connectors(segments, (), ()), [plate])
    bone = reduction.coordinates[
        dolfinx.fem.locate_dofs_topological(space, 2, domain.facet_tags.find(surfaces[BONE]))
    ]
    found = Indentation(float(bone[:, 1].min()) - lowest, float(sole.weights.sum()))
    linear, settings = LinearSolver("direct"), NewtonSettings(tolerance_n=1e-5, max_iterations=20)

    def solve_at(depth: float):
        target = segments.reference_mm[0] - [0.0, depth, 0.0]
        drives = Drives(
            {},
            (RotationDrive(BONE, np.eye(3), held(), np.zeros(3)),),
            (TranslationDrive(BONE, np.zeros(3), np.full(3, HELD_N_PER_MM), target),),
        )
        equilibrium.loading = FixedLoading(drives, 1)
        return solve(equilibrium, linear, settings)

    def keep(where: March, _: object) -> None:
        if min(abs(where.at - depth) for depth in depths_mm) > 1e-9:
            return
        out = plate.output()
        instant = PlantarInstant(
            0.0,
            out.reference_mm[:, 0],
            out.reference_mm[:, 2],
            out.area_reference_mm2,
            out.pressure_mpa,
            out.traction_mpa[:, 0],
            out.traction_mpa[:, 2],
        )
        found.depth_mm.append(where.at)
        found.force_n.append(float(plate.resultant(np.zeros(3)).force_n[1]))
        found.pressure_kpa.append(float(sense(instant).pressure_kpa.max()))

    march(equilibrium, solve_at, March.begun(0.0, Counters()), depths_mm, keep)
    return found
