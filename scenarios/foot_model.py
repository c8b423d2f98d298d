# SPDX-License-Identifier: MIT
"""Builds the equilibrium of foot, insole and tibia from a scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import dolfinx
import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from materials.build import law, scaled, series_of
from materials.law import Law, young_modulus_mpa
from materials.library import load
from materials.prony import PronySeries
from materials.record import MaterialRecord
from meshes.foot import FootGeometry
from meshes.insole import InsoleGeometry
from meshes.shares import vertical_shares
from meshes.tagged import merge, tet_volumes
from meshes.tags import FOOT_REGIONS, Region, Surface
from scenarios.agreement import agree
from scenarios.foot_joints import foot_bands, foot_joints
from scenarios.insole_table import insole_laws, insole_records, worn_series
from scenarios.schema import Scenario
from scenarios.schema_insole import Insole
from scenarios.shapes import foot_shapes
from simulator import compat
from simulator.bushings import Bushing, Bushings
from simulator.cell_fields import CellFields
from simulator.coarse_space import CoarseSpace
from simulator.connectors import Connectors
from simulator.contact import (
    ContactLaw,
    ContactSurface,
    PairContact,
    PlaneContact,
    Supports,
    penalty_stiffness,
)
from simulator.dynamics.inertia import RigidMass, SegmentInertia
from simulator.dynamics.mass import Inertia
from simulator.equilibrium import Equilibrium
from simulator.linear import DIRECT_LIMIT_DOFS, LinearSolver
from simulator.mesh import DistributedMesh, distribute
from simulator.nodes import NodeOrder
from simulator.reduction import Reduction
from simulator.retraction import RollingBody
from simulator.segments import Segments
from simulator.solid import Solid
from simulator.terms import ContactTerm
from simulator.upper_body import GRAVITY_MM_S2

Array = NDArray[np.float64]

TISSUE = {
    Region.HEEL_PAD: "heel_pad",
    Region.MIDFOOT_TISSUE: "midfoot_tissue",
    Region.FOREFOOT_PAD: "forefoot_pad",
    Region.TOE_TISSUE: "toe_tissue",
}
"""Library record of each zone of plantar soft tissue."""

CONTACT_MODULUS_MPA = 0.1
"""Modulus of loaded plantar tissue that scales the penalty under the foot."""


@dataclass(frozen=True)
class FootModel:
    """Equilibrium of foot, insole and tibia with what belongs to it.

    Attributes:
        foot: Geometry of the foot.
        insole: Geometry of the insole, ``None`` barefoot.
        insole_regions: Cell tags of the insole.
        distributed: The mesh.
        nodes: Order of nodes for output.
        fields: Stress and strain of cells.
        equilibrium: State, residual and tangent.
        linear: Its linear solver.
        plantar: Contact under the sole.
        ground: Contact of what lies on the ground, the sole itself barefoot.
        floor: Contact of the sole with the ground beside and in front of an insole.
        ground_height_mm: Height of the ground in the foot frame.
        materials: Record of the material of each cell tag.
    """

    foot: FootGeometry
    insole: InsoleGeometry | None
    insole_regions: tuple[int, ...]
    distributed: DistributedMesh
    nodes: NodeOrder
    fields: CellFields
    equilibrium: Equilibrium
    linear: LinearSolver
    plantar: PlaneContact | Supports
    ground: PlaneContact
    floor: PlaneContact | None
    ground_height_mm: float
    materials: Mapping[int, MaterialRecord]

    @property
    def segments(self) -> Segments:
        """The rigid segments."""
        return self.equilibrium.reduction.segments

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Names of the joints in the order of the connectors."""
        return tuple(j.name for j in self.equilibrium.connectors.joints)

    @property
    def dofs(self) -> int:
        """Number of displacement unknowns."""
        return 3 * self.equilibrium.reduction.space.dofmap.index_map.size_global

    @property
    def cells(self) -> int:
        """Number of elements."""
        return self.distributed.mesh.topology.index_map(3).size_global


def build_geometry(
    comm: MPI.Intracomm, scenario: Scenario, table: Insole, name: str = "insole"
) -> tuple[FootGeometry, InsoleGeometry | None]:
    """Mesh foot and insole on rank 0, or take them from the cache; collective.

    Args:
        comm: All ranks.
        scenario: Subject and resolution.
        table: The insole.
        name: Table of the scenario in which it stands.

    Raises:
        ScenarioError: On every rank, for a shape that cannot be meshed.
    """
    return agree(comm, lambda: foot_shapes(scenario, table, name))


class MovingChain(Protocol):
    """Segments above the tibia and all masses; see ``scenarios.impact.chain``."""

    @property
    def segments(self) -> Segments:
        """All segments, those of the foot first and in its order."""

    @property
    def masses(self) -> tuple[RigidMass, ...]:
        """Of all segments."""

    @property
    def bushings(self) -> tuple[Bushing, ...]:
        """Between segments from the tibia up."""


