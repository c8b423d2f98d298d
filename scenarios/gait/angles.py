# SPDX-License-Identifier: MIT
"""Joint angles and foot markers from a storage file, mirrored to a right foot.

Coordinates are those of the OpenSim model gait2392. Of the analysed leg:
``hip_flexion``, ``hip_adduction``, ``hip_rotation`` (internal), ``knee_angle``
(extension positive, so flexion is its negative), ``ankle_angle`` (dorsiflexion),
``subtalar_angle`` (inversion), ``mtp_angle`` (extension). Of the trunk:
``pelvis_tilt`` (positive raises the front), ``pelvis_list`` (positive lowers the
right side), ``pelvis_rotation`` (positive brings the right side forward),
``lumbar_extension``, ``lumbar_bending`` (to the right), ``lumbar_rotation`` (to
the left).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.errors import GaitError
from scenarios.gait.storage import Storage

Array = NDArray[np.float64]

LEG = (
    "hip_flexion",
    "hip_adduction",
    "hip_rotation",
    "knee_angle",
    "ankle_angle",
    "subtalar_angle",
    "mtp_angle",
)
PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")
LUMBAR = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
TRANSLATION = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
REQUIRED = (*PELVIS, *LEG[:5])
FOOT_MARKERS = ("Heel", "Toe.Tip", "Toe.Med", "Toe.Lat")
NOT_MEASURED_DEG = 0.01
"""A column whose range is below this was locked, not measured."""

_MIRRORED = frozenset({"pelvis_list", "pelvis_rotation", "lumbar_bending", "lumbar_rotation"})
_RADIANS_LIMIT = 2.0 * np.pi
_KNEE_RANGE_DEG = 10.0


@dataclass(frozen=True, slots=True)
class JointAngles:
    """Angles of the analysed leg, the other leg and the trunk over a record.

    Attributes:
        file: where they come from.
        time_s: shape (n,).
        leg: degrees by coordinate name without side; locked columns are absent.
        other_leg: the same of the other leg, in its own (mirrored) convention;
            empty where the file has none.
        trunk: degrees by coordinate name, of pelvis and lumbar joint.
        pelvis_mm: origin of the pelvis, shape (n, 3), or ``None``.
        markers_mm: markers of the analysed foot by name without side, (n, 3).
        locked: names of the columns that are constant within 0.01 degrees.
    """

    file: str
    time_s: Array
    leg: Mapping[str, Array]
    other_leg: Mapping[str, Array]
    trunk: Mapping[str, Array]
    pelvis_mm: Array | None
    markers_mm: Mapping[str, Array]
    locked: tuple[str, ...]


def read_angles(storage: Storage, side: str) -> JointAngles:
    """Take joint angles and foot markers from a storage file.

    Args:
        storage: file contents; force columns beside the angles do no harm.
        side: ``"right"`` or ``"left"``: the analysed foot. Left data are mirrored.

    Raises:
        GaitError: a needed angle is absent, twice there, has gaps, or is not in
            the unit that the header says.
    """
    mark, other_mark = ("r", "l") if side == "right" else ("l", "r")
    needed = [name if name in PELVIS else f"{name}_{mark}" for name in REQUIRED]
    known = {f"{name}_{m}" for name in LEG for m in "rl"} | {*PELVIS, *LUMBAR, *TRANSLATION}
    for label in needed:
        if label not in storage.labels:
            raise GaitError(
                storage.file,
                label,
                "column not found",
                allowed="joint angles of the OpenSim model gait2392: " + ", ".join(needed),
                suggestion=nearest(label, [n for n in storage.labels if n not in known]),
            )
    factor = _to_degrees(storage, f"knee_angle_{mark}")
    mirror = -1.0 if side == "left" else 1.0

    leg = _columns(storage, {name: f"{name}_{mark}" for name in LEG}, factor)
    other = _columns(storage, {name: f"{name}_{other_mark}" for name in LEG}, factor)
    trunk = {
        name: values * (mirror if name in _MIRRORED else 1.0)
        for name, values in _columns(storage, {n: n for n in (*PELVIS, *LUMBAR)}, factor).items()
    }
    locked: list[str] = [
        n for n in ("subtalar_angle", "mtp_angle") if n in leg and not measured(leg[n])
    ]
    if set(LUMBAR) <= set(trunk) and not any(measured(trunk[n]) for n in LUMBAR):
        locked += LUMBAR
    pelvis = None
    if all(label in storage.labels for label in TRANSLATION):
        pelvis = 1000.0 * np.stack([storage.column(label) for label in TRANSLATION], axis=1)
        pelvis *= [1.0, 1.0, mirror]
    return JointAngles(
        file=storage.file,
        time_s=storage.time_s,
        leg={n: v for n, v in leg.items() if n not in locked},
        other_leg=other if set(LEG[:5]) <= set(other) else {},
        trunk={n: v for n, v in trunk.items() if n not in locked},
        pelvis_mm=pelvis,
        markers_mm=_markers(storage, mark, mirror),
        locked=tuple(locked),
    )


def measured(values: Array) -> bool:
    """Whether an angle column (degrees) varies as a measured one does."""
    return bool(np.ptp(values) > NOT_MEASURED_DEG)


def _columns(storage: Storage, labels: Mapping[str, str], factor: float) -> dict[str, Array]:
    return {
        name: factor * storage.column(label)
        for name, label in labels.items()
        if label in storage.labels
    }


def _to_degrees(storage: Storage, knee: str) -> float:
    """Factor to degrees, from the header, checked on the range of the knee."""
    values = storage.column(knee)
    extent, largest = float(np.ptp(values)), float(np.abs(values).max())
    if storage.in_degrees is False:
        if largest > _RADIANS_LIMIT:
            raise GaitError(
                storage.file,
                knee,
                f"reaches {largest:.4g} while the header says inDegrees=no",
                allowed="radians, or inDegrees=yes",
            )
        return float(np.degrees(1.0))
    if extent < _KNEE_RANGE_DEG and largest < np.pi:
        said = "inDegrees=yes" if storage.in_degrees else "nothing of inDegrees (so degrees)"
        raise GaitError(
            storage.file,
            knee,
            f"ranges over {extent:.3g} only, which looks like radians; the header says {said}",
            allowed="degrees (the knee moves by more than 10 in a step), or inDegrees=no",
        )
    return 1.0


def _markers(storage: Storage, mark: str, mirror: float) -> dict[str, Array]:
    """Foot markers of one side: ``R.Heel_tx`` or ``RHeel_tx``, m in the file."""
    labels = {label.lower().replace(".", "").replace(" ", ""): label for label in storage.labels}
    found: dict[str, Array] = {}
    for name in FOOT_MARKERS:
        stem = (mark + name).lower().replace(".", "")
        columns = [labels.get(f"{stem}_t{axis}") for axis in "xyz"]
        if any(column is None for column in columns):
            continue
        try:
            values = np.stack([storage.column(c) for c in columns if c is not None], axis=1)
        except GaitError:
            continue
        found[name] = 1000.0 * values * [1.0, 1.0, mirror]
    return found
