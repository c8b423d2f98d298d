# SPDX-License-Identifier: MIT
"""Names of insole materials, from the material library."""

from __future__ import annotations

from functools import cache


@cache
def insole_materials() -> tuple[str, ...]:
    """Names that ``insole.material`` accepts beside ``"none"``, in library order."""
    return (
        *("eva_20", "eva_35", "eva_50", "eva_65", "poron_soft", "poron_firm"),
        *("plastazote_45", "plastazote_70", "silicone_gel", "cork", "tpu_85a", "tpu_95a"),
        *("polypropylene", "pa12", "carbon"),
        *("soft_reference", "firm_reference", "rigid_reference"),
    )
