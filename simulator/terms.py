# SPDX-License-Identifier: MIT
"""What an equilibrium is made of: contact, inertia, and loads with what closes their scalars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import dolfinx
import numpy as np
from numpy.typing import NDArray

from simulator.bushings import BushingDrive
from simulator.connectors import ConnectorState, JointDrive, RotationDrive, TranslationDrive
from simulator.reduction import EXTRA_SCALARS
from simulator.segments import Poses

Array = NDArray[Any]


class ContactTerm(Protocol):
    """A contact condition between surfaces; see ``simulator.contact``."""

    def update_candidates(self, u: dolfinx.fem.Function) -> bool:
        """Renew the superset of pairs; true where the pattern changed; collective."""
        ...

    def pattern(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Rectangles of scalar dofs that the tangent may fill."""
        ...

    def evaluate(self, u: dolfinx.fem.Function, need_tangent: bool, lagged: bool = False) -> Any:
        """Residual, and tangent where asked for, at a displacement; collective.

        Args:
            u: Displacement with updated ghosts.
            need_tangent: Whether to build the tangent too.
            lagged: Whether friction enters it by its secant.
        """
        ...

    def commit(self, u: dolfinx.fem.Function | None = None) -> None:
        """Make the present histories the old ones."""
        ...

    def state(self) -> Any:
        """Copy of the histories."""
        ...

    def restore(self, state: Any) -> None:
        """Go back to a copy."""
        ...

    def state_global(self) -> Any:
        """Histories in an order that ranks do not change; collective."""
        ...

    def restore_global(self, state: Any) -> None:
        """Put those back; collective."""
        ...


class InertiaTerm(Protocol):
    """Inertia within a time step; see ``simulator.dynamics.mass.Inertia``."""

    residual_form: Any

    def cell_factor(self) -> Array:
        """Derivative of the force density by the displacement in every local cell (t/mm3/s2)."""
        ...

    def segments(self, poses: Poses) -> Any:
        """Gradient and tangent of the segments' inertia at poses, scaled."""
        ...


@dataclass(frozen=True, slots=True)
class ClosureState:
    """Rows that close the extra scalars, all scaled to N (section "Closure" of the theory).

    Attributes:
        value: Residual of each row, shape (m,).
        rows: Derivative by the segments' unknowns, shape (m, 6 n).
        extra: Derivative by the extra scalars, shape (m, m).
        columns: Derivative of the segments' residual by the extra scalars, (6 n, m).
    """

    value: Array
    rows: Array
    extra: Array
    columns: Array


@dataclass(frozen=True, slots=True)
class Drives:
    """What acts on the segments at one instant."""

    joints: dict[str, JointDrive]
    rotations: tuple[RotationDrive, ...] = ()
    translations: tuple[TranslationDrive, ...] = ()
    bushings: Mapping[str, BushingDrive] = field(default_factory=dict)


class Loading(Protocol):
    """Turns extra scalars into drives, and closes the scalars."""

    def drives(self, extra: Array) -> Drives:
        """What acts on the segments for given extra scalars (N)."""
        ...

    def closure(self, poses: Poses, connectors: ConnectorState, extra: Array) -> ClosureState:
        """Rows that close the extra scalars."""
        ...


class FixedLoading:
    """Given drives and no unknown scalars."""

    def __init__(self, drives: Drives, segments: int):
        self._drives = drives
        self._segments = segments

    def drives(self, extra: Array) -> Drives:
        """Return the given drives."""
        return self._drives

    def closure(self, poses: Poses, connectors: ConnectorState, extra: Array) -> ClosureState:
        """Hold the unused scalars at zero."""
        n = 6 * self._segments
        zero = np.zeros((EXTRA_SCALARS, n))
        return ClosureState(extra.copy(), zero, np.eye(EXTRA_SCALARS), zero.T)
