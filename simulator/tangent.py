# SPDX-License-Identifier: MIT
"""The reduced tangent ``P^T K P``, written into its own places from the start.

Of a free node ``P`` has one entry, so that the block of two free nodes is copied; that of a node
on a bone counts for its segment's translation and, through its lever, for the rotation. Cells and
contact facets write there directly: ``K`` is never made. What linear elements get of it (the
Galerkin product with the multigrid's prolongation) is made cell by cell in the same loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from simulator import compat
from simulator.assembly.cells import CellKernel, CellQuadrature
from simulator.assembly.level import Level, fetched
from simulator.assembly.narrow import NarrowMatrix
from simulator.assembly.rows import BlockRows
from simulator.compiled.library import loops, pointer
from simulator.contact.records import TangentBlocks
from simulator.reduction import Reduction
from simulator.sparsity import Keys, create_matrix, merge_keys

Array = NDArray[np.float64]
Ints = NDArray[Any]
_LOW = 0xFFFFFFFF
_CORNERS = 3


class Rectangles(Protocol):
    """A contact condition that says which blocks it may fill."""

    def pattern(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Global scalar dofs (n, 18) and (n, 18) of facets."""
        ...


class ReducedTangent:
    """``P^T K P`` for one pattern; collective.

    Args:
        fine: Of the quadratic elements.
        coarse: Of the linear elements, where a multigrid needs their matrix.
        contacts: Conditions whose blocks get room.
        earlier: Tangent of another pattern, whose mesh and levels were the same.

    Attributes:
        narrow: The tangent in single precision, where there are linear elements; one object.
    """

    def __init__(
        self,
        fine: Reduction,
        coarse: Reduction | None,
        contacts: Sequence[Rectangles],
        earlier: ReducedTangent | None = None,
    ):
        self.comm = fine.comm
        self.reduction, self.coarse_reduction = fine, coarse
        compiled = loops(self.comm)
        self._lib, self._ffi = compiled.lib, compiled.ffi
        groups = [_with_own(*(part[:, ::3] // 3 for part in c.pattern())) for c in contacts]
        known = fine.space.dofmap.index_map.local_to_global(np.arange(fine.local, dtype=np.int32))
        met = np.unique(np.concatenate([known[:0], *(p.ravel() for g in groups for p in g)]))
        beyond = np.setdiff1d(met, known)
        self._fine = Level(fine, beyond)
        nodes = self._fine.cell_nodes
        self._fine.mesh_keys = (
            self._fine.keys(nodes, nodes) if earlier is None else earlier._fine.mesh_keys
        )
        index = self._fine.table.index
        places = [(index(rows), index(columns)) for rows, columns in groups]
        starts = self._make_rows(self._fine, places)
        self._pattern: tuple[Ints, Ints] | None = None
        self._matrix: PETSc.Mat | None = None
        self._renewed = False
        self.narrow: NarrowMatrix | None = None
        self._coarse: Level | None = None
        self._coarse_matrix: PETSc.Mat | None = None
        self._coarse_renewed = False
        self._active: Level | None = None
        self._corner_of = np.zeros(0, dtype=np.int32)
        if coarse is not None:
            before = earlier._coarse if earlier is not None else None
            self._coarse = self._make_coarse(coarse, None if before is None else before.mesh_keys)
            self._make_rows(self._coarse, [tuple(map(self._corners, pair)) for pair in places])
            stiff = fine.tail_blocks if self.comm.rank == 0 else 0
            owned = self._fine.rows.owned_keys
            self.narrow = NarrowMatrix(self.comm, owned, starts, stiff)

    def _make_coarse(self, coarse: Reduction, mesh_keys: Keys | None) -> Level:
        """Linear elements, and which of their nodes quadratic ones stand for; collective.

        An edge's node that follows a segment does so here too, whatever its corners do.
        """
        fine = self._fine.table
        corner = self._coarse_numbers(coarse)
        here = coarse.space.dofmap.index_map.local_to_global(
            np.arange(coarse.local, dtype=np.int32)
        )
        level = Level(coarse, np.setdiff1d(corner[corner >= 0], here))
        is_corner = corner >= 0
        self._corner_of = np.full(len(corner), -1, dtype=np.int32)
        self._corner_of[is_corner] = level.table.index(corner[is_corner])
        held = np.flatnonzero(~is_corner & (fine.held > 0))
        self._corner_of[held] = level.table.follow(fine, held)
        if mesh_keys is None:
            cells = self._fine.cell_nodes
            mixed = cells[(self._corner_of[cells[:, 4:]] >= 0).any(axis=1)]
            every = self._corners(mixed)
            mesh_keys = merge_keys(
                [level.keys(level.cell_nodes, level.cell_nodes), level.keys(every, every)]
            )
        level.mesh_keys = mesh_keys
        return level

    def _corners(self, groups: NDArray[np.int32]) -> NDArray[np.int32]:
        """Linear rows' nodes of groups of quadratic ones, the first where there is none, (n, m)."""
        corner = self._corner_of[groups]
        return np.where(corner >= 0, corner, corner[:, :1])

    def _make_rows(self, level: Level, places: Sequence[Any]) -> Ints:
        """Make a level's rows and the places of its cells; returns each rank's first row."""
        starts = np.cumsum([0, *self.comm.allgather(level.reduction.y_blocks)])
        level.make_rows([level.keys(*pair) for pair in places], starts)
        width = level.cell_nodes.shape[1]
        level.cell_places = np.empty((len(level.cell_nodes), width, width), dtype=np.int32)
        missing = self._lib.find_places(
            self._rows(level), len(level.cell_nodes), width, pointer(level.cell_nodes),
            pointer(level.cell_places),
        )  # fmt: skip
        assert missing == 0
        return starts

    def _coarse_numbers(self, coarse: Reduction) -> Ints:
        """Global node of the linear space of each node of the fine table, -1 of an edge."""
        fine = self.reduction
        local = np.full(fine.local, -1.0)
        vertices = coarse.space.dofmap.list
        numbers = coarse.space.dofmap.index_map.local_to_global(vertices.ravel().astype(np.int32))
        local[fine.space.dofmap.list[:, :4].ravel()] = numbers
        found = fetched(fine, local[: fine.owned], self._fine.table.number, 1)[:, 0]
        return np.rint(found).astype(np.int64)

    # -- values --------------------------------------------------------------------------------

    def begin(self, levers: Array, coarse_levers: Array | None) -> None:
        """Set all values to zero; collective.

        Args:
            levers: Of the attached local nodes, shape (m, 3).
            coarse_levers: The same of the linear elements; without them their values stay.
        """
        self._fine.table.turn(levers)
        self._fine.rows.blocks[:] = 0.0
        self._active = None
        if self._coarse is not None and coarse_levers is not None:
            self._active = self._coarse
            self._coarse.table.turn(coarse_levers)
            self._coarse.rows.blocks[:] = 0.0

    def add_cells(
        self, kernels: Sequence[CellKernel], quadrature: CellQuadrature, density: Array | None
    ) -> None:
        """Add the tangent of cells.

        Args:
            kernels: Of each law's structure.
            quadrature: Points of all of them.
            density: By cell, times what inertia takes of a displacement (t/mm3/s2), or none.
        """
        ffi, mesh = self._ffi, self.reduction.space.mesh
        x, corners = mesh.geometry.x, compat.geometry_dofmap(mesh)
        geometry = ffi.new("geometry*")
        geometry.x, geometry.corners = pointer(x), pointer(corners)
        geometry.points = len(quadrature.weights)
        geometry.weights = pointer(quadrature.weights)
        geometry.slopes = pointer(quadrature.slopes)
        fine = self._level(self._fine)
        coarse = self._level(self._active)
        for kernel in kernels:
            fields = ffi.new("field[]", max(len(kernel.coefficients), 1))
            for field, function in zip(fields, kernel.coefficients, strict=False):
                dofmap = function.function_space.dofmap
                field.values, field.nodes = (
                    pointer(function.x.array),
                    pointer(dofmap.list),
                )
                field.per_cell, field.block = dofmap.list.shape[1], dofmap.bs
            failed = self._lib.add_cells(
                ffi.cast("void*", kernel.kernel),
                len(kernel.cells), pointer(kernel.cells), geometry,
                len(kernel.coefficients), fields,
                ffi.NULL if density is None else pointer(density),
                pointer(quadrature.mass), *fine, *coarse,
                pointer(self._corner_of),
            )  # fmt: skip
            if failed:
                raise RuntimeError(f"the loop over cells failed: {failed}")

    def add_contact(self, block: TangentBlocks) -> None:
        """Add what contact gives.

        Raises:
            RuntimeError: A block that is not zero has no place in the pattern.
        """
        table = self._fine.table
        rows, columns = (table.index(part[:, ::3] // 3) for part in (block.rows, block.cols))
        values = np.ascontiguousarray(block.values)
        coarse = self._ffi.NULL if self._active is None else self._rows(self._active)
        missing = self._lib.add_facets(
            len(rows), rows.shape[1] // 6, columns.shape[1] // 6, pointer(rows),
            pointer(columns), pointer(values), self._rows(self._fine), coarse,
            pointer(self._corner_of),
        )  # fmt: skip
        if missing:
            raise RuntimeError(f"{missing} blocks of contact lie outside the tangent's pattern")

    def add_segments(self, block: Array) -> None:
        """Add the dense block of segments and scalars; what other ranks than 0 give is left out."""
        for level in (self._fine, self._active):
            if level is not None and self.comm.rank == 0:
                count = len(level.tail_place)
                parts = block.reshape(count, 3, count, 3).transpose(0, 2, 1, 3)
                level.rows.blocks[level.tail_place] += parts.reshape(count, count, 9)

    def finish(self) -> None:
        """Bring all values to their owners and into what solvers read; collective."""
        self._blocks = self._fine.rows.exchange()
        self._renewed = True
        if self.narrow is not None:
            self.narrow.renew(self._blocks)
        self._coarse_renewed = self._coarse_renewed or self._active is not None

    @property
    def coarse_rows(self) -> BlockRows:
        """What this rank writes of the linear elements' matrix; one object."""
        assert self._coarse is not None
        return self._coarse.rows

    @property
    def coarse_matrix(self) -> PETSc.Mat:
        """The linear elements' matrix as PETSc's; one object; collective."""
        assert self._coarse is not None
        r = self._coarse.reduction
        if self._coarse_matrix is None:
            keys = self._coarse.rows.owned_keys
            self._coarse_matrix = create_matrix(self.comm, keys, r.y_blocks, r.y_start)
            self._coarse_pattern = _block_pattern(self._coarse)
        if self._coarse_renewed:
            blocks = self._coarse.rows.exchange()
            self._coarse_matrix.setValuesBlockedCSR(*self._coarse_pattern, blocks.ravel())
            self._coarse_matrix.assemble()
            self._coarse_renewed = False
        return self._coarse_matrix

    @property
    def matrix(self) -> PETSc.Mat:
        """The tangent in PETSc's block format; one object; collective at the first call."""
        if self._pattern is None:
            self._pattern = _block_pattern(self._fine)
        if self._matrix is None:
            r, pattern = self.reduction, self._pattern
            size = (3 * r.y_blocks, None)
            csr = (*pattern, np.zeros(9 * len(pattern[1])))
            self._matrix = PETSc.Mat().createBAIJ((size, size), 3, csr=csr, comm=r.comm)
        if self._renewed:
            self._matrix.setValuesBlockedCSR(*self._pattern, self._blocks.ravel())
            self._matrix.assemble()
            self._renewed = False
        return self._matrix

    # -- what the loops read -------------------------------------------------------------------

    def _rows(self, level: Level) -> Any:
        rows, table = level.rows, level.table
        made = self._ffi.new("rows*")
        made.start = pointer(rows.start)
        made.column = pointer(rows.column)
        made.blocks = pointer(rows.blocks)
        made.row = pointer(level.row)
        made.target = pointer(table.target)
        made.held = pointer(table.held)
        made.arm = pointer(table.arm)
        return made

    def _level(self, level: Level | None) -> tuple[Any, Any, Any]:
        if level is None:
            return self._ffi.NULL, self._ffi.NULL, self._ffi.NULL
        return (
            self._rows(level),
            pointer(level.cell_nodes),
            pointer(level.cell_places),
        )


def _block_pattern(level: Level) -> tuple[Ints, Ints]:
    """Where rows begin, and columns, of a level's owned blocks."""
    r, keys = level.reduction, level.rows.owned_keys
    columns = (keys & _LOW).astype(PETSc.IntType)
    count = np.bincount((keys >> 32) - r.y_start, minlength=r.y_blocks)
    return np.concatenate([[0], np.cumsum(count)]).astype(PETSc.IntType), columns


def _with_own(rows: Ints, columns: Ints) -> tuple[Ints, Ints]:
    """Rectangles of facets, and each facet with itself: its cell may be another rank's."""
    own = np.unique(np.concatenate([rows, columns]), axis=0)
    return np.concatenate([rows, own]), np.concatenate([columns, own])
