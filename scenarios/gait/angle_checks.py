# SPDX-License-Identifier: MIT
"""Whether a column of angles can be what its label and the header say: unit, motion, sign.

A file whose angles are of another unit or sign than it says gives a posture that no
one walks in, and every number after it is wrong without a trace. What can be told from
the numbers alone is told here, by column.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.errors import GaitError
from scenarios.gait.storage import Storage

Array = NDArray[np.float64]

NOT_MEASURED_DEG = 0.01
"""A column whose range is below this was locked, not measured."""
HYPEREXTENSION_DEG = 20.0
"""Largest hyperextension of a knee that walks (engineering default; a straight knee has 0 to 5)."""
PLAIN_FLEXION_DEG = 30.0
"""Flexion above which the sense of a knee is plain (engineering default): swing bends it by 60
to 75 degrees, and none extends so far beyond straight."""
STANDING_KNEE_DEG = 5.0
"""Median hyperextension over a record above which the sign is in doubt (engineering default)."""

_RANGES_DEG = {
    "knee_angle": (10.0, 170.0),
    "hip_flexion": (2.0, 150.0),
    "hip_adduction": (0.5, 90.0),
    "hip_rotation": (0.5, 120.0),
    "ankle_angle": (1.0, 120.0),
    "subtalar_angle": (0.5, 90.0),
    "pelvis_tilt": (0.5, 90.0),
    "pelvis_list": (0.5, 90.0),
    "pelvis_rotation": (0.5, 360.0),
    "lumbar_extension": (0.5, 90.0),
    "lumbar_bending": (0.5, 90.0),
    "lumbar_rotation": (0.5, 120.0),
}
"""Least and largest range over a walking record (engineering defaults). The least lies below
what a stiff joint or a girdle does in degrees and above what any does in radians."""


def measured(values: Array) -> bool:
    """Whether an angle column (degrees) varies as a measured one does."""
    return bool(np.ptp(values) > NOT_MEASURED_DEG)


def degrees_factor(storage: Storage) -> float:
    """What the header says that a value must be multiplied with to be in degrees."""
    return float(np.degrees(1.0)) if storage.in_degrees is False else 1.0


def require_motion(storage: Storage, label: str, values: Array) -> None:
    """Refuse a constant column of an angle that has no substitute.

    Args:
        storage: file contents, for the message.
        label: of the column.
        values: degrees, shape (n,).

    Raises:
        GaitError: constant within `NOT_MEASURED_DEG`.
    """
    if not measured(values):
        raise GaitError(
            storage.file,
            label,
            f"is constant ({np.median(values):.4g} degrees), so it was not measured",
            allowed="a measured angle; only subtalar_angle, mtp_angle and the three lumbar angles "
            "together may be constant",
        )


def check_unit(storage: Storage, label: str, name: str, values: Array) -> None:
    """Refuse angles whose range says another unit than the header does.

    Args:
        storage: file contents.
        label: of the column.
        name: of the coordinate, without side.
        values: what the header makes of the column, degrees, shape (n,).

    Raises:
        GaitError: radians taken for degrees, degrees for radians, or a jump by a turn.
    """
    least, most = _RANGES_DEG[name]
    extent = float(np.ptp(values))
    if storage.in_degrees is False:
        if extent > most:
            raise GaitError(
                storage.file,
                label,
                f"ranges over {np.radians(extent):.4g} while the header says inDegrees=no",
                allowed=f"radians (up to {np.radians(most):.3g} in walking), or inDegrees=yes",
            )
        return
    turn = 2.0 * np.pi if name == "pelvis_rotation" else np.pi
    if extent < least and float(np.abs(values).max()) < turn:
        said = "inDegrees=yes" if storage.in_degrees else "nothing of inDegrees (so degrees)"
        raise GaitError(
            storage.file,
            label,
            f"ranges over {extent:.3g} only, which looks like radians; the header says {said}",
            allowed=f"degrees (more than {least:g} in walking), or all angles in radians and "
            "inDegrees=no",
        )
    if extent > most:
        raise GaitError(
            storage.file,
            label,
            f"ranges over {extent:.4g} degrees",
            allowed=f"up to {most:g} degrees in walking, without jumps by a whole turn",
        )


def knee_extension(storage: Storage, label: str, values: Array) -> tuple[Array, tuple[str, ...]]:
    """The knee angle with extension positive, whichever way the file counts it.

    gait2392 counts extension positive, the models after Rajagopal 2016 flexion, under
    the same label. A knee that goes far to one side only tells which it is.

    Args:
        storage: file contents, for the message.
        label: of the column.
        values: degrees, shape (n,).

    Returns:
        Degrees, extension positive, and what was turned.

    Raises:
        GaitError: mostly hyperextended, and not plainly of the other sign.
    """
    beyond, bent = float(values.max()), float(-values.min())
    if beyond <= HYPEREXTENSION_DEG and float(np.median(values)) <= STANDING_KNEE_DEG:
        return values, ()
    if beyond > PLAIN_FLEXION_DEG and bent <= HYPEREXTENSION_DEG:
        return -values, (
            f"{label} of {storage.file} counts flexion positive (up to {beyond:.0f} degrees): "
            "its sign was turned",
        )
    raise GaitError(
        storage.file,
        label,
        f"the knee is hyperextended by {beyond:.0f} degrees at most and by {np.median(values):.0f} "
        f"in the middle of its values, flexed by up to {bent:.0f}",
        allowed="extension positive as in gait2392 (flexion negative), hyperextension up to "
        f"{HYPEREXTENSION_DEG:g} degrees",
    )
