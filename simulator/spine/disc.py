# SPDX-License-Identifier: MIT
"""One level of the lumbar column: annulus, nucleus and connectors between two rigid vertebrae.

Unknowns are the free displacements of the annulus, the pressure of the nucleus
and the pose of the upper vertebra relative to the lower one. Each Newton step
factorises the free block, condenses it and the pressure onto the six dofs of
the pose, and closes those with what is prescribed: the rotation or the moment,
and the force, which may itself depend on the passive moment (muscles).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.rotations import exponential, logarithm, skew
from simulator.spine.annulus import Annulus, AnnulusLaw, DiscGeometry
from simulator.spine.cavity import polygon_plate
from simulator.spine.closure import Closure, PartialLoad
from simulator.spine.connectors import Connector, total_reaction
from simulator.spine.disc_state import DiscNotConverged, DiscState, SolverCounts, SolverSettings
from simulator.spine.factor import Factor

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Residual:
    """Out-of-balance of all parts at one configuration."""

    free: Array
    pose: Array
    volume: float
    gradient_free: Array
    gradient_pose: Array
    upper_forces: Array

    def moment(self, translation: Array) -> Array:
        """Passive moment about the disc's fixed reference centre."""
        return np.asarray(self.pose[3:] + np.cross(translation, self.pose[:3]))


@dataclass(frozen=True, slots=True)
class _Condensed:
    """Tangent with the free displacements eliminated."""

    coupling: Array
    free_from_pose: Array
    free_from_pressure: Array
    pose: Array


