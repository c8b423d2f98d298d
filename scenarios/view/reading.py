# SPDX-License-Identifier: MIT
"""Field files read when they are needed, made into what is drawn, the last few kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import ScenarioError
from scenarios.fields import UNREADABLE, BodyFile, read_body
from scenarios.figures.solids import surface, to_pyvista
from scenarios.view.names import DISPLACEMENT, REGION, SEGMENT
from simulator.results import Body

if TYPE_CHECKING:
    from scenarios.view.result import Instant, ViewResult

Array = NDArray[np.float64]

KEPT = 1 << 29
"""Bytes of drawn bodies that are kept; a standard walk of 19 instants takes about 600 MB."""
DEFORMATION = "deformation_mm"
"""Displacement without the body's motion as a rigid one, added to what is read."""
CREASE_DEG = 40.0
"""Faces that meet at more than this are shaded apart."""
_RIGID_WITH = {"foot_bones": "foot_tissue"}
"""Bones that lie in a deformable body: their motion inside it is magnified with it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One body at one instant, ready to be drawn.

    Attributes:
        name: of the body.
        grid: PyVista grid: all nodes with point data (cell data averaged to them too), and
            cell data as stored; `DEFORMATION` where displacements are.
        skin: outer surface with the same data and normals.
        solid: whether it is filled by cells; bones are surfaces.
    """

    name: str
    grid: Any
    skin: Any
    solid: bool


class Reader:
    """Reads the instants of one result and keeps what was drawn last.

    Args:
        result: where to read.
        kept: bytes that may be kept.
    """

    def __init__(self, result: ViewResult, kept: int = KEPT) -> None:
        self.result = result
        self._kept = kept
        self._store: OrderedDict[float, tuple[int, dict[str, Drawn]]] = OrderedDict()

    def __len__(self) -> int:
        """Instants that are kept now."""
        return len(self._store)

    def bodies(self, instant: Instant) -> dict[str, Drawn]:
        """All bodies at an instant, by name.

        Raises:
            ScenarioError: a file that cannot be read.
        """
        found = self._store.pop(instant.percent, None)
        if found is None:
            read = {name: read_whole(file) for name, file in instant.files.items()}
            drawn = {name: _drawn(body, read) for name, body in read.items()}
            size = 1024 * sum(
                b.grid.actual_memory_size + b.skin.actual_memory_size for b in drawn.values()
            )
            found = (size, drawn)
        self._store[instant.percent] = found
        while len(self._store) > 1 and sum(size for size, _ in self._store.values()) > self._kept:
            self._store.popitem(last=False)
        return found[1]


def read_whole(file: BodyFile) -> Body:
    """Read one field file.

    Raises:
        ScenarioError: it is not there, or not whole.
    """
    try:
        return read_body(file)
    except OSError as error:
        raise ScenarioError(
            str(file.path), "", f"cannot be read: {error.strerror or error}"
        ) from None
    except UNREADABLE as error:
        raise ScenarioError(
            str(file.path), "", f"is no whole field file ({type(error).__name__}: {error})"
        ) from None


def rigid_motion(reference: Array, now: Array) -> Array:
    """Points moved as one rigid body so as to be nearest to where they are.

    Args:
        reference: (n, 3), mm.
        now: (n, 3), mm.

    Returns:
        Rotation and shift as a (3, 4) matrix, from the reference to now.
    """
    a, b = reference.mean(axis=0), now.mean(axis=0)
    u, _, vt = np.linalg.svd((now - b).T @ (reference - a))
    # The third direction is turned over where the best orthogonal map is a reflection.
    sign = np.sign(np.linalg.det(u @ vt))
    rotation = u @ np.diag([1.0, 1.0, sign]) @ vt
    return np.column_stack([rotation, b - rotation @ a])


def _drawn(body: Body, read: dict[str, Body]) -> Drawn:
    grid = to_pyvista(body)
    shift = _deformation(body, read)
    if shift is not None:
        grid.point_data[DEFORMATION] = shift.astype(np.float32)
    averaged = [name for name in grid.cell_data if name not in (REGION, SEGMENT)]
    if averaged:
        means = grid.cell_data_to_point_data()
        for name in averaged:
            grid.point_data[name] = np.asarray(means.point_data[name], dtype=np.float32)
    return Drawn(body.name, grid, shaded(surface(grid)), body.cell_type != "triangle")


def shaded(skin: Any) -> Any:
    """A surface with normals, split at its creases."""
    return skin.compute_normals(
        cell_normals=False, split_vertices=True, feature_angle=CREASE_DEG, auto_orient_normals=False
    )


def _deformation(body: Body, read: dict[str, Body]) -> Array | None:
    """What is left of the displacement without rigid motion; None for rigid bodies."""
    leader = read.get(_RIGID_WITH.get(body.name, ""), body)
    if leader is body and body.cell_type == "triangle":
        return None
    if DISPLACEMENT not in body.point_data or DISPLACEMENT not in leader.point_data:
        return None
    motion = rigid_motion(leader.points_mm - leader.point_data[DISPLACEMENT], leader.points_mm)
    reference = body.points_mm - body.point_data[DISPLACEMENT]
    return body.points_mm - (reference @ motion[:, :3].T + motion[:, 3])


def sampled(instants: Sequence[Instant], most: int) -> list[Instant]:
    """At most so many instants, evenly spread, first and last among them."""
    if len(instants) <= most:
        return list(instants)
    return [instants[i] for i in np.linspace(0, len(instants) - 1, most).round().astype(int)]
