# SPDX-License-Identifier: MIT
"""Ground reaction forces from a C3D file, read by ezc3d (an optional package).

ezc3d gives force and moment about the middle of each plate's surface in the laboratory's axes,
for plates of type 1 to 4. Axes, walking direction and sides are found out (`plates`,
`plate_sides`), since a C3D file names none of them.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.errors import GaitError
from scenarios.gait.forces import GroundForces, sided
from scenarios.gait.plate_sides import KEY, foot_markers, plate_shares
from scenarios.gait.plates import Laboratory, Plate, combined, forwards, upright

Array = NDArray[np.float64]

INSTALL = (
    "the package ezc3d: pip install 'solespine[c3d]', or conda install -c conda-forge ezc3d; or "
    "export the forces to .mot or .csv"
)
FORCE = {"n": 1.0, "newton": 1.0, "newtons": 1.0, "kn": 1000.0}
MOMENT = {
    f"n{dot}{unit}": f for dot in ("", ".", "*", "-") for unit, f in (("mm", 1.0), ("m", 1e3))
}
LENGTH = {"mm": 1.0, "m": 1000.0, "cm": 10.0}
"""Units and their factors to N, Nmm and mm."""
LARGEST_LAB_MM = 50_000.0
CHILD_S = 120.0
"""Longest time that reading may take."""
_MAGIC = 0x50
_BLOCK = 512


def c3d_forces(
    path: Path, side: str, body_mass_kg: float, plate_sides: Sequence[str] | None
) -> GroundForces:
    """Forces of both feet from a C3D file.

    Args:
        path: the file.
        side: the analysed foot; left data are mirrored.
        body_mass_kg: of the subject.
        plate_sides: foot on each plate, or None to find it out.

    Raises:
        GaitError: no such file, no C3D, cut off, no force plates, no contact, units that are
            not known, or no plate of that side.
    """
    lab = upright(read_laboratory(path))
    names = foot_markers(tuple(lab.markers_mm))
    lab = forwards(lab, [*names["right"], *names["left"]])
    shares, how = plate_shares(lab, plate_sides)
    other = "left" if side == "right" else "right"
    if not any(mine.any() for mine in shares[side]):
        raise GaitError(
            str(path),
            f"force plate of the {side} foot",
            f"not in the file: {how}",
            allowed=f"a plate that the {side} foot steps on; {KEY} says which it is",
        )
    has_other = any(mine.any() for mine in shares[other])
    mirror = side == "left"
    return GroundForces(
        file=str(path),
        foot=sided(combined(lab, shares[side]), mirror),
        other=sided(combined(lab, shares[other]), mirror) if has_other else None,
        labels=(_named(lab, shares[side]), _named(lab, shares[other])),
        names=("{0}, force {1}", "{0}, centre of pressure {1}"),
        point_unit="mm",
        forwards=True,
        notes=(f"{path}: {'; '.join((*lab.notes, how))}",),
    )


def _named(lab: Laboratory, shares: Sequence[NDArray[np.bool_]]) -> str:
    return " and ".join(
        plate.name for plate, mine in zip(lab.plates, shares, strict=True) if mine.any()
    )


def read_laboratory(path: Path) -> Laboratory:
    """Plates and markers as they stand in the file, in N and mm.

    Raises:
        GaitError: see `c3d_forces`.
    """
    _check_file(path)
    try:
        import ezc3d
    except ImportError:
        raise GaitError(path, "", "C3D files cannot be read here", allowed=INSTALL) from None
    _try_in_a_child(path)
    try:
        data = ezc3d.c3d(str(path), extract_forceplat_data=True)
    except Exception as error:  # what a C++ library throws at a broken file
        if "FORCE_PLATFORM" in str(error).upper():
            raise _no_plates(path) from None
        raise GaitError(path, "", f"cannot be read as C3D: {error}", allowed="a C3D file") from None
    parameters = data["parameters"]
    platforms = data["data"]["platform"]
    if not platforms:
        raise _no_plates(path)
    rate_hz = float(data["header"]["analogs"]["frame_rate"])
    point_hz = float(data["header"]["points"]["frame_rate"])
    if not rate_hz > 0.0:
        raise GaitError(path, "ANALOG:RATE", f"{rate_hz:g} Hz", allowed="a rate above zero")
    start_s = float(data["header"]["points"]["first_frame"]) / point_hz if point_hz > 0 else 0.0
    plates = tuple(_plate(path, i, p, parameters) for i, p in enumerate(platforms))
    count = len(plates[0].force_n)
    markers = _markers(path, parameters, np.asarray(data["data"]["points"], dtype=float))
    frames = data["data"]["points"].shape[2]
    return Laboratory(
        file=str(path),
        time_s=start_s + np.arange(count) / rate_hz,
        plates=plates,
        marker_time_s=start_s + np.arange(frames) / point_hz if point_hz > 0 else np.zeros(0),
        markers_mm=markers,
    )


def _try_in_a_child(path: Path) -> None:
    """Let another process read the file first: the library may fall over a broken one.

    Raises:
        GaitError: that process was ended by a signal, or by its time limit.
    """
    code = (
        "import sys, ezc3d\n"
        "try: ezc3d.c3d(sys.argv[1], extract_forceplat_data=True)\n"
        "except Exception: pass"
    )
    try:
        ended = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=CHILD_S,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        ended = -1
    except OSError:  # no process to be had: the file is read without that
        return
    if ended < 0:
        raise GaitError(path, "", "cannot be read as C3D: it is broken", allowed="a C3D file")


def _no_plates(path: Path) -> GaitError:
    return GaitError(
        path,
        "FORCE_PLATFORM",
        "no force platforms in this file",
        allowed="a C3D file with force platforms, or their forces as .mot or .csv",
    )


def _plate(
    path: Path, index: int, platform: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Plate:
    name = f"force plate {index + 1}"

    def factor(what: str, said: str, units: Mapping[str, float]) -> float:
        if said.lower() not in units:
            raise GaitError(
                path,
                f"{name}, unit of {what}",
                f"'{said}'" if said else "is not given",
                allowed=", ".join(units),
                suggestion=nearest(said.lower(), units),
            )
        return units[said.lower()]

    of_force, of_moment = _channel_units(parameters, index)
    length = factor("place", str(platform["unit_position"]).strip(), LENGTH)
    to_n = factor("force", of_force or str(platform["unit_force"]).strip(), FORCE)
    to_nmm = factor("moment", of_moment or str(platform["unit_moment"]).strip(), MOMENT)
    corners = length * np.asarray(platform["corners"], dtype=float)
    raw = np.asarray(platform["force"], dtype=float).T
    force = to_n * raw
    # The library moves the moment from the transducers to the surface in the file's numbers,
    # which only goes with moments in its unit of force times its unit of place.
    origin = _axes(corners) @ np.asarray(platform["origin"], dtype=float)
    at_transducers = np.asarray(platform["moment"], dtype=float).T - np.cross(raw, origin)
    moment = to_nmm * at_transducers + np.cross(force, length * origin)
    wrong = ~np.isfinite(np.hstack([force, moment]))
    if wrong.any():
        row = int(np.argwhere(wrong)[0][0])
        raise GaitError(path, name, f"sample {row + 1} is no number", allowed="finite numbers")
    size = float(np.linalg.norm(corners[:, 0] - corners[:, 2]))
    if not 100.0 < size < LARGEST_LAB_MM / 10.0 or not np.abs(corners).max() < LARGEST_LAB_MM:
        raise GaitError(
            path,
            f"{name}, corners",
            f"a diagonal of {size:.4g} mm",
            allowed="a plate of 0.1 to 5 m; corners in the unit that POINT:UNITS says",
        )
    return Plate(name, force, moment, corners.mean(axis=1))


def _axes(corners: Array) -> Array:
    """Axes of a plate in the laboratory as columns, from its corners (3, 4) as C3D counts them."""
    x = corners[:, 0] + corners[:, 3] - corners[:, 1] - corners[:, 2]
    y = corners[:, 0] + corners[:, 1] - corners[:, 2] - corners[:, 3]
    z = np.cross(x, y)
    axes = np.stack([x, np.cross(z, x), z], axis=1)
    return np.asarray(axes / np.maximum(np.linalg.norm(axes, axis=0), 1e-12))


def _channel_units(parameters: Mapping[str, Any], index: int) -> tuple[str, str]:
    """Units of a plate's force and moment channels; empty where the file does not say them.

    Only plates of type 2 have such channels; others have volts, or several forces.
    """
    try:
        platform = parameters["FORCE_PLATFORM"]
        kind = int(np.ravel(platform["TYPE"]["value"])[index])
        channels = np.asarray(platform["CHANNEL"]["value"])[:, index]
        units = [str(unit).strip() for unit in parameters["ANALOG"]["UNITS"]["value"]]
        found = [units[int(channels[i]) - 1] for i in (0, 3)]
    except (KeyError, IndexError, ValueError):
        return "", ""
    if kind != 2:
        return "", ""
    return found[0], found[1]


def _markers(path: Path, parameters: Mapping[str, Any], points: Array) -> dict[str, Array]:
    """Markers of the feet in mm by name; a marker that is not seen is NaN."""
    labels = [str(name) for name in parameters["POINT"]["LABELS"]["value"]]
    wanted = {name for names in foot_markers(labels).values() for name in names}
    if not wanted:
        return {}
    said = [str(unit).strip() for unit in parameters["POINT"].get("UNITS", {}).get("value", [])]
    unit = said[0].lower() if said else ""
    if unit not in LENGTH:
        raise GaitError(
            path, "POINT:UNITS", f"'{unit}'" if unit else "is not given", allowed=", ".join(LENGTH)
        )
    found = {}
    for i, name in enumerate(labels):
        if name in wanted and i < points.shape[1]:
            place = LENGTH[unit] * points[:3, i].T
            place[(place == 0.0).all(axis=1)] = np.nan
            found[name] = place
    return found


def _check_file(path: Path) -> None:
    """Refuse what is no C3D file or a part of one, before a library gets it."""
    try:
        if not path.is_file():
            beside = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
            raise GaitError(path, "", "file not found", suggestion=nearest(path.name, beside))
        with path.open("rb") as file:
            head = file.read(_BLOCK)
            size = file.seek(0, 2)
            if len(head) < _BLOCK or head[1] != _MAGIC:
                raise GaitError(
                    path, "", "is no C3D file", allowed="C3D; OpenSim .mot and .csv by their names"
                )
            start = _BLOCK * (max(head[0], 1) - 1)
            file.seek(start)
            parameters = file.read(4)
    except OSError as error:
        raise GaitError(path, "", f"cannot be read: {error.strerror}") from None
    # Words of the header: 2 points, 3 analog samples a frame, 4 and 5 frames, 9 block of the data.
    order = ">" if parameters[3:4] == b"\x56" else "<"
    points, analog, first, last = struct.unpack(f"{order}4H", head[2:10])
    scale = struct.unpack(f"{order}f", head[12:16])[0]
    block = struct.unpack(f"{order}H", head[16:18])[0]
    width = 4 if scale < 0.0 else 2
    wanted = _BLOCK * max(block - 1, 0) + width * (last - first + 1) * (4 * points + analog)
    if last >= first and last < 65535 and size < wanted:
        raise GaitError(
            path,
            "",
            f"{size} bytes, its header speaks of {wanted}: cut off",
            allowed="a whole file",
        )
