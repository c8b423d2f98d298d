# SPDX-License-Identifier: MIT
"""What an impact shows at one output instant, the same on every rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meshes.spine import VERTEBRAE
from scenarios.errors import NotConverged
from scenarios.foot_output import insole_strain
from scenarios.foot_posture import arch_height_mm, ground_wrench
from scenarios.impact.model import ImpactModel
from scenarios.upper.records import UpperState, level_instant
from simulator.bushings import Bushings
from simulator.results import ImpactInstant, LevelInstant, SegmentAcceleration, Site
from simulator.rotations import logarithm
from simulator.spine.disc import DiscNotConverged
from simulator.spine.records import LevelResult, LumbarLoad
from simulator.upper_body import LEVELS

Array = NDArray[np.float64]

TIBIA_SITE = 1.0 / 3.0
"""Height of the tibia's accelerometer over the ankle, in shank lengths: the lower third, where
they are worn; axial acceleration differs along the shank by the centripetal one."""
SITES: tuple[Site, ...] = ("tibia", "femur", "sacrum", "L5", "L3", "L1", "trunk")
"""Where accelerations are taken: on the sacrum at the L5-S1 disc, else at the segments' centres
of mass."""
TRUNK_MUSCLES = "trunk_muscles"


@dataclass(slots=True)
class InsoleWork:
    """Work done on the insole since touchdown; methods are collective.

    Attributes:
        model: Of the impact.
        total_nmm: So far.
    """

    model: ImpactModel
    total_nmm: float = 0.0
    _force: Array | None = None
    _place: Array | None = None

    def add_step(self) -> None:
        """Add the work of the step that has just been accepted."""
        foot = self.model.foot
        if not foot.insole_regions:
            return
        solid = foot.equilibrium.solid
        force = solid.region_forces(foot.insole_regions)
        place = foot.equilibrium.u.x.array.reshape(-1, 3)[: len(force)].copy()
        if self._force is not None and self._place is not None:
            work = 0.5 * float(np.sum((force + self._force) * (place - self._place)))
            self.total_nmm += foot.distributed.mesh.comm.allreduce(work)
        self._force, self._place = force, place


def impact_instant(
    model: ImpactModel, time_s: float, end_s: float, work: InsoleWork, newton: int, krylov: int
) -> ImpactInstant:
    """Forces, angles and accelerations of the present state; collective.

    Args:
        model: Of the impact.
        time_s: Since touchdown.
        end_s: Of the run.
        work: On the insole.
        newton: Iterations since the last output.
        krylov: Likewise.
    """
    foot = model.foot
    equilibrium, segments = foot.equilibrium, foot.segments
    ground, moment = ground_wrench(foot)
    y, centre = foot.ground_height_mm, np.full(2, np.nan)
    if ground[1] > 1.0:
        centre[0] = (moment[2] + y * ground[0]) / ground[1]
        centre[1] = (y * ground[2] - moment[0]) / ground[1]
    rotation = equilibrium.poses.rotation
    tibia, heel = (rotation[segments.index(name)] for name in ("tibia", "calcaneus"))
    angles = equilibrium.connectors.evaluate(equilibrium.poses, {}).joint_angle_rad
    degrees = dict(zip(foot.joint_names, np.degrees(angles), strict=True))
    springs = _bushings(model)
    knee = springs.evaluate(equilibrium.poses, {}).coordinates[springs.index("knee"), 5]
    output = foot.plantar.output()
    comm = foot.distributed.mesh.comm
    area = comm.allreduce(float(output.area_current_mm2[output.pressure_mpa > 0.0].sum()))
    solid = equilibrium.solid
    stored = sum(solid.energy_nmm(r) + solid.held_energy_nmm(r) for r in foot.insole_regions)
    return ImpactInstant(
        percent=100.0 * time_s / end_s,
        time_s=time_s,
        grf_x_n=float(ground[0]),
        grf_y_n=float(ground[1]),
        grf_z_n=float(ground[2]),
        cop_x_mm=float(centre[0]),
        cop_z_mm=float(centre[1]),
        ankle_dorsiflexion_deg=float(degrees["ankle"]),
        subtalar_inversion_deg=float(degrees["subtalar"]),
        knee_flexion_deg=-float(np.degrees(knee)),
        rearfoot_eversion_deg=-float(np.degrees(logarithm(tibia.T @ heel))[0]),
        foot_pitch_deg=float(np.degrees(np.arctan2(heel[1, 0], heel[0, 0]))),
        arch_height_mm=arch_height_mm(foot),
        contact_area_mm2=area,
        insole_compressive_strain=insole_strain(foot),
        insole_work_j=work.total_nmm / 1e3,
        insole_stored_j=stored / 1e3,
        newton_iterations=newton,
        krylov_iterations=krylov,
        accelerations=tuple(_acceleration(model, site) for site in SITES),
    )


def _acceleration(model: ImpactModel, site: Site) -> SegmentAcceleration:
    """Acceleration of a site in the axes of its segment."""
    segments, motion = model.foot.segments, model.system.motion
    assert motion is not None
    name = "pelvis" if site == "sacrum" else site
    i = segments.index(name)
    turn = model.foot.equilibrium.poses.rotation[i]
    arm = turn @ (_site_mm(model, site) - segments.reference_mm[i])
    rate, spin = motion.segments.acceleration[i], motion.segments.velocity[i, 3:]
    total = rate[:3] + np.cross(rate[3:], arm) + np.cross(spin, np.cross(spin, arm))
    return SegmentAcceleration(site, *(float(a) for a in turn.T @ total / 9806.65))


def _site_mm(model: ImpactModel, site: str) -> Array:
    anatomy, segments = model.chain.anatomy, model.foot.segments
    if site == "tibia":
        limb = anatomy.limb
        return np.asarray(limb.ankle + TIBIA_SITE * (limb.knee - limb.ankle))
    if site == "sacrum":
        return np.asarray(anatomy.hips_mm + anatomy.spine.levels[0].centre_mm)
    return np.asarray(segments.reference_mm[segments.index(site)])


def lumbar_instant(
    model: ImpactModel, percent: float, state: UpperState
) -> tuple[tuple[LevelInstant, ...], UpperState, LumbarLoad, tuple[LevelResult, ...]]:
    """Solve the discs under what the chain's bushings carry; collective.

    The chain has each level as a spring and damper; the discs in elements, with the same muscles
    as in the quasi-static analyses, turn its force and moment into compression and pressure.

    Raises:
        NotConverged: On every rank, if a disc has no solution.
    """
    column = model.upper.column
    load = lumbar_load(model, percent)
    try:
        solved = column.solve(load, model.upper.started(state))
    except DiscNotConverged as error:
        raise NotConverged(str(error), f"{percent:.1f} % of the impact") from error
    return tuple(level_instant(result) for result in solved), UpperState.of(solved), load, solved


def lumbar_load(model: ImpactModel, percent: float) -> LumbarLoad:
    """Force and moment that each level carries, from its bushing and the trunk's muscles."""
    equilibrium, segments = model.foot.equilibrium, model.foot.segments
    springs, poses = _bushings(model), equilibrium.poses
    coordinates = springs.evaluate(poses, {}).coordinates
    drives = equilibrium.loading.drives(equilibrium.extra).bushings
    rotation = {name: poses.rotation[segments.index(name)] for name in ("pelvis", *VERTEBRAE)}

    def carried(name: str, proximal: str) -> tuple[Array, Array]:
        """Force (N) and moment (N mm) of what is above on the distal segment, world axes."""
        k, drive = springs.index(name), drives[name]
        bushing, xi = springs.bushings[k], coordinates[k]
        force = bushing.stiffness @ (xi - drive.target) - drive.load
        force += drive.extra_stiffness @ (xi - drive.extra_target)
        axes = rotation[proximal] @ bushing.axes
        return np.asarray(axes @ force[:3]), np.asarray(axes @ force[3:])

    muscles = carried(TRUNK_MUSCLES, "pelvis")[1]
    below, force, moment = "pelvis", np.zeros((5, 3)), np.zeros((5, 3))
    for k, name in enumerate(LEVELS):
        force[k], turning = carried(name, below)
        moment[k] = turning + muscles
        below = VERTEBRAE[k]
    return LumbarLoad(percent, rotation["pelvis"], rotation[VERTEBRAE[-1]], force, moment)


def _bushings(model: ImpactModel) -> Bushings:
    springs = model.foot.equilibrium.bushings
    assert springs is not None
    return springs
