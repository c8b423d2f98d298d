# SPDX-License-Identifier: MIT
"""What the column needs to know of the anatomy, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.spine.annulus import DiscGeometry

Array = NDArray[np.float64]


class Band(Protocol):
    """One ligament band; see ``meshes.spine.BandGeometry``."""

    @property
    def kind(self) -> str:
        """ALL, PLL, LF, CL, ITL, ISL or SSL."""
        ...

    @property
    def name(self) -> str:
        """For reports."""
        ...

    @property
    def lower_mm(self) -> Array:
        """Attachment (3,) on the lower vertebra."""
        ...

    @property
    def upper_mm(self) -> Array:
        """Attachment (3,) on the upper vertebra."""
        ...

    @property
    def share(self) -> float:
        """Part of the whole."""
        ...

    @property
    def slack(self) -> float:
        """Strain from standing at which it becomes taut."""
        ...


class FacetPlace(Protocol):
    """One contact of the posterior elements; see ``meshes.spine.FacetGeometry``."""

    @property
    def name(self) -> str:
        """For reports."""
        ...

    @property
    def point_mm(self) -> Array:
        """Place (3,) of contact."""
        ...

    @property
    def normal(self) -> Array:
        """Unit normal (3,) of the lower face."""
        ...

    @property
    def further_gap_mm(self) -> float:
        """Gap beyond that of the curve."""
        ...

    @property
    def share(self) -> float:
        """Part of the whole."""
        ...


class Level(Protocol):
    """One motion segment; see ``meshes.spine.LevelGeometry``."""

    @property
    def name(self) -> str:
        """For reports."""
        ...

    @property
    def disc(self) -> DiscGeometry:
        """Annulus and cavity."""
        ...

    @property
    def centre_mm(self) -> Array:
        """Centre (3,) in standing."""
        ...

    @property
    def frame(self) -> Array:
        """Axes (3, 3) in standing, columns."""
        ...

    @property
    def bands(self) -> Sequence[Band]:
        """Ligaments."""
        ...

    @property
    def facets(self) -> Sequence[FacetPlace]:
        """Contacts of the posterior elements."""
        ...


class Spine(Protocol):
    """Geometry of the column; see ``meshes.spine.SpineGeometry``."""

    @property
    def levels(self) -> Sequence[Level]:
        """From below."""
        ...

    @property
    def upper_endplate_mm(self) -> Array:
        """Centre (3,) on top of L1."""
        ...
