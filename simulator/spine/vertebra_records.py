# SPDX-License-Identifier: MIT
"""What goes into the stress analysis of a vertebra, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

PERCENTILE = 99.0
"""Share of a region's volume below the reported stress, %."""


class VertebraGeometry(Protocol):
    """Body of one vertebra; see ``meshes.vertebra_solid.VertebraSolid``."""

    @property
    def name(self) -> str:
        """Such as ``"L4"``."""
        ...

    @property
    def below(self) -> int:
        """Number of the level below it."""
        ...

    @property
    def points(self) -> Array:
        """Vertices (n, 3), mm, in the vertebra's frame."""
        ...

    @property
    def cells(self) -> Ints:
        """Hexahedra (m, 8), tensor-product order."""
        ...

    @property
    def shell_cells(self) -> Ints:
        """Cells of the cortical shell."""
        ...

    @property
    def core_cells(self) -> Ints:
        """Cancellous cells."""
        ...

    @property
    def endplate_cells(self) -> Ints:
        """Cells of both bony endplates."""
        ...

    @property
    def centre_mm(self) -> Array:
        """Origin (3,) of its frame in standing."""
        ...

    @property
    def frame(self) -> Array:
        """Axes (3, 3) in standing, columns."""
        ...

    @property
    def middle_cells(self) -> Ints:
        """Cells of the layer at mid-height."""
        ...

    @property
    def middle_height_mm(self) -> float:
        """Height of that layer."""
        ...

    def plate_facets(self, upper: bool) -> Ints:
        """Quadrilaterals (k, 4) of one endplate."""
        ...

    def nucleus_facets(self, upper: bool) -> Ints:
        """Those under the nucleus."""
        ...

    def wall_facets(self, part: str) -> Ints:
        """Those of the wall's ``"front"``, ``"back"`` or ``"pedicles"``."""
        ...


@dataclass(frozen=True, slots=True)
class BoneMeasures:
    """Stress and strain of a vertebra by region; percentiles are over volume.

    Attributes:
        cortical_von_mises_mpa: 99th percentile in the shell.
        cortical_von_mises_max_mpa: Largest at a quadrature point (depends on the mesh).
        endplate_von_mises_mpa: 99th percentile in the bony endplates.
        cancellous_min_principal_mpa: Most compressive principal stress of the core, 1st percentile.
        cancellous_mean_principal_mpa: Its mean over the core.
        cancellous_min_principal_strain: Most compressive principal strain, 1st percentile.
        cancellous_mean_principal_strain: Its mean over the core.
        shell_share_percent: Part of the axial force at mid-height that the shell carries.
    """

    cortical_von_mises_mpa: float
    cortical_von_mises_max_mpa: float
    endplate_von_mises_mpa: float
    cancellous_min_principal_mpa: float
    cancellous_mean_principal_mpa: float
    cancellous_min_principal_strain: float
    cancellous_mean_principal_strain: float
    shell_share_percent: float


@dataclass(frozen=True, slots=True)
class VertebraResult:
    """A vertebra at one instant.

    Attributes:
        name: Such as ``"L4"``.
        measures: Stress and strain.
        axial_force_n: Compression at mid-height, from the stress there.
        force_balance_relative: What all loads leave over, as found: the larger of the force over
            the compression of the disc below (at least 100 N), and of the moment over it and the
            root of the endplate's area.
        displacement_mm: (n, 3) of all nodes, up to a rigid motion, vertebra's frame.
    """

    name: str
    measures: BoneMeasures
    axial_force_n: float
    force_balance_relative: float
    displacement_mm: Array


@dataclass(frozen=True, slots=True)
class VertebraFields:
    """Fields of one vertebra in its own frame, unloaded geometry.

    Attributes:
        points_mm: (n, 3) all nodes of the quadratic elements.
        cells: (k, 8) each element as eight linear hexahedra, VTK order.
        von_mises_mpa: (k,).
        min_principal_mpa: (k,) most compressive principal stress.
        min_principal_strain: (k,).
        region: (k,) 0 cancellous, 1 cortical shell, 2 bony endplate.
    """

    points_mm: Array
    cells: Ints
    von_mises_mpa: Array
    min_principal_mpa: Array
    min_principal_strain: Array
    region: Array
