# SPDX-License-Identifier: MIT
"""One surface on several supports, such as a sole on a short insole and the ground in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.contact.pair import PairContact
from simulator.contact.plane import PlaneContact
from simulator.contact.records import ContactOutput
from simulator.contact.surface import ContactSurface


@dataclass(frozen=True)
class Supports:
    """What several contacts of one surface do to it together; a view, no term of its own.

    Attributes:
        terms: contacts whose slave is the same surface.
    """

    terms: Sequence[PairContact | PlaneContact]

    def __post_init__(self) -> None:
        if len({id(term.slave) for term in self.terms}) != 1:
            raise ValueError("supports need contacts of one and the same surface")

    @property
    def slave(self) -> ContactSurface:
        """The surface."""
        return self.terms[0].slave

    def output(self) -> ContactOutput:
        """Pressures and tractions of all supports added up; the rest of the one that presses most.

        Where none presses, all but the gap is of the first; the gap is the least.
        """
        first, *others = (term.output() for term in self.terms)
        total, most = first, first.pressure_mpa
        for other in others:
            ahead = other.pressure_mpa > most
            most = np.maximum(most, other.pressure_mpa)
            total = replace(
                total,
                normal=np.where(ahead[:, None], other.normal, total.normal),
                pressure_mpa=total.pressure_mpa + other.pressure_mpa,
                traction_mpa=total.traction_mpa + other.traction_mpa,
                gap_mm=np.fmin(total.gap_mm, other.gap_mm),
                slipping=np.where(ahead, other.slipping, total.slipping),
            )
        return total
