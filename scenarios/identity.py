# SPDX-License-Identifier: MIT
"""What a result is a result of: content hash, versions, and the manifest.

The hash covers the resolved scenario and the content of its input files, not
their places, and not the scenario's name: the same study in another folder is
the same study.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import socket
import sys
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from scenarios.errors import ScenarioError
from scenarios.loading import scenario_data
from scenarios.schema import Scenario
from scenarios.source import flattened

DISTRIBUTIONS = (
    *("solespine", "fenics-dolfinx", "fenics-basix", "fenics-ufl", "fenics-ffcx", "petsc4py"),
    *("mpi4py", "gmsh", "numpy", "scipy", "pydantic"),
)


def scenario_hash(scenario: Scenario, *, command: str = "run") -> str:
    """SHA-256 of what a command does with a scenario, in hexadecimal.

    Args:
        scenario: resolved.
        command: ``"run"`` or ``"mesh"``; a mesh is no result of a run.
    """
    values = dict(flattened(scenario_data(scenario)))
    values["name"] = command
    values.update(input_hashes(scenario))
    text = json.dumps(values, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of each input file by the key that names it.

    A calibration folder counts by the scenario that it is a result of.

    Raises:
        ScenarioError: a file that cannot be read.
    """
    hashes = {}
    for key, value in flattened(scenario.model_dump()):
        if isinstance(value, Path):
            file = value / "manifest.json" if value.is_dir() else value
            try:
                hashes[key] = _file_hash(file)
            except OSError as error:
                problem = f"cannot be read: {error.strerror}"
                raise ScenarioError(str(file), key, problem) from None
    return hashes


def _file_hash(path: Path) -> str:
    if path.name == "manifest.json":
        try:
            recorded = json.loads(path.read_text(encoding="utf-8"))["scenario_sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            return "absent"
        return str(recorded)
    found = path.stat()
    return _content_hash(path, (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=256)
def _content_hash(path: Path, signature: tuple[int, ...]) -> str:
    """SHA-256 of a file, once for a study of many cases as long as the file is the same."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def manifest(scenario: Scenario, ranks: int, *, command: str = "run") -> dict[str, Any]:
    """What ``manifest.json`` says beside status and times."""
    return {
        "scenario_sha256": scenario_hash(scenario, command=command),
        "inputs_sha256": input_hashes(scenario),
        "ranks": ranks,
        "host": socket.gethostname(),
        "processors": os.cpu_count(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": versions(),
        "arguments": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def versions() -> dict[str, str]:
    """Versions of the installed distributions that a result depends on."""
    return dict(_installed_versions())


@lru_cache(
    maxsize=1
)  # reading them takes a tenth of a second, and a worker asks for each of its cases
def _installed_versions() -> tuple[tuple[str, str], ...]:
    found = []
    for name in DISTRIBUTIONS:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)
