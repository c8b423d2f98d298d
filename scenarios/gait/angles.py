# SPDX-License-Identifier: MIT
"""Joint angles and foot markers from a storage file, mirrored to a right foot.

Coordinates are those of the OpenSim model gait2392. Of the analysed leg:
``hip_flexion``, ``hip_adduction``, ``hip_rotation`` (internal), ``knee_angle``
(extension positive, so flexion is its negative), ``ankle_angle`` (dorsiflexion),
``subtalar_angle`` (inversion). Of the toes (``mtp_angle``) it is only told whether
they were measured: they follow a passive law. Of the trunk:
``pelvis_tilt`` (positive raises the front), ``pelvis_list`` (positive lowers the
right side), ``pelvis_rotation`` (positive brings the right side forward),
``lumbar_extension``, ``lumbar_bending`` (to the right), ``lumbar_rotation`` (to
the left).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import nearest
from scenarios.gait.angle_checks import (
    check_unit,
    degrees_factor,
    knee_extension,
    measured,
    require_motion,
)
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
)
TOES = "mtp_angle"
PELVIS = ("pelvis_tilt", "pelvis_list", "pelvis_rotation")
LUMBAR = ("lumbar_extension", "lumbar_bending", "lumbar_rotation")
TRANSLATION = ("pelvis_tx", "pelvis_ty", "pelvis_tz")
REQUIRED = (*PELVIS, *LEG[:5])
FOOT_MARKERS = ("Heel", "Toe.Tip", "Toe.Med", "Toe.Lat")

State = Literal["measured", "constant", "absent"]

_MIRRORED = frozenset({"pelvis_list", "pelvis_rotation", "lumbar_bending", "lumbar_rotation"})


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
        subtalar, toes: whether these angles vary, are constant within 0.01 degrees
            (which counts as not measured), or are not in the file.
        warnings: what was changed.
    """

    file: str
    time_s: Array
    leg: Mapping[str, Array]
    other_leg: Mapping[str, Array]
    trunk: Mapping[str, Array]
    pelvis_mm: Array | None
    markers_mm: Mapping[str, Array]
    subtalar: State
    toes: State
    warnings: tuple[str, ...]


def read_angles(storage: Storage, side: str) -> JointAngles:
    """Take joint angles and foot markers from a storage file.

    Args:
        storage: file contents; force columns beside the angles do no harm.
        side: ``"right"`` or ``"left"``: the analysed foot. Left data are mirrored.

    Raises:
        GaitError: a needed angle is absent, twice there, constant, has gaps, is not in
            the unit that the header says, or a knee bends the wrong way.
    """
    mark, other_mark = ("r", "l") if side == "right" else ("l", "r")
    _require(storage, mark)
    mirror = -1.0 if side == "left" else 1.0

    leg, turned = _leg(storage, mark)
    for name in LEG[:5]:
        require_motion(storage, f"{name}_{mark}", leg[name])
    other, other_turned = _leg(storage, other_mark)
    complete = set(LEG[:5]) <= set(other) and all(measured(other[n]) for n in LEG[:5])
    trunk = _trunk(storage, mirror)
    subtalar = _state(storage, f"subtalar_angle_{mark}")
    if subtalar == "constant":
        del leg["subtalar_angle"]
    pelvis = None
    if all(label in storage.labels for label in TRANSLATION):
        pelvis = 1000.0 * np.stack([storage.column(label) for label in TRANSLATION], axis=1)
        pelvis *= [1.0, 1.0, mirror]
    return JointAngles(
        file=storage.file,
        time_s=storage.time_s,
        leg=leg,
        other_leg=other if complete else {},
        trunk=trunk,
        pelvis_mm=pelvis,
        markers_mm=_markers(storage, mark, mirror),
        subtalar=subtalar,
        toes=_state(storage, f"{TOES}_{mark}"),
        warnings=(*turned, *other_turned),
    )


def _require(storage: Storage, mark: str) -> None:
    """Refuse a file that lacks a needed column."""
    needed = [name if name in PELVIS else f"{name}_{mark}" for name in REQUIRED]
    known = {f"{name}_{m}" for name in (*LEG, TOES) for m in "rl"}
    known |= {*PELVIS, *LUMBAR, *TRANSLATION}
    for label in needed:
        if label not in storage.labels:
            raise GaitError(
                storage.file,
                label,
                "column not found",
                allowed="joint angles of the OpenSim model gait2392: " + ", ".join(needed),
                suggestion=nearest(label, [n for n in storage.labels if n not in known]),
            )


def _leg(storage: Storage, mark: str) -> tuple[dict[str, Array], tuple[str, ...]]:
    """Angles of one leg in degrees, extension of the knee positive, and what was turned."""
    leg = _columns(storage, {name: f"{name}_{mark}" for name in LEG})
    if "knee_angle" not in leg or not measured(leg["knee_angle"]):
        return leg, ()
    leg["knee_angle"], turned = knee_extension(storage, f"knee_angle_{mark}", leg["knee_angle"])
    return leg, turned


def _trunk(storage: Storage, mirror: float) -> dict[str, Array]:
    """Angles of pelvis and lumbar joint in degrees; lumbar ones that are locked are left out."""
    trunk = _columns(storage, {name: name for name in (*PELVIS, *LUMBAR)})
    for name in PELVIS:
        require_motion(storage, name, trunk[name])
    if not any(measured(trunk[name]) for name in LUMBAR if name in trunk):
        trunk = {name: values for name, values in trunk.items() if name not in LUMBAR}
    return {n: values * (mirror if n in _MIRRORED else 1.0) for n, values in trunk.items()}


def _state(storage: Storage, label: str) -> State:
    """Whether a column that may be locked is; missing numbers in it do not matter."""
    if label not in storage.labels:
        return "absent"
    values = storage.values[:, storage.labels.index(label)] * degrees_factor(storage)
    known = values[np.isfinite(values)]
    return "measured" if known.size and measured(known) else "constant"


def _columns(storage: Storage, labels: Mapping[str, str]) -> dict[str, Array]:
    """Columns in degrees by coordinate; those that vary have the unit that the header says."""
    factor = degrees_factor(storage)
    found: dict[str, Array] = {}
    # The knee moves most, so that it tells best of a file that is wrong in all of its angles.
    for name in sorted(labels, key=lambda n: n != "knee_angle"):
        if labels[name] in storage.labels:
            values = factor * storage.column(labels[name])
            if measured(values):
                check_unit(storage, labels[name], name, values)
            found[name] = values
    return found


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