def build_foot_model(
    comm: MPI.Intracomm,
    scenario: Scenario,
    table: Insole,
    chain: MovingChain | None = None,
    viscous: bool = True,
    distributed: DistributedMesh | None = None,
) -> FootModel:
    """Build the model of one insole; collective.

    Args:
        comm: All ranks.
        scenario: Subject, contact and solver.
        table: The insole.
        chain: What stands on the tibia in an analysis with inertia.
        viscous: Whether the solids of such an analysis relax.
        distributed: The mesh, where one of the same shapes has been distributed.

    Raises:
        ScenarioError: On every rank, for a shape that cannot be meshed.
    """
    foot, insole = build_geometry(comm, scenario, table)
    mesh, ground = foot.mesh, 0.0
    regions: tuple[int, ...] = ()
    if insole is not None:
        # A shape that rises into the unloaded sole starts that much lower.
        drop = insole.overlap_mm
        mesh = merge([foot.mesh, insole.mesh.translated((0.0, -drop, 0.0))])
        regions = tuple(int(tag) for tag in np.unique(insole.mesh.cell_tags))
        ground = -insole.thickness_mm - drop
    if distributed is None:
        if comm.rank == 0:
            owners = vertical_shares(mesh.points, mesh.cells, comm.size)
            distributed = distribute(comm, mesh, owners)
        else:
            distributed = distribute(comm, None)
    space = compat.vector_space(distributed.mesh, 2)
    u = dolfinx.fem.Function(space)
    laws, materials = _materials(scenario, table, {int(tag) for tag in np.unique(mesh.cell_tags)})
    relaxing = prony_series(materials) if chain is not None and viscous else {}
    series = worn_series(relaxing, table)
    solid = Solid(u, distributed.cell_tags, laws, series=series)

    segments = foot_segments(foot) if chain is None else chain.segments
    tags = {int(tag) for tag in np.unique(mesh.facet_tags)}
    surfaces = {
        name: Surface.BONE_FIRST + i
        for i, name in enumerate(segments.names)
        if Surface.BONE_FIRST + i in tags
    }
    reduction = Reduction(space, distributed.facet_tags, segments, surfaces)
    connectors = Connectors(
        segments, foot_joints(foot.joints, foot.dimensions), foot_bands(foot.bands, foot.dimensions)
    )
    plantar, under, floor = _contacts(scenario, distributed, space, ground, laws, insole)
    contacts: list[ContactTerm] = [under]
    if isinstance(plantar, Supports):
        contacts = [*plantar.terms, under]
    tissue = foot_nodes(space, distributed, regions)
    if chain is None:
        rolling = RollingBody(reduction, connectors.joints, "calcaneus", tissue)
        equilibrium = Equilibrium(reduction, solid, connectors, contacts, rolling)
    else:
        density = {region: one.density_t_mm3 for region, one in laws.items()}
        masses = SegmentInertia(segments, chain.masses, GRAVITY_MM_S2)
        inertia = Inertia(u, distributed.cell_tags, density, masses)
        springs = Bushings(segments, chain.bushings)
        equilibrium = Equilibrium(
            reduction, solid, connectors, contacts, bushings=springs, inertia=inertia
        )
    linear = _linear(scenario, reduction, distributed, surfaces)
    return FootModel(
        foot=foot,
        insole=insole,
        insole_regions=regions,
        distributed=distributed,
        nodes=NodeOrder(space, distributed),
        fields=CellFields(solid),
        equilibrium=equilibrium,
        linear=linear,
        plantar=plantar,
        ground=under,
        floor=floor,
        ground_height_mm=ground,
        materials=materials,
    )


def renewed_foot_model(model: FootModel, scenario: Scenario, table: Insole) -> FootModel | None:
    """Make a model that of other materials, as unloaded as when it was built; collective.

    Meshes, spaces, forms and the patterns of matrices stay. The given model must not be used
    after that.

    Args:
        model: Without a chain; of the same shapes, subject, contact and solver.
        scenario: As of `build_foot_model`.
        table: The insole.

    Returns:
        ``None``, with nothing changed, where a law is of another structure.
    """
    equilibrium = model.equilibrium
    laws, materials = _materials(scenario, table, set(model.materials))
    if not equilibrium.solid.renew(laws):
        return None
    space, tags = equilibrium.reduction.space, model.distributed.facet_tags
    top = _rule_of_sole(scenario, model.plantar.slave, model.insole)
    if model.insole is None:
        model.ground.renew(top)
    else:
        bottom = ContactSurface(space, tags.find(int(Surface.INSOLE_BOTTOM)))
        assert isinstance(model.plantar, Supports)
        for term in model.plantar.terms:
            term.renew(top)
        model.ground.renew(*_rule_of_insole(scenario, bottom, laws))
    equilibrium.begin_anew()
    return replace(model, materials=materials)


