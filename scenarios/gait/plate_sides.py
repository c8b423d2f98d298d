# SPDX-License-Identifier: MIT
"""Which foot stands on which force plate: by a key, by markers, or by where the feet land.

Everything here has X forward, Y up, Z right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.gait.contacts import find_contacts
from scenarios.gait.errors import GaitError
from scenarios.gait.forces import FootForce
from scenarios.gait.plates import Laboratory

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
KEY = "gait.plate_sides"

NEAREST_MM, MARGIN_MM = 250.0, 60.0
"""A foot whose markers are this near to the force, and nearer than the other by the margin."""
APART_MM = 40.0
"""Least distance to the side between right and left contacts that tells them apart."""
_FOOT = re.compile(
    r"(?:HEE|CAL|FCC|ANK|MAL|TOE|FOOT|MTP?H?[1-5]?$|MT[1-5]|FM[1-5]|TT2)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PlateContact:
    """One contact on one plate: its number, where in time, and where it lies."""

    plate: int
    inside: Mask
    start_s: float
    middle_mm: Array
    medial_n: float


def foot_markers(names: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Markers of the right and the left foot by their usual names (``RHEE``, ``L.Toe.Tip``)."""
    found: dict[str, list[str]] = {"right": [], "left": []}
    for name in names:
        plain = name.rpartition(":")[2].strip()
        side = {"R": "right", "L": "left"}.get(plain[:1].upper())
        if side is not None and _FOOT.search(plain[1:]):
            found[side].append(name)
    return {side: tuple(markers) for side, markers in found.items()}


def plate_shares(
    lab: Laboratory, plate_sides: Sequence[str] | None
) -> tuple[Mapping[str, list[Mask]], str]:
    """Where in time each plate carries the right and the left foot, and how that is known.

    Args:
        lab: plates and markers.
        plate_sides: ``"right"``, ``"left"`` or ``"none"`` for each plate.

    Raises:
        GaitError: another number of plates, no contact at all, or sides that nothing tells.
    """
    if plate_sides is not None:
        return _by_key(lab, plate_sides)
    contacts = _contacts(lab)
    sides = _by_markers(lab, contacts)
    how = "the foot markers nearest to the force"
    if sides is None:
        sides, how = _by_place(lab, contacts)
    shares: dict[str, list[Mask]] = {
        side: [np.zeros(len(lab.time_s), bool) for _ in lab.plates] for side in _SIDES
    }
    named: dict[int, set[str]] = {}
    for contact, side in zip(contacts, sides, strict=True):
        shares[side][contact.plate] |= contact.inside
        named.setdefault(contact.plate, set()).add(side)
    # A plate that one foot alone steps on keeps its whole signal, with what is below the threshold.
    for plate, feet in named.items():
        if len(feet) == 1:
            shares[next(iter(feet))][plate][:] = True
    words = ", ".join(
        f"{lab.plates[plate].name} {' and '.join(sorted(feet))}"
        for plate, feet in sorted(named.items())
    )
    return shares, f"{words} foot, by {how}"


_SIDES = ("right", "left")


def _by_key(lab: Laboratory, plate_sides: Sequence[str]) -> tuple[Mapping[str, list[Mask]], str]:
    if len(plate_sides) != len(lab.plates):
        raise GaitError(
            lab.file,
            KEY,
            f"{len(plate_sides)} sides for {len(lab.plates)} force plates",
            allowed="right, left or none for each plate, in the order of the file",
        )
    for name, plate in zip(plate_sides, lab.plates, strict=True):
        if name != "none" and not plate.loaded.any():
            raise GaitError(
                lab.file,
                plate.name,
                f"carries nothing, and {KEY} calls it {name}",
                allowed="none for a plate without contact",
            )
    count = len(lab.time_s)
    shares: dict[str, list[Mask]] = {
        side: [np.full(count, name == side) for name in plate_sides] for side in _SIDES
    }
    words = ", ".join(
        f"{plate.name} {name}" for name, plate in zip(plate_sides, lab.plates, strict=True)
    )
    return shares, f"{words}, by {KEY}"


