# SPDX-License-Identifier: MIT
"""Results of foot and insole at one output instant, the same on every rank."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from scenarios.foot_loads import FootLoads
from scenarios.foot_model import FootModel
from scenarios.foot_posture import foot_posture, ground_wrench
from scenarios.strain_range import Strains, region_strain
from simulator.loading import FootLoading
from simulator.nodes import VTK_ORDER
from simulator.results import Body, FootInstant, PlantarInstant

Array = NDArray[np.float64]

ACHILLES_LEVER_MM = 50.0
"""Lever of the Achilles tendon about the ankle in a foot of 255 mm (Kogler and others, design
value); in proportion to the foot's length."""


def force_imbalance(model: FootModel, loads: FootLoads) -> float:
    """What ground and loads leave of a force on the present state, over body weight; collective."""
    loading = model.equilibrium.loading
    assert isinstance(loading, FootLoading)
    applied = sum(loading.load.force_n.values())
    left = np.linalg.norm(ground_wrench(model)[0] + applied)
    return float(left) / (loads.gait.body_mass_kg * 9.80665)


def foot_instant(
    model: FootModel,
    loads: FootLoads,
    percent: float,
    newton: int,
    krylov: int,
    strains: Strains | None = None,
) -> FootInstant:
    """Collect forces, angles and shares at the present equilibrium; collective.

    Args:
        model: In equilibrium.
        loads: That it is in equilibrium with.
        percent: The instant.
        newton: Newton iterations since the last instant.
        krylov: Krylov iterations since then.
        strains: Of `region_strains` now, where they are known already.
    """
    equilibrium = model.equilibrium
    loading = equilibrium.loading
    assert isinstance(loading, FootLoading)
    state = equilibrium.connector_state()
    forces = loads.forces(percent)
    now = loads.gait.at(percent)
    weight = loads.gait.body_mass_kg * 9.80665
    ground, moment = ground_wrench(model)
    lever = ACHILLES_LEVER_MM * model.foot.dimensions.scale
    y = model.ground_height_mm
    cop_x = (moment[2] + y * ground[0]) / ground[1]
    cop_z = (y * ground[2] - moment[0]) / ground[1]
    angle = dict(zip(model.joint_names, state.joint_angle_rad, strict=True))
    rotation, posture = equilibrium.poses.rotation, foot_posture(model)
    tibia = rotation[model.segments.index("tibia")]
    calcaneus = rotation[model.segments.index("calcaneus")]
    torque = loading.torque_nmm(state.joint_angle_rad[loading.joints], equilibrium.extra)
    output = model.plantar.output()
    area = model.distributed.mesh.comm.allreduce(
        float(output.area_current_mm2[output.pressure_mpa > 0.0].sum())
    )
    fascia = [
        f
        for band, f in zip(equilibrium.connectors.bands, state.band_force_n, strict=True)
        if band.name.startswith("fascia")
    ]
    return FootInstant(
        percent=percent,
        time_s=now.time_s,
        grf_measured_x_n=float(forces.measured_n[0]),
        grf_measured_y_n=float(forces.measured_n[1]),
        grf_measured_z_n=float(forces.measured_n[2]),
        grf_x_n=float(ground[0]),
        grf_y_n=float(ground[1]),
        grf_z_n=float(ground[2]),
        cop_measured_x_mm=float(now.cop_foot_mm[0]),
        cop_measured_z_mm=float(now.cop_foot_mm[1]),
        cop_x_mm=float(cop_x),
        cop_z_mm=float(cop_z),
        force_imbalance_relative=force_imbalance(model, loads),
        grf_error_relative=float(np.linalg.norm(ground - forces.measured_n)) / weight,
        ankle_dorsiflexion_deg=float(np.degrees(angle["ankle"])),
        subtalar_inversion_deg=float(np.degrees(angle["subtalar"])),
        mtp_dorsiflexion_deg=float(np.degrees(angle["mtp_1"])),
        rearfoot_eversion_deg=posture.rearfoot_eversion_deg,
        tibial_rotation_deg=posture.tibial_rotation_deg,
        tibial_inclination_deg=-float(np.degrees(np.arctan2(-tibia[0, 1], tibia[1, 1]))),
        foot_pitch_deg=float(np.degrees(np.arctan2(calcaneus[1, 0], calcaneus[0, 0]))),
        arch_height_mm=posture.arch_height_mm,
        ankle_torque_nm=float(torque[0]) / 1e3,
        subtalar_torque_nm=float(torque[1]) / 1e3,
        tibia_moment_x_nm=float(state.rotation_moment_nmm[0][0]) / 1e3,
        tibia_moment_y_nm=float(state.rotation_moment_nmm[0][1]) / 1e3,
        tibia_moment_z_nm=float(state.rotation_moment_nmm[0][2]) / 1e3,
        achilles_force_n=max(0.0, -float(torque[0])) / lever,
        fascia_force_n=float(np.sum(fascia)),
        contact_area_mm2=area,
        insole_compressive_strain=insole_strain(model, strains),
        insole_energy_j=sum(equilibrium.solid.energy_nmm(r) for r in model.insole_regions) / 1e3,
        newton_iterations=newton,
        krylov_iterations=krylov,
        calibration_weight=float(loading.load.weight[0]),
    )


