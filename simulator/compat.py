# SPDX-License-Identifier: MIT
"""The only file that knows differences between dolfinx, PETSc and UFL versions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import basix.ufl
import cffi
import dolfinx
import ffcx.codegeneration
import numpy as np
import petsc4py
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc


def cell_name(mesh: dolfinx.mesh.Mesh) -> str:
    """Return the cell's name; a method of the UFL cell before 2026, a property after."""
    name = mesh.ufl_cell().cellname
    return name() if callable(name) else name


def geometry_dofmap(mesh: dolfinx.mesh.Mesh) -> NDArray[np.int32]:
    """Return the geometry nodes of each cell; ``dofmap`` became ``dofmaps[0]`` in 0.11."""
    geometry = mesh.geometry
    dofmaps = getattr(geometry, "dofmaps", None)
    if dofmaps is not None and not callable(dofmaps):
        return dofmaps[0]
    dofmap = geometry.dofmap
    return dofmap() if callable(dofmap) else dofmap


def vector_space(mesh: dolfinx.mesh.Mesh, degree: int) -> dolfinx.fem.FunctionSpace:
    """Return the continuous vector-valued Lagrange space of a degree."""
    element = basix.ufl.element("Lagrange", cell_name(mesh), degree, shape=(mesh.geometry.dim,))
    return dolfinx.fem.functionspace(mesh, element)


def interpolation_points(space: dolfinx.fem.FunctionSpace) -> NDArray[np.float64]:
    """Return reference interpolation points; a method in 0.9, a property later."""
    points = space.element.interpolation_points
    return points() if callable(points) else points


def secant_line_search() -> str:
    """Return the name of the secant line search on the residual norm (``l2`` before 3.24)."""
    return "secant" if PETSc.Sys.getVersion() >= (3, 24, 0) else "l2"


def line_search_bound() -> str:
    """Return the option of the longest step of a line search (``maxstep`` before PETSc 3.23)."""
    new = PETSc.Sys.getVersion() >= (3, 23, 0)
    return "snes_linesearch_maxlambda" if new else "snes_linesearch_maxstep"


FIRST_CONSTANT = 1_000_000
"""Number of the first constant.

UFL orders the factors of a product by their text, in which each constant's number stands: where it
gains a digit, the same law becomes another product, and FFCx compiles it anew. Numbers that begin
high keep their length in a process that makes many.
"""
ufl.Constant._counter = itertools.count(FIRST_CONSTANT)


def constant(mesh: dolfinx.mesh.Mesh, value: float) -> dolfinx.fem.Constant:
    """Return a real constant of the mesh."""
    return dolfinx.fem.Constant(mesh, dolfinx.default_scalar_type(value))


def petsc_prefix() -> Path:
    """Return the folder that PETSc, and with it MUMPS, is installed in."""
    told = petsc4py.get_config()
    return Path(told["PETSC_DIR"]) / told.get("PETSC_ARCH", "")


def gradient_determinant(u: dolfinx.fem.Function) -> ufl.core.expr.Expr:
    """Return ``det(I + grad u)``."""
    return ufl.det(ufl.Identity(3) + ufl.grad(u))


def kernels_take_custom_data() -> bool:
    """Return whether FFCx' kernels have a last argument for data of the caller (from 0.10 on)."""
    header = Path(ffcx.codegeneration.get_include_path()) / "ufcx.h"
    return "custom_data" in header.read_text()


def address(function: Any) -> int:
    """Return the address of a compiled kernel; cffi's type of it differs between modules."""
    return int(cffi.FFI().cast("uintptr_t", function))


def owned_by(ranks: NDArray[Any]) -> Callable[..., Any]:
    """Return a partitioner that gives each cell of this rank's input to a rank.

    Lists of ``dolfinx.graph`` are C++ objects themselves until 0.9.
    """
    lists = dolfinx.graph.adjacencylist(
        np.ascontiguousarray(ranks, dtype=np.int32),
        np.arange(len(ranks) + 1, dtype=np.int32),
    )
    given = getattr(lists, "_cpp_object", lists)
    return lambda *_: given
