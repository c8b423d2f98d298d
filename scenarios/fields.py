# SPDX-License-Identifier: MIT
"""Field files for ParaView and PyVista: one ``.vtu`` a body and instant, one ``.pvd``.

``fields/solespine.pvd`` lists every file with its time, so that ParaView plays
the whole chain over stance; each ``.vtu`` opens alone as well. Geometry is the
deformed one in the world frame, in mm; subtracting ``displacement_mm`` gives the
unloaded reference (for the foot: the foot frame). Names of data carry the unit.
Call on one rank only, with bodies already gathered.
"""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import meshio
import numpy as np

from simulator.results import Body

COLLECTION = "solespine.pvd"
NODES_PER_CELL = {"triangle": 3, "tetra": 4, "tetra10": 10, "hexahedron": 8, "hexahedron27": 27}
"""Cell types that are written, with VTK's node order, and their numbers of nodes."""

UNREADABLE = (
    *(OSError, meshio.ReadError, ElementTree.ParseError, zlib.error, struct.error),
    *(ValueError, KeyError, IndexError, TypeError, AssertionError),
)
"""What `read_body` raises for a file that is torn or damaged."""

_FILE_NAME = re.compile(r"(?P<body>.+)_(?P<percent>\d+\.\d+)\.vtu")


@dataclass(frozen=True, slots=True)
class BodyFile:
    """One entry of the collection: which body, when, and where it is stored."""

    body: str
    percent: float
    time_s: float
    path: Path


def write_instant(folder: Path, percent: float, time_s: float, bodies: Sequence[Body]) -> None:
    """Write all bodies of one output instant and list them in the collection.

    An instant that is already listed is replaced. The collection is swapped in
    one step after the files, so that it never names a file that is not whole.

    Args:
        folder: the ``fields`` folder (made when absent).
        percent: instant, per cent of stance (part of the file names).
        time_s: its time, the time that ParaView shows.
        bodies: deformed bodies with point and cell data.

    Raises:
        ValueError: unknown cell type, cells or data of another shape, or two
            bodies of one name.
    """
    names = [body.name for body in bodies]
    if len(set(names)) != len(names):
        raise ValueError(f"two bodies of one name among {names}")
    for body in bodies:
        _check(body)
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        BodyFile(body.name, percent, time_s, folder / f"{body.name}_{percent:06.2f}.vtu")
        for body in bodies
    ]
    for body, entry in zip(bodies, entries, strict=True):
        _write_body(entry.path, body)
    fresh = {entry.path.name for entry in entries}
    kept = [entry for entry in read_collection(folder) if entry.path.name not in fresh]
    _write_collection(folder, [*kept, *entries])


def read_collection(folder: Path) -> tuple[BodyFile, ...]:
    """Entries of the collection in ``folder`` by time; empty without a collection."""
    path = folder / COLLECTION
    if not path.exists():
        return ()
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None
    entries = []
    for item in root.iter("DataSet"):
        match = _FILE_NAME.fullmatch(item.attrib["file"])
        if match is not None:
            percent = float(match["percent"])
            time_s = float(item.attrib["timestep"])
            entries.append(BodyFile(match["body"], percent, time_s, folder / match[0]))
    return tuple(entries)


def keep_until(folder: Path, percent: float) -> None:
    """Unlist and remove what lies after ``percent`` (a resumed run writes it again)."""
    entries = read_collection(folder)
    kept = [entry for entry in entries if entry.percent <= percent + 1e-9]
    if len(kept) < len(entries):
        _write_collection(folder, kept)
        for entry in set(entries) - set(kept):
            entry.path.unlink(missing_ok=True)


def read_body(entry: BodyFile) -> Body:
    """Read one body back (single precision as stored, widened)."""
    mesh = meshio.vtu.read(entry.path)  # the general reader ends the process on a torn file
    block = mesh.cells[0]
    return Body(
        name=entry.body,
        points_mm=np.asarray(mesh.points, dtype=np.float64),
        cells=np.asarray(block.data, dtype=np.int64),
        cell_type=block.type,
        point_data={k: np.asarray(v, dtype=np.float64) for k, v in mesh.point_data.items()},
        cell_data={k: np.asarray(v[0], dtype=np.float64) for k, v in mesh.cell_data.items()},
    )


def _check(body: Body) -> None:
    nodes = NODES_PER_CELL.get(body.cell_type)
    if nodes is None:
        raise ValueError(f"{body.name}: cell type {body.cell_type} is none of {[*NODES_PER_CELL]}")
    if body.points_mm.ndim != 2 or body.points_mm.shape[1] != 3:
        raise ValueError(f"{body.name}: points have shape {body.points_mm.shape}, not (n, 3)")
    if body.cells.ndim != 2 or body.cells.shape[1] != nodes:
        raise ValueError(f"{body.name}: cells have shape {body.cells.shape}, not (m, {nodes})")
    sized = [(k, v, len(body.points_mm)) for k, v in body.point_data.items()]
    sized += [(k, v, len(body.cells)) for k, v in body.cell_data.items()]
    for name, values, count in sized:
        if len(values) != count:
            raise ValueError(f"{body.name}: {name} has {len(values)} values, not {count}")


def _write_body(path: Path, body: Body) -> None:
    """Single precision and compressed: a coarse walk of 21 instants stays near 20 MB."""
    mesh = meshio.Mesh(
        np.asarray(body.points_mm, dtype=np.float32),
        [(body.cell_type, np.asarray(body.cells, dtype=np.int32))],
        point_data={k: _single(v) for k, v in body.point_data.items()},
        cell_data={k: [_single(v)] for k, v in body.cell_data.items()},
    )
    partial = path.with_suffix(".part.vtu")
    mesh.write(partial, file_format="vtu")
    partial.replace(path)


def _single(values: np.ndarray) -> np.ndarray:
    array = np.asarray(values)
    kind = np.int32 if np.issubdtype(array.dtype, np.integer) else np.float32
    return np.ascontiguousarray(array, dtype=kind)


def _write_collection(folder: Path, entries: Sequence[BodyFile]) -> None:
    root = ElementTree.Element(
        "VTKFile", type="Collection", version="0.1", byte_order="LittleEndian"
    )
    listing = ElementTree.SubElement(root, "Collection")
    order = sorted(entries, key=lambda entry: (entry.percent, entry.body))
    parts = {body: str(i) for i, body in enumerate(sorted({entry.body for entry in entries}))}
    for entry in order:
        ElementTree.SubElement(
            listing,
            "DataSet",
            timestep=repr(float(entry.time_s)),
            group=entry.body,
            part=parts[entry.body],
            file=entry.path.name,
        )
    ElementTree.indent(root)
    partial = folder / (COLLECTION + ".part")
    ElementTree.ElementTree(root).write(partial, encoding="utf-8", xml_declaration=True)
    partial.replace(folder / COLLECTION)
