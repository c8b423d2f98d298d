# SPDX-License-Identifier: MIT
"""Calibrations of baselines on disk: in their result folder, and cached by content."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from scenarios.foot_loads import Calibration

FILE = "calibration.npz"
FOLDER_VARIABLE = "SOLESPINE_CALIBRATIONS"
BROKEN_ARCHIVE = (BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What `zipfile` raises of a file that is damaged."""
_FIELDS = ("percent", "torque_nmm", "angle_rad", "tibia_moment_nmm")
_POSTURE = "posture"


def cache_folder() -> Path:
    """Return ``$SOLESPINE_CALIBRATIONS``, else ``solespine/calibrations`` in the user's cache."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "solespine" / "calibrations"


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration by rename; on rank 0 only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new.npz")
    arrays = {name: getattr(calibration, name) for name in (*_FIELDS, _POSTURE)}
    np.savez(beside, **{name: array for name, array in arrays.items() if array is not None})
    beside.replace(path)


def read_calibration(path: Path) -> Calibration | None:
    """Read a calibration, or ``None`` where there is none that is whole."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            posture = arrays[_POSTURE] if _POSTURE in arrays else None
            percent, torque, angle, moment = (arrays[name] for name in _FIELDS)
            return Calibration(percent, torque, angle, moment, posture)
    except (OSError, ValueError, KeyError, EOFError, TypeError, *BROKEN_ARCHIVE):
        return None


def missing_instants(calibration: Calibration, instants: Sequence[float]) -> tuple[float, ...]:
    """Output instants that a calibration did not solve.

    Between its own instants a calibration is interpolated, outside them it would be frozen:
    a candidate must ask for none of the second and loses accuracy by the first.
    """
    return tuple(p for p in instants if not np.any(np.abs(calibration.percent - p) < 1e-6))


def keep_in_cache(key: str, calibration: Calibration) -> None:
    """Keep a calibration for other candidates; a cache that cannot be written is passed over."""
    with suppress(OSError):
        write_calibration(cache_folder() / f"{key}.npz", calibration)


def from_cache(key: str, instants: Sequence[float]) -> Calibration | None:
    """Return a cached calibration of these instants, ``None`` where there is none."""
    found = read_calibration(cache_folder() / f"{key}.npz")
    return None if found is None or missing_instants(found, instants) else found
