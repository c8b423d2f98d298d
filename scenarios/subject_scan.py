# SPDX-License-Identifier: MIT
"""The subject whose foot was scanned: unit, side and dimensions taken from the scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meshes.arch_index import navicular_height_mm
from meshes.errors import MeshError
from meshes.foot_dimensions import FootDimensions
from meshes.foot_types import TYPICAL
from scenarios.errors import ScenarioError
from scenarios.schema_scan import Scan
from scenarios.schema_subject import Subject
from scenarios.source import Given

if TYPE_CHECKING:
    from meshes.scan.scanned import ScannedFoot
    from meshes.sole_correction import SoleCorrection

UNITS_MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "inch": 25.4}
USUAL_LENGTH_MM = (150.0, 320.0)
"""Foot length in which a unit is believed; no two units give one."""
POSSIBLE_LENGTH_MM = (120.0, 350.0)
"""Foot length in some unit without which a file is taken for no scan of a foot."""
UNSURE = 0.8
"""Misfit of the found side over that of the other, beyond which the subject's side decides."""


@dataclass(frozen=True, slots=True)
class SubjectScan:
    """A subject's scanned foot at its true size.

    Attributes:
        foot: fitted, mm.
        unit: of the file in words.
        mm_per_unit: millimetres in one unit of the file.
        warnings: what a user should know.
    """

    foot: ScannedFoot
    unit: str
    mm_per_unit: float
    warnings: tuple[str, ...]


def subject_scan(subject: Subject) -> SubjectScan | None:
    """Fit a subject's scan, or take the fit from the cache; None for a subject without.

    Raises:
        ScenarioError: with the key at fault, and without a place.
    """
    if subject.scan_file is None:
        return None
    from meshes.scan.fit import ScanOptions
    from meshes.scan.store import cached_scan

    keys, path = subject.scan or Scan(), subject.scan_file
    kind = None if keys.kind == "auto" else keys.kind
    side = None if keys.side == "auto" else keys.side
    try:
        foot = cached_scan(path, ScanOptions(kind, side, keys.marks))
        warnings: list[str] = []
        if side is None and foot.side != subject.side:
            if foot.side_doubt < UNSURE:
                raise ScenarioError(
                    "",
                    "subject.side",
                    f"is {subject.side}, and {path.name} shows a {foot.side} foot",
                    allowed=f"side = {foot.side!r}, or scan.side = {subject.side!r} where you know "
                    "better",
                )
            foot = cached_scan(path, ScanOptions(kind, subject.side, keys.marks))
            warnings.append(f"the scan does not tell left from right: taken as {subject.side}")
        elif side is not None and side != subject.side:
            warnings.append(f"the scan of a {side} foot is mirrored to the {subject.side} one")
        length, unit = _length_mm(subject, keys, foot.length_in_file, warnings)
        scaled = foot.scaled(length)
    except MeshError as error:
        key = {"landmarks": "subject.scan", "length_mm": "subject.scan.unit"}
        problem = str(error).removesuffix(f"; allowed: {error.allowed}").partition(": ")[2]
        where = key.get(error.parameter, "subject.scan_file")
        raise ScenarioError("", where, problem, allowed=error.allowed) from None
    except OSError as error:
        raise ScenarioError("", "subject.scan_file", f"cannot be read: {error.strerror}") from None
    return SubjectScan(scaled, unit, length / foot.length_in_file, (*foot.notes, *warnings))


def subject_correction(subject: Subject) -> SoleCorrection | None:
    """What a subject's scan adds to the parametric foot; None without a scan.

    Raises:
        ScenarioError: as `subject_scan`.
    """
    scan = subject_scan(subject)
    return None if scan is None else scan.foot.correction


def scanned_subject(subject: Subject, given: frozenset[str] = frozenset()) -> Subject:
    """The subject with the dimensions of the scanned foot in place of typical ones.

    Args:
        subject: with a scan, or without: then it is returned as it is.
        given: names of keys of the subject that were given.

    Raises:
        ScenarioError: as `subject_scan`.
    """
    scan = subject_scan(subject)
    if scan is None:
        return subject
    one = scan.foot.dimensions
    found: dict[str, Any] = {
        "foot_length_mm": one.length_mm,
        "ball_width_mm": one.ball_width_mm,
        "heel_width_mm": one.heel_width_mm,
        "arch_height_mm": bone_arch_mm(subject, one),
    }
    if "heel_pad_thickness_mm" not in given:
        pad = FootDimensions(length_mm=one.length_mm).heel_pad_thickness_mm
        found["heel_pad_thickness_mm"] = round(pad, 3)
    return subject.model_copy(update=found)