def _materials(
    scenario: Scenario, table: Insole, present: Collection[int]
) -> tuple[dict[int, Law], dict[int, MaterialRecord]]:
    """Law and record of each cell tag that is present."""
    laws: dict[int, Law] = {}
    materials = {int(region): load(name) for region, name in TISSUE.items()}
    for region in FOOT_REGIONS:
        laws[int(region)] = scaled(law(TISSUE[region]), scenario.subject.tissue_stiffness_factor)
    if not table.is_barefoot:
        materials |= insole_records(table)
        laws |= insole_laws(table)
    laws = {region: one for region, one in laws.items() if region in present}
    return laws, {region: materials[region] for region in laws}


def foot_segments(foot: FootGeometry) -> Segments:
    """Return the segments of a foot with its tibia."""
    return Segments(
        tuple(s.name for s in foot.segments), np.array([s.reference_mm for s in foot.segments])
    )


def prony_series(materials: Mapping[int, MaterialRecord]) -> dict[int, PronySeries]:
    """Return the series of those regions, given by material, whose record has one."""
    found = {region: series_of(record) for region, record in materials.items()}
    return {region: series for region, series in found.items() if series is not None}


def tissue_mass_t(foot: FootGeometry) -> float:
    """Return the mass of the foot's meshed tissue (tonne)."""
    mesh = foot.mesh
    volume = np.abs(tet_volumes(mesh.points, mesh.cells))
    density = {int(region): law(TISSUE[region]).density_t_mm3 for region in FOOT_REGIONS}
    return float(sum(density[int(r)] * volume[mesh.cell_tags == r].sum() for r in density))


def foot_nodes(
    space: dolfinx.fem.FunctionSpace, distributed: DistributedMesh, insole: Sequence[int]
) -> NDArray[np.integer]:
    """Return the local nodes of the foot's soft tissue, given the insole's regions."""
    tags = distributed.cell_tags
    cells = np.flatnonzero(~np.isin(tags.values, insole))
    return np.unique(space.dofmap.list[cells].ravel())


def _contacts(
    scenario: Scenario,
    distributed: DistributedMesh,
    space: dolfinx.fem.FunctionSpace,
    ground: float,
    laws: dict[int, Law],
    insole: InsoleGeometry | None,
) -> tuple[PlaneContact | Supports, PlaneContact, PlaneContact | None]:
    tags = distributed.facet_tags
    sole = ContactSurface(space, tags.find(int(Surface.PLANTAR)))
    origin, up = [0.0, ground, 0.0], [0.0, 1.0, 0.0]
    rule = _rule_of_sole(scenario, sole, insole)
    if insole is None:
        plane = PlaneContact(sole, origin, up, rule)
        return plane, plane, None
    top = ContactSurface(space, tags.find(int(Surface.INSOLE_TOP)))
    below, side = (tags.find(int(s)) for s in (Surface.INSOLE_BOTTOM, Surface.INSOLE_SIDE))
    bottom = ContactSurface(space, below)
    # The rim of a soft insole rolls under the edge of a heel, its side onto the ground.
    under = ContactSurface(space, np.concatenate([below, side]))
    pair = PairContact(sole, top, rule)
    plane = PlaneContact(under, origin, up, *_rule_of_insole(scenario, bottom, laws))
    # The shoe's floor, for what hangs over the insole's edge, has the insole's friction.
    floor = PlaneContact(sole, origin, up, rule)
    return Supports((pair, floor)), plane, floor


def _rule_of_sole(
    scenario: Scenario, sole: ContactSurface, insole: InsoleGeometry | None
) -> ContactLaw:
    contact = scenario.contact
    skin = CONTACT_MODULUS_MPA * scenario.subject.tissue_stiffness_factor
    friction = contact.friction_foot_ground if insole is None else contact.friction_foot_insole
    stiffness = penalty_stiffness(skin, sole.size_mm, contact.penalty_factor)
    return ContactLaw(stiffness, friction=friction)


def _rule_of_insole(
    scenario: Scenario, bottom: ContactSurface, laws: Mapping[int, Law]
) -> tuple[ContactLaw, float]:
    """Contact of an insole with the ground, and its hold (MPa/mm)."""
    contact = scenario.contact
    softest = min(young_modulus_mpa(laws[r]) for r in laws if r not in TISSUE)
    modulus = min(max(softest, 0.3), 3.0)
    stiffness = penalty_stiffness(modulus, bottom.size_mm, contact.penalty_factor)
    return ContactLaw(stiffness), contact.insole_hold * stiffness


def _linear(
    scenario: Scenario,
    reduction: Reduction,
    distributed: DistributedMesh,
    surfaces: dict[str, int],
) -> LinearSolver:
    preset = scenario.solver.preset
    if preset == "auto":
        size = 3 * reduction.space.dofmap.index_map.size_global
        preset = "direct" if size <= DIRECT_LIMIT_DOFS else "iterative"
    if preset == "direct":
        return LinearSolver("direct")
    return LinearSolver("iterative", CoarseSpace(reduction, distributed.facet_tags, surfaces))
