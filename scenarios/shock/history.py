# SPDX-License-Identifier: MIT
"""Time histories of an impact, from which all shock measures follow.

Units are mm, N, s, MPa and J. All series of a history stand on one clock with equal
steps, time 0 is touchdown. Axes are ISB: X anterior, Y superior (axial), Z right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Site = Literal["tibia", "femur", "sacrum", "L5", "L3", "L1", "trunk"]
SITES: tuple[Site, ...] = get_args(Site)
"""Segments that may carry an accelerometer, from below."""
G_MM_S2 = 9806.65
"""One g, mm/s2."""
STEP_TOLERANCE = 1e-3
"""Two time steps count as equal up to this part of their mean."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteMotion:
    """Motion of one point that is fixed to a segment.

    Attributes:
        name: the segment.
        acceleration_mm_s2: (n, 3) kinematic acceleration in the segment's own axes: what a
            segment at rest has none of, so an accelerometer's reading less gravity.
    """

    name: Site
    acceleration_mm_s2: Array

    def __post_init__(self) -> None:
        _set(self, "acceleration_mm_s2", _columns(self.acceleration_mm_s2, self.name, 3))
        if self.name not in SITES:
            raise ValueError(f"site {self.name!r}: one of {', '.join(SITES)}")

    @property
    def axial_g(self) -> Array:
        """Acceleration along the segment's axis, upward positive, in g, (n,)."""
        return np.asarray(self.acceleration_mm_s2[:, 1] / G_MM_S2, dtype=np.float64)

    @property
    def resultant_g(self) -> Array:
        """Size of the acceleration in g, (n,)."""
        size = np.linalg.norm(self.acceleration_mm_s2, axis=1)
        return np.asarray(size / G_MM_S2, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class LevelTransient:
    """Load of one lumbar level, such as ``"L4-L5"``; each series (n,).

    Attributes:
        level: the disc.
        compression_n: axial force, compression positive.
        shear_ap_n: shear force, anterior positive.
        disc_pressure_mpa: pressure inside the nucleus.
    """

    level: str
    compression_n: Array
    shear_ap_n: Array
    disc_pressure_mpa: Array

    def __post_init__(self) -> None:
        for name in ("compression_n", "shear_ap_n", "disc_pressure_mpa"):
            _set(self, name, _series(getattr(self, name), f"{self.level} {name}"))


@dataclass(frozen=True, slots=True, eq=False)
class ShockHistory:
    """All series of one impact.

    Attributes:
        time_s: (n,) equal steps, 0 at touchdown; a time before it may be held.
        body_weight_n: weight of the subject.
        ground_force_n: (n, 3) force of the ground on the body, Y up.
        sites: accelerations, a record for each segment.
        levels: loads of the lumbar levels.
        insole_work_j: (n,) work done on the insole since touchdown; None without an insole.
        insole_stored_j: (n,) elastic energy in it; None without an insole.
    """

    time_s: Array
    body_weight_n: float
    ground_force_n: Array
    sites: tuple[SiteMotion, ...] = ()
    levels: tuple[LevelTransient, ...] = ()
    insole_work_j: Array | None = None
    insole_stored_j: Array | None = None

    def __post_init__(self) -> None:
        _set(self, "time_s", _series(self.time_s, "time_s"))
        _set(self, "ground_force_n", _columns(self.ground_force_n, "ground_force_n", 3))
        for name in ("insole_work_j", "insole_stored_j"):
            if getattr(self, name) is not None:
                _set(self, name, _series(getattr(self, name), name))
        self._check()

    def _check(self) -> None:
        steps = np.diff(self.time_s)
        if len(steps) < 2 or not np.all(steps > 0.0):
            raise ValueError("time_s: three instants or more, each later than the one before")
        if np.ptp(steps) > STEP_TOLERANCE * steps.mean():
            raise ValueError(
                f"time_s: steps from {steps.min():g} to {steps.max():g} s; shock measures need "
                "equal steps"
            )
        if not self.time_s[0] <= 0.5 * steps[0] or not self.time_s[-1] > 0.0:
            raise ValueError("time_s: touchdown, time 0, must be one of the instants")
        if not self.body_weight_n > 0.0:
            raise ValueError("body_weight_n: greater than 0")
        for name, length in self._lengths():
            if length != len(self.time_s):
                raise ValueError(f"{name}: {length} instants, time_s has {len(self.time_s)}")
        for names in ([s.name for s in self.sites], [level.level for level in self.levels]):
            if len(set(names)) < len(names):
                raise ValueError(f"the same name twice: {', '.join(names)}")

    def _lengths(self) -> Iterator[tuple[str, int]]:
        yield "ground_force_n", len(self.ground_force_n)
        for site in self.sites:
            yield site.name, len(site.acceleration_mm_s2)
        for level in self.levels:
            for name in ("compression_n", "shear_ap_n", "disc_pressure_mpa"):
                yield f"{level.level} {name}", len(getattr(level, name))
        for name in ("insole_work_j", "insole_stored_j"):
            if getattr(self, name) is not None:
                yield name, len(getattr(self, name))

    @property
    def step_s(self) -> float:
        """Time between two instants."""
        return float((self.time_s[-1] - self.time_s[0]) / (len(self.time_s) - 1))

    @property
    def touchdown(self) -> int:
        """Index of the instant nearest to touchdown."""
        return int(np.argmin(np.abs(self.time_s)))

    @property
    def vertical_bw(self) -> Array:
        """Vertical ground reaction in body weights, (n,)."""
        return np.asarray(self.ground_force_n[:, 1] / self.body_weight_n, dtype=np.float64)

    def site(self, name: str) -> SiteMotion | None:
        """Motion of a segment, None where the history has none."""
        return next((site for site in self.sites if site.name == name), None)

    def level(self, name: str) -> LevelTransient | None:
        """Load of a lumbar level, None where the history has none."""
        return next((level for level in self.levels if level.level == name), None)


def _set(record: object, name: str, value: Array) -> None:
    object.__setattr__(record, name, value)


def _series(values: object, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"{name}: a row of finite numbers, not shape {array.shape}")
    return array


def _columns(values: object, name: str, count: int) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] != count or not np.isfinite(array).all():
        raise ValueError(f"{name}: finite numbers of shape (n, {count}), not {array.shape}")
    return array
