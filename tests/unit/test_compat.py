# SPDX-License-Identifier: MIT
"""Differences between versions of dolfinx and PETSc stay in one file."""

from __future__ import annotations

import re
from pathlib import Path

import dolfinx
import ufl
from mpi4py import MPI

from materials.ogden import Ogden
from simulator import compat

PACKAGES = ("simulator", "materials", "meshes", "scenarios")
PROJECT = Path(__file__).resolve().parents[2]
# Asking for a version, or for an attribute of a library's module to see whether it is there.
ASKS = re.compile(
    r"(hasattr|getattr)\((dolfinx|ufl|basix|PETSc|fem)\b|Sys\.getVersion\("
    r"|(dolfinx|ufl|basix|petsc4py)\.__version__"
)
THE_FILE = Path("simulator/compat.py")


def test_only_one_file_tells_versions_apart() -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {line.strip()}"
        for package in PACKAGES
        for path in sorted((PROJECT / package).rglob("*.py"))
        if path.relative_to(PROJECT) != THE_FILE
        for line in path.read_text(encoding="utf-8").splitlines()
        if ASKS.search(line)
    ]
    assert not found, found


def test_a_law_has_one_kernel_however_many_constants_were_made() -> None:
    """By name: 0 to 180 constants earlier, whose numbers gain a digit on the way."""
    mesh = dolfinx.mesh.create_unit_cube(MPI.COMM_SELF, 1, 1, 1)
    space = compat.vector_space(mesh, 1)
    u, v = dolfinx.fem.Function(space), ufl.TestFunction(space)
    law = Ogden(shear_moduli_mpa=(0.1, 0.02), exponents=(2.0, -6.0))
    names = set()
    for _ in range(30):
        compat.constant(mesh, 0.0)
        numbers = {name: compat.constant(mesh, value) for name, value in law.parameters().items()}
        stress = law.first_piola(ufl.Identity(3) + ufl.grad(u), numbers)
        names.add((ufl.inner(stress, ufl.grad(v)) * ufl.dx).signature())
    assert len(names) == 1