class DiscSolver:
    """Equilibrium of one level.

    Attributes:
        annulus: The deformable part.
        connectors: Ligaments and facets.
        counts: Newton work, for reports.
    """

    def __init__(
        self,
        geometry: DiscGeometry,
        law: AnnulusLaw,
        connectors: Sequence[Connector] = (),
        settings: SolverSettings | None = None,
    ) -> None:
        """Build the disc and let its nucleus swell to the resting pressure.

        Raises:
            ValueError: For a law without a fibre scale, or a disc that does not bear its resting
                pressure.
        """
        self.annulus = Annulus(geometry, law)
        self.connectors: tuple[Connector, ...] = ()
        self.settings = settings or SolverSettings()
        self.counts = SolverCounts()
        up = np.array([0.0, 1.0, 0.0])
        self.plate = polygon_plate(geometry.upper_plate_outline_mm, up)
        lower = polygon_plate(geometry.lower_plate_outline_mm, -up)
        self._floor_volume = lower.volume(np.zeros(3), np.eye(3))
        self._factor = Factor()
        self._tangent: _Condensed | None = None
        self._translation: Array = np.zeros(3)
        self._place(self.undeformed())
        self.rest_volume_mm3 = self.cavity_volume()
        if self.settings.rest_pressure_mpa > 0.0:
            self._swell(self.settings.rest_pressure_mpa)
        self._rest = self.state
        self.connectors = tuple(connectors)

    def undeformed(self) -> DiscState:
        """The configuration of the mesh, free of stress and pressure."""
        size = len(self.annulus.displacement.x.array)
        return DiscState(np.zeros(size), np.zeros(3), np.eye(3), 0.0)

    def rest(self) -> DiscState:
        """The disc at its resting pressure: no force on it, rotation held, no connectors."""
        return self._rest

    @property
    def state(self) -> DiscState:
        """The present configuration (a copy)."""
        return DiscState(
            self.annulus.displacement.x.array.copy(),
            self._translation.copy(),
            self._rotation.copy(),
            self._pressure,
        )

    def restore(self, state: DiscState) -> None:
        """Return to a configuration."""
        self._place(state)

    def cavity_volume(self) -> float:
        """Volume of the nucleus, mm3."""
        upper = self.plate.volume(self._translation, self._rotation)
        return self.annulus.wall_volume() + upper + self._floor_volume

    def solve(self, load: Closure) -> DiscState:
        """Find equilibrium under a load, from the present configuration.

        The increment is cut in halves towards the present equilibrium where Newton's method fails.

        Raises:
            DiscNotConverged: If the smallest increment fails.
        """
        begin = self._residual()
        held = (begin.pose[:3], begin.moment(self._translation), self._rotation.copy())
        done, step = 0.0, 1.0
        while done < 1.0:
            target = min(1.0, done + step)
            accepted = self.state
            if self._newton(load if target == 1.0 else PartialLoad(load, target, *held)):
                done = target
                step *= 2.0
                continue
            self.restore(accepted)
            self._tangent = None
            self.counts.cutbacks += 1
            step *= 0.5
            if step < self.settings.smallest_increment:
                raise DiscNotConverged(
                    f"a disc found no equilibrium beyond {100.0 * done:.1f} % of its load"
                )
        return self.state

    def passive_moment(self) -> Array:
        """Moment (3,) that disc and connectors carry about the reference centre, N mm."""
        return self._residual().moment(self._translation)

    def reaction(self) -> Array:
        """Generalised force (6,) at the moving reference point: force and moment."""
        return self._residual().pose

    def endplate_forces(self) -> Array:
        """Forces (k, 3) of the upper vertebra on the annulus, by node of the endplate, N."""
        forces = self.annulus.residual() - self._pressure * self.annulus.wall_area()
        return np.asarray(forces[self.annulus.upper].reshape(-1, 3))

    def condensed_stiffness(self) -> Array:
        """Stiffness (6, 6) of the pose with displacements and pressure in equilibrium."""
        residual = self._residual()
        self._tangent = self._condense(residual)
        return self._eliminate_pressure(residual, np.zeros(len(residual.free)))[1]

    def _swell(self, pressure_mpa: float) -> None:
        """Fill the nucleus to a pressure and keep that much fluid (Newton's method)."""
        self._pressure = pressure_mpa
        wall_n = pressure_mpa * self.plate.area_mm2
        for _ in range(self.settings.max_iterations):
            residual = self._residual()
            force = np.concatenate([residual.free, residual.pose[:3]])
            if not np.isfinite(force).all():
                break
            if float(np.linalg.norm(force)) < self.settings.tolerance * wall_n:
                self.rest_volume_mm3 = self.cavity_volume()
                self.rest_volume_mm3 /= 1.0 - pressure_mpa / self.settings.bulk_modulus_mpa
                self._tangent = None
                return
            tangent = self._condense(residual)
            free_step = self._factor.solve(residual.free)
            push = residual.pose - tangent.coupling.T @ free_step
            step = np.zeros(6)
            step[:3] = -np.linalg.solve(tangent.pose[:3, :3], push[:3])
            values = self.annulus.displacement.x.array
            values[self.annulus.free] -= free_step + tangent.free_from_pose @ step
            self._translation = self._translation + step[:3]
            self._follow()
        raise ValueError(f"a disc does not bear a resting pressure of {pressure_mpa:g} MPa")

    def _place(self, state: DiscState) -> None:
        self._translation = np.array(state.translation)
        self._rotation = np.array(state.rotation)
        self._pressure = float(state.pressure_mpa)
        self.annulus.displacement.x.array[:] = state.displacement

    def _follow(self) -> None:
        """Put the nodes of the upper endplate where the vertebra is."""
        place = self.annulus.upper_points
        moved = self._translation + place @ (self._rotation - np.eye(3)).T
        self.annulus.displacement.x.array[self.annulus.upper] = moved.reshape(-1)

    def _motion(self) -> Array:
        """Derivative (t, 6) of the upper endplate's displacements by the pose."""
        arms = self.annulus.upper_points @ self._rotation.T
        motion = np.zeros((len(arms), 3, 6))
        motion[:, :, :3] = np.eye(3)
        motion[:, :, 3:] = -skew(arms)
        return motion.reshape(-1, 6)

    def _residual(self) -> _Residual:
        part = self.annulus
        gradient = part.wall_volume_gradient()
        forces = part.residual() - self._pressure * gradient
        motion = self._motion()
        plate = self.plate.gradient(self._translation, self._rotation)
        pose = motion.T @ forces[part.upper] - self._pressure * plate
        pose += total_reaction(self.connectors, self._translation, self._rotation)[0]
        compressed = self.rest_volume_mm3 * (1.0 - self._pressure / self.settings.bulk_modulus_mpa)
        return _Residual(
            free=forces[part.free],
            pose=pose,
            volume=self.cavity_volume() - compressed,
            gradient_free=gradient[part.free],
            gradient_pose=motion.T @ gradient[part.upper] + plate,
            upper_forces=forces[part.upper].reshape(-1, 3),
        )

    def _condense(self, residual: _Residual) -> _Condensed:
        blocks = self.annulus.tangent(self._pressure)
        motion = self._motion()
        self._factor.update(blocks.free)
        self.counts.factorisations += 1
        coupling = np.asarray(blocks.coupling @ motion)
        columns = np.column_stack([coupling, residual.gradient_free])
        solved = self._factor.solve(columns)
        pose = motion.T @ (blocks.upper @ motion)
        arms = self.annulus.upper_points @ self._rotation.T
        pose[3:, 3:] += np.einsum(
            "nij,njk->ik", skew(residual.upper_forces), skew(arms), optimize=True
        )
        pose -= self._pressure * self.plate.hessian(self._translation, self._rotation)
        pose += total_reaction(self.connectors, self._translation, self._rotation)[1]
        pose -= coupling.T @ solved[:, :6]
        return _Condensed(coupling, solved[:, :6], solved[:, 6], pose)

    def _eliminate_pressure(
        self, residual: _Residual, free_step: Array
    ) -> tuple[Array, Array, Array, float]:
        """Condense the pressure too.

        Returns:
            Pose residual (6,) and stiffness (6, 6) with free displacements and pressure in
            equilibrium, and the rule of the pressure step: row (6,) and constant.
        """
        tangent = self._tangent
        assert tangent is not None
        gradient = residual.gradient_free
        compliance = float(gradient @ tangent.free_from_pressure)
        compliance += self.rest_volume_mm3 / self.settings.bulk_modulus_mpa
        column = residual.gradient_pose - tangent.coupling.T @ tangent.free_from_pressure
        row = np.asarray(gradient @ tangent.free_from_pose - residual.gradient_pose) / compliance
        constant = float(gradient @ free_step - residual.volume) / compliance
        force = residual.pose - tangent.coupling.T @ free_step - column * constant
        stiffness = tangent.pose - np.outer(column, row)
        return force, np.asarray(stiffness), np.asarray(row), constant

    def _newton(self, load: Closure) -> bool:
        """Iterate to equilibrium; False when it diverges."""
        settings = self.settings
        last = 0.0
        turn = load.target_rotation
        residual = self._residual()
        for _ in range(settings.max_iterations):
            pending = np.zeros(3) if turn is None else logarithm(turn @ self._rotation.T)
            error = self._error(residual, load, turn is None)
            settled = float(np.linalg.norm(pending)) < 1.0e-12
            if settled and error < settings.tolerance:
                return self._admissible()
            if not np.isfinite(error) or (settled and error > 1.0e4 * max(last, 1.0)):
                return False
            if self._tangent is None or (settled and error > settings.reuse_below * last):
                self._tangent = self._condense(residual)
            last = error if settled else 0.0
            self._advance(residual, load, pending)
            self.counts.iterations += 1
            residual = self._residual()
        return False

    def _advance(self, residual: _Residual, load: Closure, pending: Array) -> None:
        """Take one Newton step."""
        tangent = self._tangent
        assert tangent is not None
        free_step = self._factor.solve(residual.free)
        force, stiffness, row, constant = self._eliminate_pressure(residual, free_step)
        translation = self._translation
        passive = force[3:] + np.cross(translation, force[:3])
        moment_rows = stiffness[3:] + skew(translation) @ stiffness[:3]
        moment_rows[:, :3] -= skew(force[:3])
        wanted, by_moment = load.force(passive)
        matrix, right = np.zeros((6, 6)), np.zeros(6)
        matrix[:3] = stiffness[:3] - by_moment @ moment_rows
        right[:3] = wanted - force[:3]
        if load.target_rotation is None:
            matrix[3:] = moment_rows
            right[3:] = load.moment() - passive
        else:
            matrix[3:, 3:] = np.eye(3)
            right[3:] = pending
        step = np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
        pressure_step = float(row @ step) + constant
        values = self.annulus.displacement.x.array
        values[self.annulus.free] -= (
            free_step + tangent.free_from_pose @ step - tangent.free_from_pressure * pressure_step
        )
        self._translation = translation + step[:3]
        self._rotation = exponential(step[3:]) @ self._rotation
        self._pressure += pressure_step
        self._follow()

    def _error(self, residual: _Residual, load: Closure, free_rotation: bool) -> float:
        """Residual over the size of the load; volume and moment in the same measure."""
        moment = residual.moment(self._translation)
        wanted, _ = load.force(moment)
        parts = [
            float(np.linalg.norm(residual.free)) / load.scale_n,
            float(np.linalg.norm(residual.pose[:3] - wanted)) / load.scale_n,
            abs(residual.volume) / self.rest_volume_mm3,
        ]
        if free_rotation:
            lever = np.sqrt(self.plate.area_mm2)
            parts.append(float(np.linalg.norm(moment - load.moment())) / (load.scale_n * lever))
        return max(parts)

    def _admissible(self) -> bool:
        """Whether no material point is turned inside out."""
        return bool(np.linalg.det(self.annulus.gradients()).min() > 0.0)
