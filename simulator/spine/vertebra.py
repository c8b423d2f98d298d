# SPDX-License-Identifier: MIT
"""Stress inside one vertebra between two solved discs.

The column holds vertebrae rigid. Here one of them is a deformable body under what the solved
column puts on it: tractions of both discs, ligaments, facets, muscles, and its slice of the trunk.
Rank 0 solves; the result is the same on every rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.spine.column import LumbarColumn
from simulator.spine.disc import DiscSolver
from simulator.spine.geometry import Spine
from simulator.spine.records import LevelResult, LumbarLoad
from simulator.spine.vertebra_plates import Facets, transfer
from simulator.spine.vertebra_records import (
    PERCENTILE,
    BoneMeasures,
    VertebraFields,
    VertebraGeometry,
    VertebraResult,
)
from simulator.spine.vertebra_solid import (
    PARTS,
    BoneStiffness,
    ElasticBody,
    PointValues,
    volume_percentile,
)
from simulator.spine.vertebra_wrench import (
    LevelView,
    Wrench,
    muscle_wrench,
    sag_moment,
    spread,
    view_from_above,
)

Array = NDArray[np.float64]

LEAST_COMPRESSION_N = 100.0
ATTACHED = {"ALL": "front", "PLL": "back"}
"""Ligaments that run on the body's wall; all others, facets and muscles enter by the pedicles."""


@dataclass(frozen=True, slots=True)
class LevelAction:
    """What one level does to the vertebra, in its disc's lower frame.

    Attributes:
        plate_n: (n, 3) forces of the annulus on the endplate, by node of the disc's facets.
        pressure_mpa: Of the nucleus.
        connectors: Wrench on the upper vertebra by where it enters.
    """

    plate_n: Array
    pressure_mpa: float
    connectors: dict[str, Wrench]


def level_action(solver: DiscSolver, result: LevelResult, plate: Facets) -> LevelAction:
    """Read a solved level.

    Args:
        solver: Of the level; it is put into the result's state.
        result: Equilibrium.
        plate: Facets of the disc on one endplate, disc's frame.
    """
    solver.restore(result.state)
    annulus, state = solver.annulus, result.state
    nodes = plate.find_in(annulus.node_points)
    held = annulus.residual() - state.pressure_mpa * annulus.wall_area()
    found: dict[str, Wrench] = {}
    for connector in solver.connectors:
        force = connector.reaction(state.translation, state.rotation).force
        place = ATTACHED.get(connector.name, "pedicles")
        pull = -Wrench.at(state.translation, force[:3], force[3:])
        found[place] = found.get(place, Wrench.zero()) + pull
    return LevelAction(-held.reshape(-1, 3)[nodes], state.pressure_mpa, found)


