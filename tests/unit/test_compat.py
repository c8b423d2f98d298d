# SPDX-License-Identifier: MIT
"""Differences between versions of dolfinx and PETSc stay in one file."""

from __future__ import annotations

import re
from pathlib import Path

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
