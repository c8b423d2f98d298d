# SPDX-License-Identifier: MIT
"""Scan files: read by VTK, with what VTK would pass over in silence refused first."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import warnings
from pathlib import Path

import numpy as np

from meshes.errors import MeshError
from meshes.scan.surface import ScanSurface, from_polydata
from meshes.tagged import FloatArray, IntArray

FORMATS = ("stl", "ply", "obj", "vtp", "vtk", "off")
FEWEST_TRIANGLES = 200
_ALLOWED = f"a surface of triangles: {', '.join(FORMATS)}"
_PLY_BYTES = {
    **dict.fromkeys(("char", "uchar", "int8", "uint8"), 1),
    **dict.fromkeys(("short", "ushort", "int16", "uint16"), 2),
    **dict.fromkeys(("int", "uint", "int32", "uint32", "float", "float32"), 4),
    **dict.fromkeys(("double", "float64"), 8),
}


def read_scan(path: Path) -> ScanSurface:
    """Read a surface of triangles; polygons are cut into triangles.

    Args:
        path: file whose ending is one of `FORMATS`.

    Raises:
        MeshError: ``scan_file``, with what was found in the file.
    """
    kind = path.suffix.lower().lstrip(".")
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise _refused(f"{path.name} cannot be read: {error.strerror}") from None
    if kind not in FORMATS:
        raise _refused(f"{path.name} is of no known kind of mesh file")
    if size == 0:
        raise _refused(f"{path.name} is empty")
    {"ply": _check_ply, "stl": _check_stl}.get(kind, _check_nothing)(path, head, size)
    points, triangles = _off(path) if kind == "off" else _by_vtk(path)
    return _cleaned(path, points, triangles)


def _by_vtk(path: Path) -> tuple[FloatArray, IntArray]:
    import pyvista

    quiet = logging.root.manager.disable
    logging.disable(logging.CRITICAL)  # PyVista logs what VTK says; here it becomes the message
    try:
        with warnings.catch_warnings(), pyvista.vtk_verbosity("off"):
            warnings.simplefilter("ignore")
            with pyvista.VtkErrorCatcher(send_to_logging=False) as caught:
                mesh = pyvista.read(path)
        if not isinstance(mesh, pyvista.PolyData):
            mesh = mesh.extract_surface(algorithm="dataset_surface")
        mesh = mesh.triangulate()
        surface = from_polydata(mesh) if mesh.n_cells else None
    except Exception as error:  # VTK and PyVista raise many kinds
        said = re.sub(r"\s+", " ", str(error)).strip()
        raise _refused(f"{path.name} cannot be understood: {said[:120]}") from None
    finally:
        logging.disable(quiet)
    if caught.error_events:
        said = re.sub(r"\s+", " ", str(caught.error_events[0].alert)).strip()
        raise _refused(f"{path.name} cannot be understood: {said[:120]}")
    if surface is None:
        raise _refused(f"{path.name} holds no triangle that can be read: no mesh, or cut short?")
    return surface.points, surface.triangles


def _off(path: Path) -> tuple[FloatArray, IntArray]:
    import meshio

    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            mesh = meshio.read(path)
        points, triangles = mesh.points, mesh.cells_dict["triangle"]
    except (meshio.ReadError, KeyError, ValueError, IndexError, SystemExit, OSError):
        raise _refused(f"{path.name} cannot be understood as an OFF file") from None
    return np.asarray(points, dtype=np.float64), np.asarray(triangles, dtype=np.int64)


def _cleaned(path: Path, points: FloatArray, triangles: IntArray) -> ScanSurface:
    """Merge equal points, drop triangles with repeated, absent or endless corners."""
    if len(triangles) and (triangles.min() < 0 or triangles.max() >= len(points)):
        raise _refused(f"{path.name} has triangles of points that are not there")
    whole = np.asarray(np.isfinite(points).all(axis=1))
    low = np.where(whole[:, None], points, 0.0).min(axis=0)
    extent = float(np.ptp(points[whole], axis=0).max()) if whole.any() else 0.0
    if extent == 0.0:
        raise _refused(f"{path.name} holds {len(points)} points and no extent")
    keys = np.round((np.where(whole[:, None], points, low) - low) / (1e-6 * extent)).astype(
        np.int64
    )
    code = (keys[:, 0] * 2_000_003 + keys[:, 1]) * 2_000_003 + keys[:, 2]
    _, first, again = np.unique(code, return_index=True, return_inverse=True)
    corners = np.asarray(again).reshape(-1)[triangles]
    kept = np.asarray(whole[triangles].all(axis=1))
    for one, two in ((0, 1), (1, 2), (2, 0)):
        kept &= corners[:, one] != corners[:, two]
    surface = ScanSurface(points[first], corners[kept].astype(np.int64))
    if len(surface.triangles) < FEWEST_TRIANGLES:
        raise _refused(
            f"{path.name} holds {len(surface.points)} points and {len(surface.triangles)} triangles"
        )
    return surface


def _check_nothing(path: Path, head: bytes, size: int) -> None:
    """Formats whose readers say themselves what is wrong."""


def _check_stl(path: Path, head: bytes, size: int) -> None:
    count = int.from_bytes(head[80:84], "little") if len(head) >= 84 else -1
    if size == 84 + 50 * count:
        return
    if not head.lstrip().lower().startswith(b"solid"):
        if 50 * count > 20 * size:
            raise _refused(f"{path.name} is no STL file")
        expected = (
            f"{84 + 50 * count} bytes for its {count} triangles" if count >= 0 else "a header"
        )
        raise _refused(f"{path.name} has {size} bytes where STL has {expected}: cut short?")
    if b"facet" not in head and b"endsolid" not in head:
        raise _refused(f"{path.name} begins like an STL file and holds no facet")
    with path.open("rb") as stream:
        stream.seek(max(0, size - 400))
        if b"endsolid" not in stream.read().lower():
            raise _refused(f"{path.name} ends before its endsolid: cut short?")


def _check_ply(path: Path, head: bytes, size: int) -> None:
    end = head.find(b"end_header")
    if not head.startswith(b"ply") or end < 0:
        raise _refused(f"{path.name} has no header of a PLY file")
    lines = head[:end].decode("ascii", "replace").split("\n")
    binary = any(line.startswith("format binary") for line in lines)
    least, count, name = head.find(b"\n", end) + 1, 0, ""
    for words in (line.split() for line in lines):
        if words[:1] == ["element"] and len(words) == 3 and words[2].isdigit():
            name, count = words[1], int(words[2])
        elif words[:1] == ["property"] and len(words) >= 3:
            if words[1] == "list" and len(words) == 5:
                corners = 3 if name == "face" and "vert" in words[4] else 0
                each = _PLY_BYTES.get(words[2], 0) + corners * _PLY_BYTES.get(words[3], 0)
            else:
                each = _PLY_BYTES.get(words[1], 0)
            least += count * (each if binary else 2)
    if not binary:
        _count_lines(path, end, lines)
    if size < least:
        raise _refused(
            f"{path.name} has {size} bytes where its header promises at least {least}: cut short?"
        )


def _count_lines(path: Path, start: int, header: list[str]) -> None:
    wanted = sum(int(line.split()[2]) for line in header if line.startswith("element "))
    with path.open("rb") as stream:
        stream.seek(start)
        found = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
    if found < wanted:
        raise _refused(
            f"{path.name} has {found} lines where its header promises {wanted}: cut short?"
        )


def _refused(problem: str) -> MeshError:
    return MeshError("scan_file", problem, _ALLOWED)
