# SPDX-License-Identifier: MIT
"""Ground reaction forces by the kind of file; a new kind is a reader and an ending here.

All enter `GroundForces`: N, mm, Nmm, X forward, Y up, Z right, the analysed foot a right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scenarios.gait.c3d import c3d_forces
from scenarios.gait.errors import GaitError
from scenarios.gait.forces import GroundForces, read_forces
from scenarios.gait.grf_csv import csv_forces
from scenarios.gait.storage import Storage, read_storage


def read_ground(
    file: str | Path, side: str, body_mass_kg: float, plate_sides: Sequence[str] | None = None
) -> tuple[GroundForces, Storage | None]:
    """Read the forces of both feet.

    Args:
        file: OpenSim storage, table or C3D file; any other ending is read as storage.
        side: the analysed foot.
        body_mass_kg: of the subject.
        plate_sides: foot on each plate of a C3D file, to overrule what is found out.

    Returns:
        The forces, and the storage file they come from, which may hold joint angles too.

    Raises:
        GaitError: whatever cannot be read or cannot be right.
    """
    ending = Path(file).suffix.lower()
    if plate_sides is not None and ending != ".c3d":
        raise GaitError(
            file,
            "gait.plate_sides",
            "is given, but a file of this kind names the sides itself",
            allowed="leave it out",
        )
    if ending == ".c3d":
        return c3d_forces(Path(file), side, body_mass_kg, plate_sides), None
    if ending == ".csv":
        return csv_forces(str(file), side, body_mass_kg), None
    storage = read_storage(file)
    return read_forces(storage, side), storage
