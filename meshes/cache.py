# SPDX-License-Identifier: MIT
"""Meshes kept on disk by content: same dimensions, code and gmsh, same file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import gmsh
import numpy as np

from meshes.foot import FootGeometry, Resolution, build_foot, check_resolution
from meshes.foot_dimensions import FootDimensions
from meshes.insole import InsoleDimensions, InsoleGeometry, build_insole
from meshes.sole_correction import SoleCorrection
from meshes.tagged import TaggedMesh

_FIELDS = ("points", "cells", "cell_tags", "facets", "facet_tags")
_Geometry = TypeVar("_Geometry", FootGeometry, InsoleGeometry)


def default_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/solespine/meshes``, else the same under ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "solespine" / "meshes"


def cached_foot(
    dimensions: FootDimensions,
    resolution: Resolution = "coarse",
    folder: Path | None = None,
    correction: SoleCorrection | None = None,
) -> FootGeometry:
    """Build a foot, with its mesh from the cache where it is there.

    To be called on one rank. A cache that cannot be read or written is passed over.

    Args:
        dimensions: of the foot.
        resolution: of the mesh.
        folder: of the cache; `default_folder` where left out.
        correction: of outline and sole by a scan.

    Raises:
        MeshError: as `meshes.foot.build_foot`.
    """
    check_resolution(resolution)
    shape = repr(asdict(dimensions)) + _scanned(correction)
    path = (folder or default_folder()) / f"foot-{content_key(shape, resolution)}.npz"
    return _kept(path, lambda mesh: build_foot(dimensions, resolution, mesh, correction))


def cached_insole(
    foot: FootGeometry,
    dimensions: InsoleDimensions,
    resolution: Resolution = "coarse",
    folder: Path | None = None,
) -> InsoleGeometry:
    """Build an insole, with its mesh from the cache where it is there; see `cached_foot`.

    Raises:
        MeshError: as `meshes.insole.build_insole`.
    """
    check_resolution(resolution)
    shape = repr((asdict(foot.dimensions), asdict(dimensions)))
    shape += _scanned(foot.plantar_height.correction)
    path = (folder or default_folder()) / f"insole-{content_key(shape, resolution)}.npz"
    return _kept(path, lambda mesh: build_insole(foot, dimensions, resolution, mesh))


def load_mesh(path: Path) -> TaggedMesh | None:
    """Read a mesh written by `save_mesh`, or None where there is none that is whole."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return TaggedMesh(*(arrays[name] for name in _FIELDS))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def save_mesh(path: Path, mesh: TaggedMesh) -> None:
    """Write a mesh under a temporary name, then rename it, so that readers see all or nothing.

    Raises:
        OSError: the folder cannot be made or written.
    """
    save_arrays(path, {name: getattr(mesh, name) for name in _FIELDS})


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write named arrays under a temporary name, then rename the file.

    Raises:
        OSError: the folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez_compressed(stream, **arrays)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _kept(path: Path, build: Callable[[TaggedMesh | None], _Geometry]) -> _Geometry:
    mesh = load_mesh(path)
    geometry = build(mesh)
    if mesh is None:
        with suppress(OSError):
            save_mesh(path, geometry.mesh)
    return geometry


def _scanned(correction: SoleCorrection | None) -> str:
    """What names the shape of a scanned foot beside its dimensions; nothing for others."""
    return "" if correction is None else f" scan {correction.digest}"


def content_key(shape: str, resolution: str) -> str:
    """Hash of the shape, the resolution, this package's sources and gmsh's version."""
    digest = hashlib.sha256()
    for text in (shape, resolution, gmsh.__version__, np.__version__):
        digest.update(text.encode() + b"\0")
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:32]
