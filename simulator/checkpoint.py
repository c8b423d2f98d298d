# SPDX-License-Identifier: MIT
"""Saves an equilibrium's state so that any number of ranks can go on from it.

Displacements are stored in the order of ``simulator.nodes``, contact histories in
the order of facets, both independent of how the mesh is distributed. Files appear
whole or not at all.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.equilibrium import Equilibrium
from simulator.nodes import NodeOrder
from simulator.segments import Poses
from simulator.viscous import ViscousState

Array = NDArray[np.float64]
MARK = b"solespine checkpoint 3\n"
"""First bytes of a file of this format; a digest and the content that it is of follow."""


@dataclass(frozen=True, slots=True)
class SavedState:
    """State of an equilibrium in rank-independent order (rank 0 holds the arrays)."""

    u: Array | None
    poses: Poses
    extra: Array
    contact: tuple[Any, ...]
    history: ViscousState | None = None


def global_state(equilibrium: Equilibrium, nodes: NodeOrder) -> SavedState:
    """Collect the committed state; collective."""
    u = nodes.gather(equilibrium.u.x.array.reshape(-1, 3)[: nodes.owned])
    contact = tuple(term.state_global() for term in equilibrium.contacts)
    viscous = equilibrium.solid.history
    history = None if viscous is None else viscous.state_global(nodes)
    return SavedState(u, equilibrium.poses, equilibrium.extra.copy(), contact, history)


def set_global_state(equilibrium: Equilibrium, nodes: NodeOrder, saved: SavedState | None) -> None:
    """Put a saved state back; collective, ``saved`` is read on rank 0."""
    comm = equilibrium.comm
    on_root = comm.rank == 0
    assert saved is not None or not on_root
    values = nodes.scatter(saved.u if saved is not None else None)
    equilibrium.poses, equilibrium.extra = comm.bcast((saved.poses, saved.extra) if saved else None)
    equilibrium.u.x.array.reshape(-1, 3)[: nodes.owned] = values
    equilibrium.u.x.scatter_forward()
    for i, term in enumerate(equilibrium.contacts):
        term.restore_global(saved.contact[i] if saved is not None else None)
    if equilibrium.solid.history is not None:
        equilibrium.solid.history.restore_global(nodes, saved.history if saved else None)


def write_checkpoint(path: Path, content: Any) -> None:
    """Write ``content`` to ``path`` by rename; on rank 0 only.

    Raises:
        OSError: It cannot be written; an older one stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    data = pickle.dumps(content, protocol=5)
    try:
        with beside.open("wb") as stream:
            for part in (MARK, sha256(data).digest(), data):
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def read_checkpoint(path: Path) -> Any | None:
    """Read a checkpoint, or ``None`` where there is none that is whole and of this version."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    start = len(MARK) + sha256().digest_size
    if raw[:start] != MARK + sha256(raw[start:]).digest():
        return None
    try:
        return pickle.loads(raw[start:])  # our own file in the user's own folder
    except (AttributeError, ImportError, TypeError, pickle.UnpicklingError):
        return None  # what was saved has other names or parts by now