class VertebraLoads:
    """Puts the actions of both levels on the nodes of a body.

    Attributes:
        below: Number of the level below.
        disc_plates: Facets of the disc below and of the disc above, disc's frame.
        length_mm: Root of the lower endplate's area, to compare moments with forces.
    """

    def __init__(self, geometry: VertebraGeometry, spine: Spine, body: ElasticBody | None) -> None:
        """Match the meshes of both endplates.

        Args:
            geometry: Of the vertebra.
            spine: The column that it belongs to.
            body: Its elastic body; None where nothing is solved.

        Raises:
            ValueError: If a disc does not fit its endplate.
        """
        self.below = geometry.below
        pair = spine.levels[self.below : self.below + 2]
        under, over = (level.disc for level in pair)
        self.disc_plates = (
            Facets.of(under.points, under.upper_facets),
            Facets.of(over.points, over.lower_facets),
        )
        axes = geometry.frame.T
        self._axes = [axes @ level.frame for level in pair]
        self._centres = [axes @ (level.centre_mm - geometry.centre_mm) for level in pair]
        self._frame = geometry.frame
        if body is None:
            return
        self._body = body
        self._carry = []
        self._plate_nodes = []
        self._nuclei = []
        for k, upper in enumerate((False, True)):
            plate = Facets.of(geometry.points, geometry.plate_facets(upper))
            disc = self.disc_plates[k].moved(self._centres[k], self._axes[k])
            self._carry.append(transfer(disc, plate))
            self._plate_nodes.append(plate.find_in(body.node_points))
            nucleus = Facets.of(geometry.points, geometry.nucleus_facets(upper))
            normal = np.cross(*np.diff(nucleus.corners_mm[0, :3], axis=0))
            inward = -1.0 if upper else 1.0
            normal *= inward * np.sign(normal[1]) / np.linalg.norm(normal)
            push = nucleus.areas()[:, None] * normal
            self._nuclei.append((nucleus.find_in(body.node_points), push))
            if not upper:
                self.length_mm = float(np.sqrt(plate.areas().sum()))
        self._patches = {}
        for part in ("front", "back", "pedicles"):
            patch = Facets.of(geometry.points, geometry.wall_facets(part))
            self._patches[part] = patch.find_in(body.node_points), patch

    def forces(
        self,
        actions: Sequence[LevelAction],
        results: Sequence[LevelResult],
        force_below_n: Array,
        segment: Wrench,
    ) -> Array:
        """Nodal forces (n, 3) in the vertebra's frame, as they come.

        Args:
            actions: Of the level below and of the level above.
            results: The same levels.
            force_below_n: (3,) of all above on the lower disc, in that disc's lower frame.
            segment: Weight and inertia of the slice of the trunk, about the standing centre of the
                disc below, standing axes of the vertebra.
        """
        views = (
            view_from_above(self._centres[0], self._axes[0], results[0]),
            LevelView(self._axes[1], self._centres[1]),
        )
        nodal = np.zeros((len(self._body.node_points), 3))
        entering = dict.fromkeys(self._patches, Wrench.zero())
        for k, sign in ((0, 1.0), (1, -1.0)):
            view, action = views[k], actions[k]
            nodal[self._plate_nodes[k]] += self._carry[k] @ (action.plate_n @ view.axes.T)
            nodes, push = self._nuclei[k]
            nodal[nodes] += action.pressure_mpa * push
            for part, wrench in action.connectors.items():
                on_it = wrench if sign > 0.0 else -wrench
                entering[part] += on_it.turned(view.axes, view.origin_mm)
            muscles = muscle_wrench(results[k])
            on_it = muscles if sign > 0.0 else -muscles
            entering["pedicles"] += on_it.turned(view.axes, view.origin_mm)
        sag = sag_moment(results[0], force_below_n)
        entering["pedicles"] += sag.turned(views[0].axes, views[0].origin_mm)
        slice_ = segment.turned(self._frame.T, self._centres[0])
        weight = self._body.body_force(slice_.force)
        nodal += weight
        rest = slice_ + -Wrench.of_nodes(self._body.node_points, weight)
        entering["pedicles"] += rest
        for part, (nodes, patch) in self._patches.items():
            nodal[nodes] += spread(entering[part], patch.points_mm, patch.areas())
        return nodal


