# SPDX-License-Identifier: MIT
"""From gait and the tibia's pose to pelvis and discs, instant by instant.

The pelvis follows the gait plus its share of the tibia's deviation from the baseline
and what a one-sided height tilts; the thorax keeps its orientation. Loads of the discs
come from the masses above them; the bottom-up mismatch of a trial is only reported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from meshes.errors import MeshError
from meshes.foot_landmarks import foot_landmarks
from scenarios.errors import NotConverged
from scenarios.gait.stance import GaitInstant, StanceGait
from scenarios.loading import foot_dimensions
from scenarios.schema import Scenario
from scenarios.shapes import upper_refusal
from scenarios.upper.anatomy import UpperAnatomy, upper_anatomy
from scenarios.upper.bodies import upper_bodies
from scenarios.upper.column import STANDING_PRESSURE_MPA, Still, build_column, column_load
from scenarios.upper.records import UpperInstant, UpperPose, UpperState, level_instant
from scenarios.upper.vertebra import make_vertebra
from simulator.chain import (
    Y_AXIS,
    Z_AXIS,
    Compliance,
    LumbarChain,
    leg_pose,
    lordosis_deg,
    pelvis_angles_deg,
    pelvis_rotation,
)
from simulator.chain_reaction import ChainReaction, Passed, limb_angles, passed_on, reacting_pelvis
from simulator.results import Body, PelvisInstant
from simulator.rotations import about, logarithm
from simulator.spine.column import LumbarColumn
from simulator.spine.disc import DiscNotConverged
from simulator.spine.records import Calibration, LevelResult
from simulator.spine.vertebra import Vertebra
from simulator.spine.vertebra_wrench import Wrench
from simulator.upper_body import UpperBody, slice_load

Array = NDArray[np.float64]

ALL_OF_IT = Compliance(knee=1.0, hip=0.0, pelvis=0.0)
"""For a rotation of the knee that has been shared already."""


@dataclass(frozen=True)
class UpperModel:
    """Everything above the knee of one analysis; methods are collective.

    Attributes:
        comm: of the analysis; each disc belongs to one rank.
        gait: posture and accelerations.
        anatomy: geometry.
        body: masses above the pelvis.
        column: discs, ligaments, facets, muscles.
        calibration: fitted co-contraction of the reference person.
        standing: the subject's own quiet standing.
        lordosis_deg: in standing.
        compliance: how a deviation of the tibia is shared above it.
        dofs: unknowns of all discs.
        warnings: what a reader of the results must know.
        vertebra: the one whose inner stress is computed, None for none.
    """

    comm: MPI.Intracomm
    gait: StanceGait
    anatomy: UpperAnatomy
    body: UpperBody
    column: LumbarColumn
    calibration: Calibration
    standing: tuple[LevelResult, ...]
    lordosis_deg: float
    compliance: Compliance
    dofs: int
    warnings: tuple[str, ...]
    vertebra: Vertebra | None = None

    @classmethod
    def build(cls, comm: MPI.Intracomm, scenario: Scenario, gait: StanceGait) -> UpperModel:
        """Build geometry, discs and muscles, and calibrate them on standing; collective.

        Args:
            comm: of the analysis.
            scenario: subject, lumbar options and resolution.
            gait: of the analysis, world frame.

        Raises:
            ScenarioError: on every rank, for a body that cannot be built.
            NotConverged: on every rank, where standing has no solution.
        """
        subject, lumbar = scenario.subject, scenario.lumbar
        ankle = foot_landmarks(foot_dimensions(subject)).ankle
        try:
            anatomy = upper_anatomy(subject, lumbar.lordosis_deg, scenario.resolution, ankle)
        except MeshError as error:
            raise upper_refusal(scenario, error) from error
        body = anatomy.masses(subject.body_mass_kg, lumbar.trunk_offset_mm)
        try:
            column, fit = build_column(comm, anatomy, lumbar.muscles, subject.body_mass_kg)
            still = (Still.standing(), np.eye(3), np.eye(3), 0.0)
            standing = column.solve(column_load(column, body, *still)[0])
        except DiscNotConverged as error:
            raise NotConverged(str(error), "standing of the lumbar column") from error
        return cls(
            comm=comm,
            gait=gait,
            anatomy=anatomy,
            body=body,
            column=column,
            calibration=fit,
            standing=standing,
            lordosis_deg=lumbar.lordosis_deg,
            compliance=Compliance(),
            dofs=column.dofs(),
            warnings=_warnings(column, fit),
            vertebra=make_vertebra(comm, anatomy.spine, lumbar.vertebra),
        )

    def initial(self) -> UpperState:
        """Quiet standing, the start of the first instant."""
        return UpperState.of(self.standing)

    def started(self, state: UpperState) -> tuple[LevelResult, ...]:
        """Results that the column can start from, at the configuration of `state`."""
        pairs = zip(self.standing, state.discs(), strict=True)
        return tuple(replace(result, state=disc) for result, disc in pairs)

    def instant(
        self,
        percent: float,
        tibia_rotation: Array,
        baseline_tibia_rotation: Array,
        ankle_mm: Array,
        one_sided_height_mm: float = 0.0,
        state: UpperState | None = None,
        reaction: ChainReaction | None = None,
    ) -> UpperInstant:
        """Pose and solve everything above the knee; collective, the same on every rank.

        Args:
            percent: of stance.
            tibia_rotation: of this run, world, from upright, shape (3, 3).
            baseline_tibia_rotation: of the baseline at the same instant, shape (3, 3).
            ankle_mm: centre of the ankle, world, shape (3,); for pictures only.
            one_sided_height_mm: by how much the right hip stands higher than in the
                baseline while the left does not.
            state: result of the instant before, or `initial` where left out.
            reaction: how a candidate's deviation goes up; ``None`` for a baseline, whose tibia
                deviates by what its hold gives way.

        Raises:
            NotConverged: on every rank, if a disc has no solution.
        """
        given = (tibia_rotation, baseline_tibia_rotation, ankle_mm, one_sided_height_mm)
        tibia, baseline, ankle, height = self.comm.bcast(given, root=0)
        now = self.gait.at(percent)
        deviation = logarithm(tibia @ baseline.T)
        size = self.anatomy.size
        if reaction is None:
            passed = None
            pelvis = pelvis_rotation(
                size, now.pelvis_rotation, tibia, baseline, height, self.compliance
            )
        else:
            axis = baseline @ about(Z_AXIS, np.radians(now.knee_deg)) @ Y_AXIS
            passed = passed_on(deviation, axis, reaction, size.shank_mm / size.thigh_mm)
            pelvis = reacting_pelvis(size, now.pelvis_rotation, passed, height)
        bent = (deviation, self.compliance) if passed is None else (passed.knee, ALL_OF_IT)
        leg = leg_pose(size, ankle, tibia, now.knee_deg, *bent)
        load, chain = column_load(self.column, self.body, now, pelvis, now.thorax_rotation, percent)
        start = state or self.initial()
        try:
            solved = self.column.solve(load, self.started(start))
        except DiscNotConverged as error:
            raise NotConverged(str(error), f"{percent:g} % of stance") from error
        inner = None
        if self.vertebra is not None:
            part = Wrench(*slice_load(self.body, chain, now, self.vertebra.geometry.below))
            inner = self.vertebra.solve(self.column, load, solved, part)
        half_spacing = np.array([0.0, 0.0, 0.5 * size.hip_distance_mm])
        return UpperInstant(
            pelvis=self._alignment(now, chain, deviation, passed),
            levels=tuple(level_instant(result) for result in solved),
            state=UpperState.of(solved),
            newton_iterations=sum(result.newton_iterations for result in solved),
            pose=UpperPose(
                knee_mm=leg.knee_mm,
                hips_mm=leg.hip_mm - pelvis @ half_spacing,
                femur_rotation=leg.femur_rotation,
                pelvis_rotation=pelvis,
            ),
            load=load,
            solved=solved,
            angles=limb_angles(tibia, leg.femur_rotation, pelvis, chain, self.lordosis_deg),
            vertebra=inner,
        )

    def bodies(self, result: UpperInstant, frame: Array | None = None) -> tuple[Body, ...]:
        """Thigh and pelvis, vertebrae and discs with their fields; collective.

        Args:
            result: of one instant.
            frame: rotation from the world to the frame of the files, shape (3, 3).
        """
        return upper_bodies(self.anatomy, self.column, result, frame, self.vertebra)

    def _alignment(
        self, now: GaitInstant, chain: LumbarChain, deviation: Array, passed: Passed | None
    ) -> PelvisInstant:
        tilt, obliquity, turn = pelvis_angles_deg(chain.pelvis_rotation)
        sagittal = np.degrees(deviation[2])
        knee, hip = self.compliance.knee * sagittal, self.compliance.hip * sagittal
        if passed is not None:
            knee, hip = np.degrees(passed.knee[2]), np.degrees(passed.hip[2])
        return PelvisInstant(
            percent=now.percent,
            knee_flexion_deg=now.knee_deg - float(knee),
            hip_flexion_deg=float(now.hip_deg[0]) + float(hip),
            pelvic_tilt_deg=tilt,
            pelvic_obliquity_deg=obliquity,
            pelvic_rotation_deg=turn,
            lumbar_lordosis_deg=lordosis_deg(chain, self.lordosis_deg),
            residual_force_n=self._size(self.gait.residual_force_n, now.percent),
            residual_moment_nm=1e-3 * self._size(self.gait.residual_moment_nmm, now.percent),
        )

    def _size(self, residual: Array | None, percent: float) -> float:
        """Magnitude at an instant; NaN without a residual."""
        if residual is None:
            return float("nan")
        return float(np.interp(percent, self.gait.percent, np.linalg.norm(residual, axis=1)))


def _warnings(column: LumbarColumn, fit: Calibration) -> tuple[str, ...]:
    rule = column.rule
    if rule.kind == "none":
        return (
            "lumbar: no muscles, so that compression and disc pressure are those of the weight "
            "above alone, about half of what was measured",
        )
    if not fit.reached:
        return (
            f"lumbar: even without co-contraction the standing disc pressure at L4-L5 is "
            f"{fit.pressure_mpa:.2f} MPa, above the calibration's {STANDING_PRESSURE_MPA:g} MPa",
        )
    force = rule.follower_n if rule.kind == "follower" else rule.cocontraction_n
    word = "a follower load" if rule.kind == "follower" else "a co-contraction"
    return (
        f"lumbar: the absolute level is calibrated by {word} of {force:.0f} N (disc pressure of "
        f"{STANDING_PRESSURE_MPA:g} MPa in standing at L4-L5); differences are predicted",
    )
