# SPDX-License-Identifier: MIT
"""The conda recipe asks for what pyproject.toml and the package list ask for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
RECIPE = PROJECT / "recipe" / "recipe.yaml"


def test_versions_and_names_are_those_of_the_project() -> None:
    yaml = pytest.importorskip("yaml")
    made = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert made["context"]["version"] == project["version"]
    run = dict(spec.partition(" ")[::2] for spec in made["requirements"]["run"])
    assert run["fenics-dolfinx"] == ">=0.9,<0.12"
    assert run["petsc"] == "* real*"
    assert run["python"] == project["requires-python"]
    for line in project["dependencies"]:
        name, version = re.fullmatch(r"([\w-]+)(.*)", line).groups()
        assert run[{"matplotlib": "matplotlib-base"}.get(name, name)] == version
    constrained = " ".join(made["requirements"]["run_constraints"])
    for extra in ("studies", "view"):
        for line in project["optional-dependencies"][extra]:
            name, version = re.fullmatch(r"([\w-]+)(.*)", line).groups()
            assert f"{name.lower()} {version}" in constrained


def test_rattler_build_reads_and_renders_it() -> None:
    rattler = pytest.importorskip("rattler_build")
    recipe = rattler.Stage0Recipe.from_yaml(RECIPE.read_text(encoding="utf-8"))
    (variant,) = recipe.render(rattler.VariantConfig(), rattler.RenderConfig())
    assert "fenics-dolfinx >=0.9,<0.12" in str(variant.recipe.to_dict())
