# SPDX-License-Identifier: MIT
"""Finite-strain viscoelasticity: the history of solids whose laws have a Prony series.

On top of a law's stress stand the stresses of its terms, S = S_law + sum H_i, with
H_i' + H_i / tau_i = gamma_i S_relax' in the second Piola-Kirchhoff stress. For strain that grows
linearly in a step of dt the step is exact:

    H_i(n+1) = e_i H_i(n) + gamma_i w_i (S(n+1) - S(n)),  e_i = exp(-dt / tau_i),
                                                          w_i = (1 - e_i) tau_i / dt

so that within a step P = P_law + a P_relax + F H0 with one number a = sum gamma_i w_i a region and
one symmetric tensor H0 = sum e_i H_i(n) - a S(n) a quadrature point. Kernels know these two alone;
how many terms there are they do not know.

Histories are those of cells that the rank owns: integrals over cells run over no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import basix.ufl
import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray

from simulator import compat
from simulator.nodes import NodeOrder

Array = NDArray[np.float64]

COMPONENTS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
"""Places of a symmetric tensor's six numbers."""
_TWICE = np.array([1.0, 1.0, 1.0, 2.0, 2.0, 2.0])
_PLACES = np.array([[0, 3, 4], [3, 1, 5], [4, 5, 2]])


class Series(Protocol):
    """Prony series; see ``materials.prony.PronySeries``."""

    @property
    def gains(self) -> tuple[float, ...]:
        """Weights by the long-term stress, gamma_i."""
        ...

    @property
    def times_s(self) -> tuple[float, ...]:
        """Relaxation times tau_i (s)."""
        ...


@dataclass(frozen=True, slots=True)
class ViscousState:
    """Committed histories of a rank's cells; arrays are never written to.

    Attributes:
        terms: Stress H_i of every term, cell and point, shape (terms, cells, points, 6).
        relaxing: Law's stress S_relax, shape (cells, points, 6).
    """

    terms: Array
    relaxing: Array


def step_factors(gains: Array, times_s: Array, dt_s: float) -> tuple[Array, Array]:
    """Return e_i and gamma_i w_i of a step; 0 is a sudden one, infinity an infinitely slow one."""
    ratio = dt_s / times_s
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(ratio > 0.0, -np.expm1(-ratio) / ratio, 1.0)
    return np.exp(-ratio), gains * share


def _symmetric(components: Any) -> Any:
    """Symmetric tensor of a field of six components as UFL."""
    return ufl.as_tensor([[components[int(k)] for k in row] for row in _PLACES])


