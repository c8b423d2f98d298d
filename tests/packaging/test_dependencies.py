# SPDX-License-Identifier: MIT
"""What is imported is what pyproject.toml asks for; an extra's package only inside a function."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
OURS = ("simulator", "materials", "meshes", "scenarios")
FROM_ELSEWHERE = {"basix", "dolfinx", "ffcx", "ufl", "petsc4py", "gmsh"}
"""Of dolfinx and the environment, which PyPI has not (env/packages.txt)."""
MODULES = {
    "imageio-ffmpeg": "imageio_ffmpeg",
    "trame-vtk": "trame_vtk",
    "trame-vuetify": "trame_vuetify",
}
PART_OF = {
    "vtkmodules": "vtk",
    "pydantic_core": "pydantic",
    "contourpy": "matplotlib",
    "PIL": "matplotlib",
}
"""Packages that another one always brings."""

BEHIND_A_CHECK = {
    ("scenarios/optimise/desk.py", "optuna"),
    ("scenarios/optimise/sampler.py", "optuna"),
    ("scenarios/view/layout.py", "trame"),
}
"""Modules that are imported after a message would have named the extra."""


def modules(requirements: list[str]) -> set[str]:
    found = (re.match(r"[\w-]+", line)[0] for line in requirements)
    return {MODULES.get(name, name) for name in found}


def imports() -> Iterator[tuple[str, str, bool]]:
    """File, imported package, and whether it comes with the module itself."""
    for package in OURS:
        for file in sorted((PROJECT / package).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            late = {
                id(node)
                for part in ast.walk(tree)
                if isinstance(part, ast.FunctionDef) or _for_types_only(part)
                for node in ast.walk(part)
            }
            for node in ast.walk(tree):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    yield str(file), name.partition(".")[0], id(node) not in late


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def test_imports_are_declared() -> None:
    always = modules(SETTINGS["dependencies"]) | FROM_ELSEWHERE
    extras = modules([x for name in ("c3d", "studies", "view") for x in _extra(name)])
    for file, name, at_once in imports():
        name = PART_OF.get(name, name)
        if name in sys.stdlib_module_names or name in OURS or name in always:
            continue
        assert name in extras, f"{file} imports {name}, which pyproject.toml does not ask for"
        if (str(Path(file).relative_to(PROJECT)), name) in BEHIND_A_CHECK:
            continue
        assert not at_once, f"{file} imports {name} of an extra before it is needed"


def _extra(name: str) -> list[str]:
    found: list[str] = SETTINGS["optional-dependencies"][name]
    return found
