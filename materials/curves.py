# SPDX-License-Identifier: MIT
"""Force curves of connectors: plain numbers in, plain numbers out, no UFL.

A connector's force is positive in tension and a function of its elongation past the slack length.
Curves are sums of ramps, each 0 before its start and straight after a rounded toe, so that force
and stiffness are continuous and the energy is known exactly.
"""

from dataclasses import dataclass
from typing import Self

from materials.law import require_positive


@dataclass(frozen=True, slots=True)
class Ramp:
    """0 before `start_mm`, straight after `start_mm + toe_mm`, a parabola between.

    The stiffness of a ramp may be negative (a curve that softens at a transition), and then the sum
    it belongs to must stay positive.
    """

    start_mm: float
    toe_mm: float
    stiffness_n_per_mm: float

    def __post_init__(self) -> None:
        require_positive(toe_mm=self.toe_mm)

    def force_n(self, elongation_mm: float) -> float:
        """Force, N."""
        x = elongation_mm - self.start_mm
        if x <= 0.0:
            return 0.0
        if x < self.toe_mm:
            return self.stiffness_n_per_mm * x * x / (2.0 * self.toe_mm)
        return self.stiffness_n_per_mm * (x - self.toe_mm / 2.0)

    def slope_n_per_mm(self, elongation_mm: float) -> float:
        """Derivative of the force, N/mm."""
        x = elongation_mm - self.start_mm
        return self.stiffness_n_per_mm * min(max(x / self.toe_mm, 0.0), 1.0)

    def energy_nmm(self, elongation_mm: float) -> float:
        """Integral of the force, N mm."""
        x, toe = elongation_mm - self.start_mm, self.toe_mm
        if x <= 0.0:
            return 0.0
        if x < toe:
            return self.stiffness_n_per_mm * x**3 / (6.0 * toe)
        return self.stiffness_n_per_mm * (x * x / 2.0 - toe * x / 2.0 + toe * toe / 6.0)


@dataclass(frozen=True, slots=True)
class TensionCurve:
    """Tension-only curve: ramps of the elongation past the slack length.

    Attributes:
        slack_length_mm: Length at which the elongation is 0.
        ramps: At least one; starts not negative.

    Raises:
        ValueError: The slack length is not positive, there is no ramp, a ramp starts at a negative
            elongation, or the stiffness becomes negative somewhere.
    """

    slack_length_mm: float
    ramps: tuple[Ramp, ...]

    def __post_init__(self) -> None:
        require_positive(slack_length_mm=self.slack_length_mm)
        if not self.ramps or min(ramp.start_mm for ramp in self.ramps) < 0.0:
            raise ValueError("a tension curve needs ramps that start at elongations >= 0")
        corners = [c for ramp in self.ramps for c in (ramp.start_mm, ramp.start_mm + ramp.toe_mm)]
        if min(self.slope_n_per_mm(corner) for corner in corners) < 0.0:
            raise ValueError("the force falls with elongation: too negative a ramp")

    @classmethod
    def linear(cls, slack_length_mm: float, stiffness_n_per_mm: float, toe_mm: float) -> Self:
        """One stiffness after a toe region of length `toe_mm`."""
        require_positive(stiffness_n_per_mm=stiffness_n_per_mm)
        return cls(slack_length_mm, (Ramp(0.0, toe_mm, stiffness_n_per_mm),))

    @classmethod
    def bilinear(
        cls,
        slack_length_mm: float,
        stiffnesses_n_per_mm: tuple[float, float],
        transition_mm: float,
        toe_mm: float,
    ) -> Self:
        """Two stiffnesses; toe region and rounding of the transition are both `toe_mm` long."""
        require_positive(
            stiffness_1_n_per_mm=stiffnesses_n_per_mm[0],
            stiffness_2_n_per_mm=stiffnesses_n_per_mm[1],
            transition_mm=transition_mm,
        )
        first, second = stiffnesses_n_per_mm
        # A ramp lags its start by half a toe: begun that much earlier, it ends as a sharp corner.
        start = max(transition_mm - toe_mm / 2.0, 0.0)
        return cls(slack_length_mm, (Ramp(0.0, toe_mm, first), Ramp(start, toe_mm, second - first)))

    @property
    def stiffness_n_per_mm(self) -> float:
        """Slope beyond the last ramp."""
        return sum(ramp.stiffness_n_per_mm for ramp in self.ramps)

    @property
    def toe_mm(self) -> float:
        """Length of the first ramp's toe region."""
        return self.ramps[0].toe_mm

    def force_n(self, elongation_mm: float) -> float:
        """Tension, N; 0 for elongations <= 0."""
        return sum(ramp.force_n(elongation_mm) for ramp in self.ramps)

    def slope_n_per_mm(self, elongation_mm: float) -> float:
        """Derivative of the force, N/mm."""
        return sum(ramp.slope_n_per_mm(elongation_mm) for ramp in self.ramps)

    def energy_nmm(self, elongation_mm: float) -> float:
        """Integral of the force from 0, N mm."""
        return sum(ramp.energy_nmm(elongation_mm) for ramp in self.ramps)


@dataclass(frozen=True, slots=True)
class CompressionCurve:
    """Compression-only contact of two faces with an initial gap (a facet joint).

    Attributes:
        gap_mm: Approach at which force begins.
        ramp: Its force against the approach past the gap.
    """

    gap_mm: float
    ramp: Ramp

    @classmethod
    def linear(cls, gap_mm: float, stiffness_n_per_mm: float, toe_mm: float) -> Self:
        """One stiffness after a toe region of length `toe_mm`."""
        require_positive(stiffness_n_per_mm=stiffness_n_per_mm)
        return cls(gap_mm, Ramp(gap_mm, toe_mm, stiffness_n_per_mm))

    @property
    def stiffness_n_per_mm(self) -> float:
        """Slope beyond the toe region."""
        return self.ramp.stiffness_n_per_mm

    @property
    def toe_mm(self) -> float:
        """Length of the toe region."""
        return self.ramp.toe_mm

    def force_n(self, elongation_mm: float) -> float:
        """Force, N, never positive; the elongation is the change of distance of the faces."""
        return -self.ramp.force_n(-elongation_mm)

    def slope_n_per_mm(self, elongation_mm: float) -> float:
        """Derivative of the force, N/mm."""
        return self.ramp.slope_n_per_mm(-elongation_mm)

    def energy_nmm(self, elongation_mm: float) -> float:
        """Integral of the force from 0, N mm."""
        return self.ramp.energy_nmm(-elongation_mm)
