# SPDX-License-Identifier: MIT
"""Inertia of an equilibrium in a time step: consistent mass of tissue, masses of segments.

A node on a bone takes its acceleration from its own displacements, as a free one does, so that the
reduction of forces and tangent holds for inertia without another term.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import dolfinx
import numpy as np
import ufl
from mpi4py import MPI
from numpy.typing import NDArray

from simulator.assembly.cells import MASS_DEGREE
from simulator.dynamics.alpha import Rates, Step
from simulator.dynamics.inertia import InertiaState, SegmentInertia
from simulator.segments import Poses
from simulator.solid import COMPILER_OPTIONS

Array = NDArray[Any]


class Inertia:
    """Inertia forces and weights of tissue and segments, for one step at a time.

    Args:
        u: Displacement (mm).
        cell_tags: Region of every cell.
        density_t_mm3: Mass per unloaded volume of every region.
        segments: Masses of the segments; their gravity is that of the tissue too.
    """

    def __init__(
        self,
        u: dolfinx.fem.Function,
        cell_tags: dolfinx.mesh.MeshTags,
        density_t_mm3: Mapping[int, float],
        segments: SegmentInertia,
    ):
        self._u = u
        self._segments = segments
        space = u.function_space
        mesh = space.mesh
        self._comm = mesh.comm
        density = dolfinx.fem.Function(dolfinx.fem.functionspace(mesh, ("DG", 0)))
        for region, value in density_t_mm3.items():
            density.x.array[cell_tags.find(region)] = value
        self._factor = dolfinx.fem.Constant(mesh, 0.0)
        gravity = dolfinx.fem.Constant(mesh, np.asarray(segments.gravity_mm_s2, dtype=float))
        self._offset = dolfinx.fem.Function(space)
        self._velocity = dolfinx.fem.Function(space)
        dx = ufl.Measure("dx", mesh, metadata={"quadrature_degree": MASS_DEGREE})
        v = ufl.TestFunction(space)
        options = {"jit_options": COMPILER_OPTIONS}
        acceleration = self._factor * u + self._offset - gravity
        self.residual_form = dolfinx.fem.form(density * ufl.inner(acceleration, v) * dx, **options)
        self._density = density
        self._mass_work = density * self._factor * ufl.inner(ufl.TrialFunction(space), v) * dx
        speed = ufl.inner(self._velocity, self._velocity)
        self._kinetic = dolfinx.fem.form(density / 2 * speed * dx, **options)
        place = ufl.SpatialCoordinate(mesh) + u
        self._potential = dolfinx.fem.form(-density * ufl.inner(gravity, place) * dx, **options)
        self._mass = dolfinx.fem.form(density * dx, **options)
        self._start: Poses | None = None
        self._rates: tuple[Array, Array] = (np.zeros(0), np.zeros(0))
        self._factors = (0.0, 0.0)

    def begin(self, step: Step, nodes: Rates, segments: Rates, start: Poses) -> None:
        """Start a step from the present displacement.

        Args:
            step: The method for its size.
            nodes: Rates of all local displacements, ghosts too.
            segments: Rates of translations and rotations, shape (n, 6).
            start: Poses at its start.
        """
        a, b = step.acceleration_factor, step.velocity_factor
        self._factor.value = a
        self._offset.x.array[:] = nodes.acceleration_offset(step) - a * self._u.x.array
        self._start, self._factors = start, (a, b)
        self._rates = segments.velocity_offset(step), segments.acceleration_offset(step)

    def hold(
        self, factor: float, nodes: Array, segments: Array, velocity: Array, start: Poses
    ) -> None:
        """Give accelerations, which a step from the present displacement changes by little.

        Args:
            factor: Change of acceleration by displacement (1/s2).
            nodes: Acceleration of all local nodes, ghosts too, shape (3 m,).
            segments: Of translations and rotations, shape (n, 6).
            velocity: Likewise.
            start: Present poses.
        """
        self._factor.value = factor
        self._offset.x.array[:] = nodes - factor * self._u.x.array
        self._start, self._factors, self._rates = start, (factor, 0.0), (velocity, segments)

    @cached_property
    def tangent_form(self) -> dolfinx.fem.Form:
        """Inertia's part of the tangent as a bilinear form, which checks the loops over cells."""
        return dolfinx.fem.form(self._mass_work, jit_options=COMPILER_OPTIONS)

    def cell_factor(self) -> Array:
        """Derivative of the force density by the displacement in every local cell (t/mm3/s2)."""
        return np.asarray(self._density.x.array * self._factor.value)

    def segments(self, poses: Poses) -> InertiaState:
        """Inertia of the segments at poses within the step."""
        assert self._start is not None, "no step has begun"
        return self._segments.evaluate(poses, self._start, self._factors, *self._rates)

    def tissue_mass_t(self) -> float:
        """Mass of all deformable bodies; collective."""
        return self._sum(self._mass)

    def tissue_kinetic_nmm(self, velocity: Array) -> float:
        """Kinetic energy of all deformable bodies at nodal velocities; collective."""
        self._velocity.x.array[:] = velocity
        return self._sum(self._kinetic)

    def tissue_potential_nmm(self) -> float:
        """Energy of height of all deformable bodies; collective."""
        return self._sum(self._potential)

    def _sum(self, form: Any) -> float:
        return float(self._comm.allreduce(dolfinx.fem.assemble_scalar(form), op=MPI.SUM))
