# SPDX-License-Identifier: MIT
"""Contact of deformable surfaces with each other and with a rigid plane."""

from simulator.contact.law import ContactLaw, penalty_stiffness
from simulator.contact.pair import PairContact
from simulator.contact.plane import PlaneContact
from simulator.contact.records import (
    ContactIncrement,
    ContactOutput,
    ContactState,
    Resultant,
    TangentBlocks,
)
from simulator.contact.supports import Supports
from simulator.contact.surface import ContactSurface

__all__ = [
    "ContactIncrement",
    "ContactLaw",
    "ContactOutput",
    "ContactState",
    "ContactSurface",
    "PairContact",
    "PlaneContact",
    "Resultant",
    "Supports",
    "TangentBlocks",
    "penalty_stiffness",
]
