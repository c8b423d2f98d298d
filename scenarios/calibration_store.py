# SPDX-License-Identifier: MIT
"""Calibrations of baselines on disk: in their result folder, and cached by content."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

import numpy as np

from scenarios.foot_loads import Calibration
from scenarios.loading import scenario_data
from scenarios.schema import Insole, Scenario

FILE = "calibration.npz"
_FIELDS = ("percent", "torque_nmm", "angle_rad", "tibia_moment_nmm")
_VERSION = 1


def cache_folder() -> Path:
    """Return ``$XDG_CACHE_HOME/solespine/calibrations``, else the same under ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "solespine" / "calibrations"


def calibration_key(scenario: Scenario, baseline: Insole) -> str:
    """Hash of all that a calibration depends on: everything but the candidate and output."""
    data = scenario_data(scenario)
    for name in ("name", "insole", "baseline", "output", "lumbar"):
        data.pop(name, None)
    table = baseline.model_dump(mode="json", exclude={"calibration_dir"})
    text = json.dumps([_VERSION, data, table], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode())
    for name in ("grf_file", "kinematics_file"):
        path = getattr(scenario.gait, name)
        if path is not None:
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:24]


def write_calibration(path: Path, calibration: Calibration) -> None:
    """Write a calibration by rename; on rank 0 only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.new.npz")
    np.savez(
        beside,
        percent=calibration.percent,
        torque_nmm=calibration.torque_nmm,
        angle_rad=calibration.angle_rad,
        tibia_moment_nmm=calibration.tibia_moment_nmm,
    )
    beside.replace(path)


def read_calibration(path: Path) -> Calibration | None:
    """Read a calibration, or ``None`` where there is none that is whole."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Calibration(*(arrays[name] for name in _FIELDS))
    except (OSError, ValueError, KeyError, EOFError):
        return None


def keep_in_cache(key: str, calibration: Calibration) -> None:
    """Keep a calibration for other candidates; a cache that cannot be written is passed over."""
    with suppress(OSError):
        write_calibration(cache_folder() / f"{key}.npz", calibration)


def from_cache(key: str) -> Calibration | None:
    """Return a cached calibration."""
    return read_calibration(cache_folder() / f"{key}.npz")
