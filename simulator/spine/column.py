# SPDX-License-Identifier: MIT
"""The lumbar column: five levels, each solved on one rank, with the same numbers on all.

Levels are independent once posture and load are given: the thorax and pelvis
prescribe every level's rotation, and muscles close its moment. Level i belongs
to rank i modulo the number of ranks; results are gathered, so any number of
ranks gives the same floating-point values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.rotations import exponential, logarithm
from simulator.spine.annulus import AnnulusLaw
from simulator.spine.chain import ROTATION_SHARES, Chain
from simulator.spine.connectors import Connector, FacetJoint, ForceCurve, Ligament
from simulator.spine.disc import DiscSolver
from simulator.spine.disc_state import DiscNotConverged, SolverSettings
from simulator.spine.geometry import Level, Spine
from simulator.spine.muscles import LevelLoad, MuscleRule
from simulator.spine.records import Calibration, DiscFields, LevelResult, LumbarLoad
from simulator.spine.stress import annulus_strain, disc_fields, endplate_stress

Array = NDArray[np.float64]


class LigamentCurves(Protocol):
    """Curve of one ligament band; see ``materials.build.spinal_ligament``."""

    def __call__(self, code: str, slack_length_mm: float, share: float, /) -> ForceCurve:
        """Curve by the ligament's letters, length at rest and part of its area."""
        ...


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """Choices of the column.

    Attributes:
        rule: Muscles.
        ligament: Makes the curve of a band; None leaves all ligaments out.
        facet: Curve of each facet joint; None leaves the joints out.
        settings: Newton's method of the levels.
        shares: (5,) share of each level in the rotation of the trunk.
    """

    rule: MuscleRule = field(default_factory=MuscleRule)
    ligament: LigamentCurves | None = None
    facet: ForceCurve | None = None
    settings: SolverSettings = field(default_factory=SolverSettings)
    shares: tuple[float, ...] = ROTATION_SHARES


def level_connectors(
    level: Level, ligament: LigamentCurves | None, facet: ForceCurve | None
) -> tuple[Connector, ...]:
    """Join the attachments of a level with their curves."""
    connectors: list[Connector] = []
    if ligament is not None:
        for band in level.bands:
            length = float(np.linalg.norm(band.upper_mm - band.lower_mm)) * (1.0 + band.slack)
            curve = ligament(band.kind, length, band.share)
            connectors.append(Ligament(band.name, band.lower_mm, band.upper_mm, curve, length))
    if facet is not None:
        for place in level.facets:
            joint = FacetJoint(
                place.name, place.point_mm, place.normal, facet, place.further_gap_mm, place.share
            )
            connectors.append(joint)
    return tuple(connectors)


