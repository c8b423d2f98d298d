# SPDX-License-Identifier: MIT
"""Up to which strain a record's law is trusted, and what to say where a result goes beyond.

A record states its range as `valid_compression` and `valid_tension`, nominal strains (1 - stretch
and stretch - 1 of the shortest and the longest principal direction), and `valid_shear`, the amount
of simple shear. What a record does not state is not checked.
"""

from dataclasses import dataclass

from materials.build import law_of
from materials.quantities import STRAIN_LIMITS
from materials.record import MaterialRecord

TRUSTED_POISSON_RATIO = 0.49
"""Above it displacement elements lose accuracy (docs/decisions/element.md)."""

_WORDS = {"valid_compression": "compressed", "valid_tension": "stretched", "valid_shear": "sheared"}


@dataclass(frozen=True, slots=True)
class StrainReached:
    """Largest nominal strains of a body; all positive, 0 where there is none.

    Attributes:
        compression: 1 - least principal stretch.
        tension: Largest principal stretch - 1.
        shear: Amount of simple shear; 0 where it is not known.
    """

    compression: float = 0.0
    tension: float = 0.0
    shear: float = 0.0


def limit(record: MaterialRecord, key: str) -> float | None:
    """`valid_compression`, `valid_tension` or `valid_shear` of a record, None without it."""
    return record.number(key) if key in record.quantities else None


def strain_warning(record: MaterialRecord, reached: StrainReached, where: str = "") -> str:
    """What to say of a strain that leaves the record's range; empty where it does not.

    Args:
        record: Of the material.
        reached: Largest strains of the body made of it.
        where: The body, such as "heel pad"; the message begins with it.

    Returns:
        A sentence with every strain that is beyond and its limit.
    """
    values = zip(STRAIN_LIMITS, (reached.compression, reached.tension, reached.shear), strict=True)
    beyond = []
    for key, strain in values:
        allowed = limit(record, key)
        if allowed is not None and strain > allowed:
            reached_percent, trusted = f"{100 * strain:.1f} %", f"{100 * allowed:.4g} %"
            beyond.append(f"{_WORDS[key]} by {reached_percent}, its law is trusted to {trusted}")
    if not beyond:
        return ""
    return f"{where or record.title}: {record.name} is {', and '.join(beyond)}"


def poisson_warning(record: MaterialRecord) -> str:
    """What to say of a solid that is too nearly incompressible; empty where it is not.

    Raises:
        NoLaw: The record is not one of a solid.
    """
    ratio = law_of(record).poisson_ratio
    if ratio <= TRUSTED_POISSON_RATIO + 1e-9:
        return ""
    return (
        f"{record.name}: Poisson's ratio {ratio:.4g} is above {TRUSTED_POISSON_RATIO:g}, where the "
        "elements lose accuracy: take forces and pressures of this run with care"
    )
