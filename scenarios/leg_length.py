# SPDX-License-Identifier: MIT
"""By how much unequal legs and an insole on one foot lift one side of the pelvis."""

from __future__ import annotations

from scenarios.schema_insole import Insole
from scenarios.schema_subject import Subject
from scenarios.wear import thickness_mm


def heel_height_mm(table: Insole) -> float:
    """Height of an unloaded insole under the heel, as it is worn; 0 barefoot."""
    if table.is_barefoot:
        return 0.0
    heels = (zone.thickness_mm for zone in table.zones if zone.region == "heel")
    own = next((thickness for thickness in heels if thickness is not None), table.thickness_mm)
    return thickness_mm(table) + (own - table.thickness_mm) + table.heel_lift_mm


def one_sided_height_mm(table: Insole, baseline: Insole | None) -> float:
    """By how much the simulated side stands higher than the other, against the baseline.

    The other foot keeps the baseline's insole. How far either insole gives way is left out:
    the other foot is not solved.

    Args:
        table: insole of the simulated foot.
        baseline: of the other foot; ``None`` for a baseline, where both are the same.
    """
    if table.both_feet or baseline is None:
        return 0.0
    return heel_height_mm(table) - heel_height_mm(baseline)


def pelvic_height_mm(subject: Subject, table: Insole, baseline: Insole | None) -> float:
    """By how much the simulated side's hip stands higher than the other, legs and insoles together.

    A leg that is short by a lift under its foot alone leaves the pelvis level. Obliquity is the
    arc sine of this over the distance of the hips; see ``simulator.chain.obliquity_rad``.

    Args:
        subject: whose leg-length difference is positive where the simulated leg is the longer.
        table: insole of the simulated foot.
        baseline: of the other foot; ``None`` for a baseline, where both are the same.
    """
    return subject.leg_length_difference_mm + one_sided_height_mm(table, baseline)


def leg_length_warnings(
    table: Insole, height_mm: float, difference_mm: float = 0.0
) -> tuple[str, ...]:
    """What must be known of unequal legs, and of an insole on one foot.

    Args:
        table: insole of the simulated foot.
        height_mm: of `pelvic_height_mm`.
        difference_mm: of the legs.
    """
    said = []
    if difference_mm:
        said.append(
            f"the simulated leg is {difference_mm:+g} mm against the other: with the insoles its "
            f"hip stands {height_mm:+g} mm; what knees, feet and trunk do to make up for it is "
            "left out, and the load of the feet stays as it is"
        )
    if not table.both_feet:
        said.append(
            "the insole is worn on one foot: its side of the pelvis stands "
            f"{height_mm - difference_mm:+g} mm against the baseline, the unloaded difference "
            "under the heel; the load of the feet stays as it is"
        )
    return tuple(said)
