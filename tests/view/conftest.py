# SPDX-License-Identifier: MIT
"""A small made-up walk that is made once, and results that differ from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from scenarios.fields import write_instant
from scenarios.view.result import ViewResult, open_result
from simulator.results import Body
from tests.scenarios.synthetic_bodies import bodies_at

PERCENTS = (10.0, 50.0, 90.0)
STANCE_S = 0.6
SCENARIO = """\
name = "walking"
analysis = "{analysis}"
resolution = "coarse"
[subject]
body_mass_kg = 70
height_m = 1.75
foot_type = "neutral"
[insole]
material = "eva_35"
thickness_mm = 6
"""


def write_result(folder: Path, instants: dict[float, list[Body]], analysis: str = "stance") -> Path:
    """A finished result with fields alone, times in proportion to per cent."""
    folder.mkdir(parents=True)
    (folder / "scenario.toml").write_text(SCENARIO.format(analysis=analysis))
    (folder / "manifest.json").write_text(json.dumps({"schema": "solespine.manifest/1"}))
    (folder / "summary.json").write_text("{}")
    for percent, bodies in instants.items():
        write_instant(folder / "fields", percent, STANCE_S * percent / 100.0, bodies)
    return folder


def with_regions(bodies: list[Body]) -> list[Body]:
    """Tissue in heel and forefoot."""
    tissue = bodies[0]
    middle = tissue.points_mm[tissue.cells[:, :4]].mean(axis=1)
    tissue.cell_data["region"] = np.where(middle[:, 0] < 130.0, 1.0, 3.0)
    return bodies


@pytest.fixture(scope="session")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a walk of three instants; not to be changed."""
    folder = tmp_path_factory.mktemp("view") / "walk"
    return write_result(folder, {p: with_regions(bodies_at(p)) for p in PERCENTS})


@pytest.fixture(scope="session")
def result(walk: Path) -> ViewResult:
    """The walk as a viewer sees it."""
    return open_result(walk)


@pytest.fixture
def own_walk(walk: Path, tmp_path: Path) -> Path:
    """A copy of the walk that a test may spoil."""
    return Path(shutil.copytree(walk, tmp_path / "own"))


@pytest.fixture(scope="session")
def cube_body() -> Body:
    """A cube of one hexahedron, 10 mm wide, turned by 30 degrees about Y and then stretched."""
    corners = np.array(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1.0]]
    )
    reference = 10.0 * corners
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    now = (reference * [1.0, 1.1, 1.0]) @ turn.T + [100.0, 50.0, 0.0]
    return Body(
        "insole",
        now,
        np.arange(8)[None, :],
        "hexahedron",
        {"displacement_mm": now - reference, "contact_pressure_mpa": corners[:, 0] * 0.2},
        {"cauchy_von_mises_mpa": np.array([0.3]), "region": np.array([10.0])},
    )