def region_strains(model: FootModel, tags: Iterable[int] | None = None) -> Strains:
    """Largest strains at the cell centres of regions, of all where none are named; collective."""
    comm, solid = model.distributed.mesh.comm, model.equilibrium.solid
    return {
        tag: region_strain(comm, cell_gradients(model, solid.cells(tag)), model.materials[tag])
        for tag in sorted(model.materials if tags is None else tags)
    }


def insole_strain(model: FootModel, strains: Strains | None = None) -> float:
    """Largest compressive nominal strain at the insole's cell centres; collective."""
    strains = region_strains(model, model.insole_regions) if strains is None else strains
    return max((strains[tag].compression for tag in model.insole_regions), default=0.0)


def cell_gradients(model: FootModel, cells: NDArray[np.int32]) -> Array:
    """Deformation gradient at the centres of local cells, shape (n, 3, 3)."""
    return model.fields.gradient(cells)


def plantar_instant(model: FootModel, percent: float) -> PlantarInstant:
    """Traction under the sole, gathered on every rank in a fixed order; collective."""
    out = model.plantar.output()
    # A sensor does not stretch with the skin: force is spread over the area that skin has now.
    tractions = (
        np.column_stack([out.pressure_mpa, out.traction_mpa[:, 0], out.traction_mpa[:, 2]])
        * (out.area_reference_mm2 / out.area_current_mm2)[:, None]
    )
    place = out.reference_mm[:, [0, 2]]
    table = np.column_stack([place, out.area_current_mm2, tractions])
    comm = model.distributed.mesh.comm
    parts = comm.allgather((out.point, table))
    order = np.argsort(np.concatenate([p[0] for p in parts]), kind="stable")
    return PlantarInstant(percent, *np.concatenate([p[1] for p in parts])[order].T.copy())


def bodies(model: FootModel) -> tuple[Body, ...]:
    """Deformed bodies for the field files, on rank 0; empty elsewhere; collective."""
    equilibrium, nodes = model.equilibrium, model.nodes
    owned = nodes.owned
    x = nodes.gather(equilibrium.reduction.coordinates[:owned])
    u = nodes.gather(equilibrium.u.x.array.reshape(-1, 3)[:owned])
    pressure = nodes.gather(_nodal_pressure(model)[:owned])
    owned_cells = np.arange(model.distributed.mesh.topology.index_map(3).size_local)
    state = model.fields.state(owned_cells.astype(np.int32))
    stress = nodes.gather_cells(state.von_mises_mpa)
    strain = nodes.gather_cells(state.max_principal_strain)
    if x is None or u is None or pressure is None or stress is None or strain is None:
        return ()
    made = []
    assert nodes.cells is not None and nodes.cell_tags is not None
    of_insole = np.isin(nodes.cell_tags, model.insole_regions)
    for name, mask in (("foot_tissue", ~of_insole), ("insole", of_insole)):
        if not mask.any():
            continue
        used, cells = np.unique(nodes.cells[mask][:, VTK_ORDER], return_inverse=True)
        points: dict[str, Array] = {"displacement_mm": u[used]}
        if name == "foot_tissue":
            points["contact_pressure_mpa"] = pressure[used, 0]
        made.append(
            Body(
                name,
                x[used] + u[used],
                cells.reshape(-1, 10),
                "tetra10",
                points,
                {
                    "cauchy_von_mises_mpa": stress[mask],
                    "max_principal_strain": strain[mask],
                    "region": nodes.cell_tags[mask].astype(float),
                },
            )
        )
    made.extend(_bones(model))
    return tuple(made)


def _bones(model: FootModel) -> list[Body]:
    poses, segments = model.equilibrium.poses, model.segments
    made = []
    for name, chosen in (("foot_bones", slice(1, None)), ("leg_bones_tibia", slice(0, 1))):
        points, cells, moved, count = [], [], [], 0
        for i in range(len(model.foot.segments))[chosen]:
            geometry = model.foot.segments[i]
            x = geometry.surface_points
            now = poses.position_mm[i] + (x - segments.reference_mm[i]) @ poses.rotation[i].T
            points.append(now)
            moved.append(now - x)
            cells.append(geometry.surface_triangles + count)
            count += len(x)
        made.append(
            Body(
                name,
                np.vstack(points),
                np.vstack(cells),
                "triangle",
                {"displacement_mm": np.vstack(moved)},
                {},
            )
        )
    return made


def _nodal_pressure(model: FootModel) -> Array:
    """Force over present area at plantar nodes, of the points round them; collective."""
    surface = model.plantar.slave
    out = model.plantar.output()
    per = surface.points_per_facet
    near = np.abs(np.tile(surface.shapes, (len(out.point) // per, 1)))
    weight = out.area_current_mm2[:, None] * near
    value = (out.area_reference_mm2 * out.pressure_mpa)[:, None] * near
    blocks = surface.facets[surface.local]
    index = np.repeat(blocks, per, axis=0)
    sums = np.zeros((len(surface.nodes), 2))
    np.add.at(sums[:, 0], index.ravel(), value.ravel())
    np.add.at(sums[:, 1], index.ravel(), weight.ravel())
    sums = surface.comm.allreduce(sums)
    mean = sums[:, 0] / np.where(sums[:, 1] > 0.0, sums[:, 1], 1.0)
    index_map = model.equilibrium.reduction.space.dofmap.index_map
    first, last = index_map.local_range
    mine = (surface.nodes >= first) & (surface.nodes < last)
    values = np.zeros((index_map.size_local, 1))
    values[surface.nodes[mine] - first, 0] = mean[mine]
    return values