def _contacts(lab: Laboratory) -> list[PlateContact]:
    found = []
    for number, plate in enumerate(lab.plates):
        point = plate.point_mm()
        for contact in find_contacts(
            FootForce(lab.time_s, plate.force_n, point, np.zeros(len(lab.time_s)))
        ):
            inside = (lab.time_s >= contact.start_s) & (lab.time_s <= contact.end_s)
            if contact.duration_s < 0.1 or not np.isfinite(point[inside]).any():
                continue
            found.append(
                PlateContact(
                    number,
                    inside,
                    contact.start_s,
                    np.nanmean(point[inside], axis=0),
                    float(plate.force_n[inside, 2].mean()),
                )
            )
    if not found:
        raise GaitError(
            lab.file,
            ", ".join(plate.name for plate in lab.plates),
            "no contact: no plate carries more than 20 N for 0.1 s",
            allowed="a record in which a foot stands on a force plate",
        )
    return sorted(found, key=lambda contact: contact.start_s)


def _by_markers(lab: Laboratory, contacts: Sequence[PlateContact]) -> list[str] | None:
    names = foot_markers(tuple(lab.markers_mm))
    if not names["right"] or not names["left"]:
        return None
    centres = {}
    for side in _SIDES:
        stack = np.stack([lab.markers_mm[name] for name in names[side]])
        with np.errstate(invalid="ignore"):
            hidden: Mask = np.logical_not(np.isfinite(stack).all(axis=2))
            counted = np.where(hidden[..., None], 0.0, stack).sum(axis=0)
            centres[side] = counted / np.maximum((~hidden).sum(axis=0), 1)[:, None]
            centres[side][hidden.all(axis=0)] = np.nan
    sides = []
    for contact in contacts:
        times = lab.time_s[contact.inside]
        during = (lab.marker_time_s >= times[0]) & (lab.marker_time_s <= times[-1])
        away = {
            side: float(
                np.hypot(*np.nanmean((centre[during] - contact.middle_mm)[:, [0, 2]], axis=0))
            )
            if np.isfinite(centre[during]).any()
            else np.inf
            for side, centre in centres.items()
        }
        near = min(away, key=lambda side: away[side])
        far = max(away.values())
        if away[near] > NEAREST_MM or far - away[near] < MARGIN_MM:
            return None
        sides.append(near)
    return sides


def _by_place(lab: Laboratory, contacts: Sequence[PlateContact]) -> tuple[list[str], str]:
    """Right contacts lie to the right of left ones, and push the body to the left."""
    plates = sorted({contact.plate for contact in contacts})
    if len(plates) == 1:
        medial = float(np.mean([contact.medial_n for contact in contacts]))
        if len(contacts) > 1 or medial == 0.0:
            raise _unknown(lab, "one plate with several contacts")
        side = "right" if medial < 0.0 else "left"
        return [side], "the force to the side alone, which points to the middle of the body"
    # One foot a plate (two belts), or one step after the other (a row of plates).
    belts = len(plates) == 2 and len(contacts) > 2
    turn = {plate: number for number, plate in enumerate(plates)}
    group = [
        turn[contact.plate] if belts else number % 2 for number, contact in enumerate(contacts)
    ]
    across = [
        float(np.mean([c.middle_mm[2] for c, g in zip(contacts, group, strict=True) if g == which]))
        for which in (0, 1)
    ]
    medial_n = [
        float(np.mean([c.medial_n for c, g in zip(contacts, group, strict=True) if g == which]))
        for which in (0, 1)
    ]
    right = 0 if across[0] > across[1] else 1
    if abs(across[0] - across[1]) < APART_MM or medial_n[right] > medial_n[1 - right]:
        raise _unknown(
            lab,
            f"contacts {abs(across[0] - across[1]):.0f} mm apart to the side, forces to the side "
            f"of {medial_n[right]:.0f} and {medial_n[1 - right]:.0f} N",
        )
    return ["right" if which == right else "left" for which in group], "where the feet land"


def _unknown(lab: Laboratory, why: str) -> GaitError:
    names = ", ".join(plate.name for plate in lab.plates)
    return GaitError(
        lab.file,
        names,
        f"do not tell right from left: no foot markers that do, {why}",
        allowed=f"{KEY}, such as [{', '.join(repr(s) for s in ('right', 'left'))}]: a word for "
        "each plate",
    )