class ViscousHistory:
    """History of the regions that have a series, and its two fields in the kernels.

    Args:
        mesh: Mesh of tetrahedra.
        cell_tags: Region of every cell.
        series: Series of the regions that have one.
        quadrature_degree: Of the integrals.
    """

    def __init__(
        self,
        mesh: dolfinx.mesh.Mesh,
        cell_tags: dolfinx.mesh.MeshTags,
        series: Mapping[int, Series],
        quadrature_degree: int,
    ):
        self.mesh = mesh
        self.regions = tuple(sorted(int(region) for region in series))
        self.points, _ = basix.make_quadrature(basix.CellType.tetrahedron, quadrature_degree)
        element = basix.ufl.quadrature_element(
            compat.cell_name(mesh), value_shape=(6,), degree=quadrature_degree
        )
        space = dolfinx.fem.functionspace(mesh, element)
        self._carried = dolfinx.fem.Function(space, name="viscous_carried")
        self.gain = dolfinx.fem.Function(
            dolfinx.fem.functionspace(mesh, ("DG", 0)), name="viscous_gain"
        )
        self._owned = mesh.topology.index_map(3).size_local
        tags = np.zeros(self._owned, dtype=np.int32)
        inside = cell_tags.indices < self._owned
        tags[cell_tags.indices[inside]] = cell_tags.values[inside]
        self.cells = np.flatnonzero(np.isin(tags, self.regions)).astype(np.int32)
        self._region_of = np.searchsorted(self.regions, tags[self.cells])
        self._dofs = space.dofmap.list[self.cells]
        means = dolfinx.fem.functionspace(mesh, ("DG", 0, (6,)))
        self._mean = dolfinx.fem.Function(means, name="viscous_mean")
        self._mean_dofs = means.dofmap.list[self.cells][:, 0]
        self._series(series)
        self._degree = quadrature_degree
        self._held: dolfinx.fem.Function | None = None
        self._stress: list[tuple[NDArray[Any], dolfinx.fem.Expression]] = []
        shape = (len(self.cells), len(self.points), 6)
        self._state = ViscousState(np.zeros((self._gains.shape[1], *shape)), np.zeros(shape))
        self.begin_step(np.inf)

    def _series(self, series: Mapping[int, Series]) -> None:
        """Tabulate gains and times by region and term; what a region lacks has gain 0."""
        count = max(len(item.times_s) for item in series.values())
        self._gains = np.zeros((len(self.regions), count))
        self._times = np.ones((len(self.regions), count))
        for row, region in enumerate(self.regions):
            terms = len(series[region].times_s)
            self._gains[row, :terms] = series[region].gains
            self._times[row, :terms] = series[region].times_s

    # -- within a step -----------------------------------------------------------------------

    def piola(self, F: Any, law_relaxing: Any, law_lasting: Any) -> Any:
        """Return the first Piola-Kirchhoff stress of a step as UFL, from the law's two parts."""
        return law_lasting + (1 + self.gain) * law_relaxing + F * _symmetric(self._carried)

    def elasticity(self, F: Any, relaxing: Any, lasting: Any) -> Any:
        """Return the derivative of ``piola`` by F as UFL, from that of the law's two parts."""
        carried, axes = _symmetric(self._carried), range(3)
        held = [
            [[[carried[j, i] if a == b else 0 for j in axes] for b in axes] for i in axes]
            for a in axes
        ]
        return lasting + (1 + self.gain) * relaxing + ufl.as_tensor(held)

    def mean_overstress(self) -> Any:
        """Return as UFL the committed sum of the terms' stresses, its mean over each cell (MPa)."""
        return _symmetric(self._mean)

    def add_group(self, regions: tuple[int, ...], F: Any, law_relaxing: Any, options: Any) -> None:
        """Compile S_relax of the regions that share a kernel, from the law's relaxing stress."""
        stress = ufl.inv(F) * law_relaxing
        expression = dolfinx.fem.Expression(
            ufl.as_vector([stress[i, j] for i, j in COMPONENTS]), self.points, jit_options=options
        )
        rows = np.flatnonzero(np.isin(np.array(self.regions)[self._region_of], regions))
        self._stress.append((rows, expression))

    def begin_step(self, dt_s: float) -> None:
        """Set the two fields for a step of a length from the committed state.

        Nothing of the history changes: a step may be begun again, with another length.

        Args:
            dt_s: Length (s); 0 gives the answer to a sudden step, infinity that to an infinitely
                slow one, which is the law's own.

        Raises:
            ValueError: The length is negative or no number.
        """
        if not dt_s >= 0.0:
            raise ValueError(f"a step's length must not be negative, got {dt_s!r} s")
        self._dt_s = dt_s
        self._decay, self._rise = step_factors(self._gains, self._times, dt_s)
        total = self._rise.sum(axis=1)[self._region_of]
        self.gain.x.array[self.cells] = total
        carried = -total[:, None, None] * self._state.relaxing
        for i, term in enumerate(self._state.terms):
            carried += self._decay[self._region_of, i, None, None] * term
        self._carried.x.array.reshape(-1, 6)[self._dofs] = carried

    # -- history -----------------------------------------------------------------------------

    def commit(self) -> None:
        """End the step that was begun at the present displacement (ghosts up to date)."""
        before = self._state
        relaxing = np.empty_like(before.relaxing)
        for rows, expression in self._stress:
            if len(rows):
                values = expression.eval(self.mesh, self.cells[rows])
                relaxing[rows] = np.asarray(values).reshape(-1, *relaxing.shape[1:])
        change = relaxing - before.relaxing
        terms = np.empty_like(before.terms)
        for i, term in enumerate(before.terms):
            decay, rise = (f[self._region_of, i, None, None] for f in (self._decay, self._rise))
            np.multiply(decay, term, out=terms[i])
            terms[i] += rise * change
        self._keep(ViscousState(terms, relaxing))

    def save(self) -> ViscousState:
        """Return the committed state; costs nothing."""
        return self._state

    def restore(self, state: ViscousState) -> None:
        """Go back to a saved state; forces are its own until the next step begins.

        Infinitely slow steps go on being so.
        """
        self._keep(state)
        self.begin_step(self._dt_s if np.isinf(self._dt_s) else 0.0)

    def overstress(self) -> Array:
        """Return the sum of the terms' stresses H of `cells`, shape (cells, points, 3, 3) (MPa)."""
        return np.asarray(self._state.terms.sum(axis=0)[..., _PLACES])

    def held_share(self, least_mpa: float) -> dolfinx.fem.Function:
        """Return at quadrature points what terms hold, over the law's own relaxing energy.

        Of a small strain a spring of stiffness gamma_i C that carries H_i holds
        ``H_i : C^-1 : H_i / (2 gamma_i)``, C being the stiffness of the law. C is taken as the
        number that makes S_relax hold the law's energy: exact where H_i is a multiple of S_relax.

        Args:
            least_mpa: Stress that is added to S_relax, as a square, so that a state without
                stress is none of its own; its energy is to be added to the law's.
        """
        if self._held is None:
            element = basix.ufl.quadrature_element(compat.cell_name(self.mesh), degree=self._degree)
            space = dolfinx.fem.functionspace(self.mesh, element)
            self._held = dolfinx.fem.Function(space, name="viscous_held")
        share = np.zeros(self._state.relaxing.shape[:2])
        for i, term in enumerate(self._state.terms):
            gain = self._gains[self._region_of, i, None]
            share += np.divide(term**2 @ _TWICE, gain, out=np.zeros_like(share), where=gain > 0.0)
        share /= self._state.relaxing**2 @ _TWICE + least_mpa**2
        self._held.x.array[self._held.function_space.dofmap.list[self.cells]] = share
        return self._held

    def state_global(self, nodes: NodeOrder) -> ViscousState | None:
        """Bring the histories to rank 0, cells in input order; collective."""
        parts = [nodes.gather_cells(self._spread(part)) for part in self._parts()]
        if nodes.cell_tags is None:
            return None
        rows = np.isin(nodes.cell_tags, self.regions)
        terms = [part[rows] for part in parts if part is not None]
        return ViscousState(np.array(terms[:-1]), terms[-1])

    def restore_global(self, nodes: NodeOrder, state: ViscousState | None) -> None:
        """Put back what ``state_global`` gave on rank 0; collective.

        Forces are those of the saved state until the next step begins.
        """
        count = len(self._state.terms)
        parts = []
        for i in range(count + 1):
            whole = None
            if state is not None and nodes.cell_tags is not None:
                part = state.relaxing if i == count else state.terms[i]
                whole = np.zeros((len(nodes.cell_tags), *part.shape[1:]))
                whole[np.isin(nodes.cell_tags, self.regions)] = part
            parts.append(nodes.scatter_cells(whole)[self.cells])
        self._keep(ViscousState(np.array(parts[:-1]), parts[-1]))
        self.begin_step(0.0)

    def _keep(self, state: ViscousState) -> None:
        self._state = state
        self._mean.x.array.reshape(-1, 6)[self._mean_dofs] = state.terms.sum(axis=0).mean(axis=1)

    def _parts(self) -> tuple[Array, ...]:
        return (*self._state.terms, self._state.relaxing)

    def _spread(self, values: Array) -> Array:
        """Values of the cells with a series, and zeros, on all owned cells."""
        whole = np.zeros((self._owned, *values.shape[1:]))
        whole[self.cells] = values
        return whole