class Vertebra:
    """One vertebral body of a column; all methods are collective.

    Attributes:
        geometry: Its mesh and place.
        body: Elastic body on rank 0, None elsewhere.
        loads: How the column acts on it.
    """

    def __init__(
        self,
        comm: MPI.Comm,
        geometry: VertebraGeometry,
        spine: Spine,
        stiffness: BoneStiffness | None = None,
    ) -> None:
        """Assemble and factorise on rank 0.

        Args:
            comm: Of the column.
            geometry: The same on every rank.
            spine: The column's.
            stiffness: Of bone.

        Raises:
            ValueError: On every rank, if vertebra and discs do not fit.
        """
        self.comm = comm
        self.geometry = geometry
        problem = None
        self.body: ElasticBody | None = None
        try:
            if comm.rank == 0:
                bone = stiffness or BoneStiffness()
                self.body = ElasticBody(geometry, _lame(geometry, bone))
            self.loads = VertebraLoads(geometry, spine, self.body)
        except ValueError as error:
            problem = str(error)
        problem = next((text for text in comm.allgather(problem) if text is not None), None)
        if problem is not None:
            raise ValueError(problem)

    def solve(
        self,
        column: LumbarColumn,
        load: LumbarLoad,
        results: Sequence[LevelResult],
        segment: Wrench,
    ) -> VertebraResult:
        """Stress under what the solved column puts on the vertebra.

        Args:
            column: Its discs are left in the state of the results.
            load: Posture and loads of the column.
            results: Equilibrium of its levels.
            segment: Weight and inertia of the trunk between the two discs, world axes, about the
                centre of the disc below (`Chain.pose`).
        """
        below = self.loads.below
        own = []
        for k in (0, 1):
            solver = column.solver(below + k)
            if solver is not None:
                action = level_action(solver, results[below + k], self.loads.disc_plates[k])
                own.append((k, action))
        parts = sorted(
            (pair for part in self.comm.allgather(own) for pair in part), key=lambda pair: pair[0]
        )
        found: VertebraResult | None = None
        if self.body is not None:
            pose = column.chain.pose(load.pelvis_rotation, load.thorax_rotation)
            disc = pose.rotations[below] @ column.frames[below]
            forces = self.loads.forces(
                [action for _, action in parts],
                results[below : below + 2],
                disc.T @ load.force_n[below],
                segment.turned(pose.rotations[below + 1].T, np.zeros(3)),
            )
            compression = max(results[below].compression_n, LEAST_COMPRESSION_N)
            found = self._result(self.body, forces, compression)
        result: VertebraResult = self.comm.bcast(found)
        return result

    def fields(self, result: VertebraResult) -> VertebraFields:
        """Fields of an instant in the vertebra's frame."""
        made: VertebraFields | None = None
        body = self.body
        if body is not None:
            region = np.zeros(len(self.geometry.cells))
            region[self.geometry.shell_cells] = 1.0
            region[self.geometry.endplate_cells] = 2.0
            values = body.values(result.displacement_mm, PARTS)
            made = VertebraFields(
                points_mm=body.node_points,
                cells=body.linear_parts(),
                von_mises_mpa=values.von_mises_mpa.reshape(-1),
                min_principal_mpa=values.min_principal_mpa().reshape(-1),
                min_principal_strain=values.min_principal_strain().reshape(-1),
                region=np.repeat(region, len(PARTS)),
            )
        fields: VertebraFields = self.comm.bcast(made)
        return fields

    def _result(self, body: ElasticBody, forces: Array, compression_n: float) -> VertebraResult:
        left = Wrench.of_nodes(body.node_points, forces)
        lever = self.loads.length_mm
        size = max(float(np.linalg.norm(left.force)), float(np.linalg.norm(left.moment)) / lever)
        displacement = body.solve(forces)
        values = body.values(displacement)
        shell, total = axial_forces(self.geometry, body, values)
        return VertebraResult(
            name=self.geometry.name,
            measures=measures(self.geometry, body, values, 100.0 * shell / total),
            axial_force_n=-total,
            force_balance_relative=size / compression_n,
            displacement_mm=displacement,
        )


def axial_forces(
    geometry: VertebraGeometry, body: ElasticBody, values: PointValues
) -> tuple[float, float]:
    """Axial force (tension positive) of the shell and of the whole at mid-height, N."""
    middle = geometry.middle_cells
    axial = (values.stress_mpa[middle, :, 1, 1] * body.volumes[middle]).sum(axis=1)
    axial /= geometry.middle_height_mm
    return float(axial[np.isin(middle, geometry.shell_cells)].sum()), float(axial.sum())


def measures(
    geometry: VertebraGeometry, body: ElasticBody, values: PointValues, share_percent: float
) -> BoneMeasures:
    """Reported numbers of a state."""
    shell, core, plate = geometry.shell_cells, geometry.core_cells, geometry.endplate_cells
    mises = values.von_mises_mpa
    stress, strain = values.min_principal_mpa(core), values.min_principal_strain(core)
    volume = body.volumes[core]
    low = 100.0 - PERCENTILE
    return BoneMeasures(
        cortical_von_mises_mpa=volume_percentile(mises[shell], body.volumes[shell], PERCENTILE),
        cortical_von_mises_max_mpa=float(mises[shell].max()),
        endplate_von_mises_mpa=volume_percentile(mises[plate], body.volumes[plate], PERCENTILE),
        cancellous_min_principal_mpa=volume_percentile(stress, volume, low),
        cancellous_mean_principal_mpa=float(np.average(stress, weights=volume)),
        cancellous_min_principal_strain=volume_percentile(strain, volume, low),
        cancellous_mean_principal_strain=float(np.average(strain, weights=volume)),
        shell_share_percent=share_percent,
    )


def _lame(geometry: VertebraGeometry, bone: BoneStiffness) -> Array:
    values = np.empty((len(geometry.cells), 2))
    values[geometry.shell_cells] = bone.shell.lame_mpa
    values[geometry.core_cells] = bone.core.lame_mpa
    values[geometry.endplate_cells] = bone.endplate.lame_mpa
    return values