def bone_arch_mm(subject: Subject, scanned: FootDimensions) -> float:
    """Navicular height: of an arch height index, else of the scan within what the type allows."""
    if subject.arch_height_index is not None:
        length = FootDimensions(length_mm=scanned.length_mm)
        return round(navicular_height_mm(subject.arch_height_index, length), 3)
    low, high = TYPICAL[subject.foot_type].share_range
    length_mm = scanned.length_mm
    return round(min(max(scanned.arch_height_mm, low * length_mm), high * length_mm), 3)


def scan_warnings(subject: Subject, given: Mapping[str, Given]) -> tuple[str, ...]:
    """What a user should know of the scan, and of dimensions that it overrules.

    Args:
        subject: as `scanned_subject` returns it.
        given: values that were given, by dotted key.
    """
    scan = subject_scan(subject)
    if scan is None:
        return ()
    said = list(scan.warnings)
    for name in ("foot_length_mm", "ball_width_mm", "heel_width_mm", "arch_height_mm"):
        one, taken = given.get(f"subject.{name}"), getattr(subject, name)
        if one is not None and isinstance(one.value, int | float):
            if abs(one.value - taken) > 0.02 * taken:
                said.append(f"subject.{name} = {one.value:g} gives way to the scan's {taken:.1f}")
    skin = scan.foot.dimensions.arch_height_mm
    if abs(skin - subject.arch_height_mm) > 1.0:
        said.append(
            f"the scan's arch speaks for a navicular {skin:.1f} mm high; the bones have "
            f"{subject.arch_height_mm:.1f} mm, as foot_type or arch_height_index say"
        )
    return tuple(said)


def scan_lines(scan: SubjectScan) -> tuple[str, ...]:
    """What was inferred, for people."""
    foot = scan.foot
    one = foot.dimensions
    return (
        f"scan: {foot.kind} of a {foot.side} foot, {foot.triangles} triangles, unit {scan.unit} "
        f"({scan.mm_per_unit:.6g} mm), {100 * foot.coverage:.0f} % of the sole",
        f"scan: length {one.length_mm:.1f}, ball {one.ball_width_mm:.1f}, heel "
        f"{one.heel_width_mm:.1f}, arch {one.arch_height_mm:.1f} mm",
    )


def _length_mm(
    subject: Subject, keys: Scan, in_file: float, warnings: list[str]
) -> tuple[float, str]:
    """Foot length and the unit in words."""
    expected = subject.foot_length_mm
    every = {name: in_file * size for name, size in UNITS_MM.items()}
    candidates = ", ".join(f"{_short(length)} mm in {name}" for name, length in every.items())
    if keys.mm_per_unit is not None:
        return _allowed(in_file * keys.mm_per_unit, "subject.scan.mm_per_unit", candidates), "given"
    if keys.unit == "foot_length":
        return expected, "arbitrary, scaled to subject.foot_length_mm"
    if keys.unit != "auto":
        return _allowed(every[keys.unit], "subject.scan.unit", candidates), keys.unit
    usual = [name for name, length in every.items() if _within(length, USUAL_LENGTH_MM)]
    if usual:
        return round(every[usual[0]], 3), usual[0]
    if any(_within(length, POSSIBLE_LENGTH_MM) for length in every.values()):
        warnings.append(
            f"no unit gives the scan a usual foot length ({candidates}): it was scaled to "
            f"subject.foot_length_mm = {expected:g}; measure the foot and set that, or scan.unit"
        )
        return expected, "arbitrary, scaled to subject.foot_length_mm"
    raise ScenarioError(
        "",
        "subject.scan_file",
        f"the foot is {in_file:.4g} units long, which is no foot in any unit ({candidates})",
        allowed="a foot of 150 to 320 mm, or scan.mm_per_unit, or scan.unit = 'foot_length' to "
        "scale it to subject.foot_length_mm",
    )


def _allowed(length: float, key: str, candidates: str) -> float:
    low, high = 150.0, 340.0
    if not _within(length, (low, high)):
        raise ScenarioError(
            "",
            key,
            f"makes the foot {_short(length)} mm long",
            allowed=f"{low:g} to {high:g} mm; lengths by unit: {candidates}",
        )
    return round(length, 3)


def _within(value: float, span: tuple[float, float]) -> bool:
    return span[0] <= value <= span[1]


def _short(length: float) -> str:
    return f"{length:.0f}" if 10.0 <= length < 1e5 else f"{length:.3g}"