class LumbarColumn:
    """Five discs between L1 and the sacrum; all methods are collective.

    Attributes:
        chain: Kinematics.
        names: Levels, L5-S1 first.
        frames: (5, 3, 3) axes of the discs in standing, columns x, y, z.
        rule: Muscles; replace it to change them.
    """

    def __init__(
        self,
        comm: MPI.Comm,
        spine: Spine,
        law: AnnulusLaw,
        options: ColumnOptions | None = None,
    ) -> None:
        """Build this rank's levels; rank 0 compiles first.

        Args:
            comm: Communicator of the analysis.
            spine: Geometry, the same on every rank.
            law: Annulus.
            options: Choices; by default muscles but neither ligaments nor facets.

        Raises:
            ValueError: On every rank, for a geometry or law that does not fit.
        """
        options = options or ColumnOptions()
        self.comm = comm
        self.rule = options.rule
        self.names = tuple(level.name for level in spine.levels)
        self.chain = Chain(
            np.array([level.centre_mm for level in spine.levels]),
            np.asarray(spine.upper_endplate_mm),
            options.shares,
        )
        self.frames = np.array([level.frame for level in spine.levels])
        self._solvers: dict[int, DiscSolver] = {}
        for turn in (0, 1):
            problem = None
            if (comm.rank == 0) == (turn == 0):
                problem = self._build(spine, law, options)
            _raise_together(comm, problem, ValueError)

    def _build(self, spine: Spine, law: AnnulusLaw, options: ColumnOptions) -> str | None:
        try:
            for index, level in enumerate(spine.levels):
                if self.owner(index) == self.comm.rank:
                    connectors = level_connectors(level, options.ligament, options.facet)
                    self._solvers[index] = DiscSolver(level.disc, law, connectors, options.settings)
        except ValueError as error:
            return str(error)
        return None

    def owner(self, index: int) -> int:
        """Rank that solves a level."""
        return index % self.comm.size

    def solver(self, index: int) -> DiscSolver | None:
        """Solver of a level on its owner, None on other ranks."""
        return self._solvers.get(index)

    def dofs(self) -> int:
        """Unknowns of all levels; collective."""
        own = sum(len(solver.annulus.free) + 7 for solver in self._solvers.values())
        return int(self.comm.allreduce(own))

    def solve(
        self, load: LumbarLoad, previous: Sequence[LevelResult] | None = None
    ) -> tuple[LevelResult, ...]:
        """Find equilibrium of every level; collective.

        Args:
            load: Posture and load.
            previous: Results to start from; by default the unloaded column. The answer does not
                depend on it beyond the solver's tolerance.

        Returns:
            Results of all levels on every rank, L5-S1 first.

        Raises:
            DiscNotConverged: On every rank, if a level fails.
        """
        results: list[tuple[int, LevelResult]] = []
        problem = None
        for index, solver in self._solvers.items():
            solver.restore(solver.rest() if previous is None else previous[index].state)
            try:
                results.append((index, self._solve_level(index, self._local_load(index, load))))
            except DiscNotConverged as error:
                problem = f"{self.names[index]} at {load.percent:g} %: {error}"
                break
        _raise_together(self.comm, problem)
        gathered = [pair for part in self.comm.allgather(results) for pair in part]
        return tuple(result for _, result in sorted(gathered, key=lambda pair: pair[0]))

    def calibrate_cocontraction(
        self, standing: LumbarLoad, target_mpa: float = 0.5, level: str = "L4-L5"
    ) -> Calibration:
        """Fit the muscles' constant force to the disc pressure of standing; collective.

        Sets the co-contraction of `rule` (or its follower force). Nothing is changed for muscles
        of kind ``"none"``, or below no force at all: see `Calibration.reached`.

        Args:
            standing: Load of quiet standing.
            target_mpa: Pressure; 0.5 MPa in relaxed standing (Wilke 1999).
            level: Disc where it was measured.
        """
        index = self.names.index(level)
        root = self.owner(index)
        outcome: Calibration | None = None
        problem = None
        if self.comm.rank == root:
            try:
                outcome = self._fit_constant(index, standing, target_mpa)
            except DiscNotConverged as error:
                problem = f"calibration of {level}: {error}"
        _raise_together(self.comm, problem)
        fitted: Calibration = self.comm.bcast(outcome, root=root)
        self.rule = _with_constant(self.rule, fitted.constant_n)
        return fitted

    def fields(self, results: Sequence[LevelResult], load: LumbarLoad) -> tuple[DiscFields, ...]:
        """Fields of all discs in world axes with the hips at the origin; collective."""
        pose = self.chain.pose(load.pelvis_rotation, load.thorax_rotation)
        own: list[tuple[int, DiscFields]] = []
        for index, solver in self._solvers.items():
            solver.restore(results[index].state)
            frame = pose.rotations[index] @ self.frames[index]
            fields = disc_fields(solver, self.names[index], pose.centres_mm[index], frame)
            own.append((index, fields))
        gathered = [pair for part in self.comm.allgather(own) for pair in part]
        return tuple(fields for _, fields in sorted(gathered, key=lambda pair: pair[0]))

    def _local_load(self, index: int, load: LumbarLoad) -> LevelLoad:
        pose = self.chain.pose(load.pelvis_rotation, load.thorax_rotation)
        world = pose.rotations[index] @ self.frames[index]
        vector = self.chain.shares[index] * pose.level_rotation
        return LevelLoad(
            rotation=exponential(self.frames[index].T @ vector),
            force_n=world.T @ load.force_n[index],
            moment_nmm=world.T @ load.moment_nmm[index],
            rule=self.rule,
        )

    def _solve_level(self, index: int, load: LevelLoad) -> LevelResult:
        solver = self._solvers[index]
        before = solver.counts.iterations
        state = solver.solve(load)
        passive = solver.passive_moment()
        force = load.middle.T @ load.force(passive)[0]
        outer = load.middle.T @ load.moment_nmm
        peak, mean = endplate_stress(solver)
        strain, largest = annulus_strain(solver)
        facets, bands = 0.0, 0.0
        for connector in solver.connectors:
            size = connector.reaction(state.translation, state.rotation).magnitude
            if isinstance(connector, FacetJoint):
                facets += size
            else:
                bands += size
        return LevelResult(
            level=self.names[index],
            compression_n=-float(force[1]),
            shear_ap_n=float(force[0]),
            shear_ml_n=float(force[2]),
            flexion_moment_nm=-float(outer[2]) * 1.0e-3,
            lateral_moment_nm=float(outer[0]) * 1.0e-3,
            axial_moment_nm=float(outer[1]) * 1.0e-3,
            disc_pressure_mpa=state.pressure_mpa,
            annulus_max_principal_strain=strain,
            annulus_peak_principal_strain=largest,
            endplate_stress_mpa=peak,
            endplate_mean_stress_mpa=mean,
            muscle_force_n=load.muscle_force(passive)[0],
            muscle_moment_nm=load.middle.T @ (passive - load.moment_nmm) * 1.0e-3,
            passive_moment_nmm=passive,
            rotation_deg=np.degrees(logarithm(state.rotation)),
            translation_mm=state.translation,
            facet_force_n=facets,
            ligament_force_n=bands,
            newton_iterations=solver.counts.iterations - before,
            state=state,
        )

    def _fit_constant(self, index: int, standing: LumbarLoad, target: float) -> Calibration:
        """Secant search of the constant force; monotone, since compression raises pressure."""
        solver = self._solvers[index]
        solver.restore(solver.rest())
        plain = replace(self._local_load(index, standing), rule=self.rule)

        def answer(constant: float) -> LevelResult:
            rule = _with_constant(self.rule, constant)
            return self._solve_level(index, replace(plain, rule=rule))

        low, at_low = 0.0, answer(0.0)
        reached = self.rule.kind != "none" and at_low.disc_pressure_mpa <= target
        if not reached:
            kept = 0.0 if self.rule.kind != "none" else self.rule.cocontraction_n
            return Calibration(kept, at_low.disc_pressure_mpa, at_low.compression_n, False)
        high, at_high = 200.0, answer(200.0)
        while abs(at_high.disc_pressure_mpa - target) > 1.0e-9 * target:
            slope = (at_high.disc_pressure_mpa - at_low.disc_pressure_mpa) / (high - low)
            low, at_low = high, at_high
            high = float(max(0.0, high + (target - at_high.disc_pressure_mpa) / slope))
            at_high = answer(high)
        return Calibration(high, at_high.disc_pressure_mpa, at_high.compression_n, True)


def _with_constant(rule: MuscleRule, constant_n: float) -> MuscleRule:
    if rule.kind == "follower":
        return replace(rule, follower_n=constant_n)
    return replace(rule, cocontraction_n=constant_n)


def _raise_together(
    comm: MPI.Comm, problem: str | None, kind: type[Exception] = DiscNotConverged
) -> None:
    """Raise the first rank's problem on every rank; collective."""
    problems = [text for text in comm.allgather(problem) if text is not None]
    if problems:
        raise kind(problems[0])
