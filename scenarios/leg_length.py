# SPDX-License-Identifier: MIT
"""By how much an insole on one foot lifts that side of the pelvis."""

from __future__ import annotations

from scenarios.schema_insole import Insole
from scenarios.wear import thickness_mm


def heel_height_mm(table: Insole) -> float:
    """Height of an unloaded insole under the heel, as it is worn; 0 barefoot."""
    return 0.0 if table.is_barefoot else thickness_mm(table) + table.heel_lift_mm


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


def leg_length_warnings(table: Insole, height_mm: float) -> tuple[str, ...]:
    """What must be known of an insole on one foot."""
    if table.both_feet:
        return ()
    return (
        f"the insole is worn on one foot: its side of the pelvis stands {height_mm:+g} mm against "
        "the baseline, the unloaded difference under the heel; the load of the feet stays as it is",
    )
