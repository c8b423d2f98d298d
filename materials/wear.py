# SPDX-License-Identifier: MIT
"""Wear of insole foams: lost thickness, softening, lost cell air and lost damping, by load cycles.

Each change c follows one course over the number N of loadings,

    c(N) = c_final x / (1 + x),    x = (N / N_half)^power,

zero at N = 0, monotone, bounded by c_final, half of it at N_half. The numbers stand in
``library/wear.toml`` by family of foam, or in a material's own record (`fit_course` gives them from
a test). Foams that are no family's, gels and shells do not wear. See ``docs/theory/wear.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from materials.library import load, names
from materials.record import MaterialRecord

CYCLES_PER_HOUR = 115.2 / 2.0 * 60.0
"""Loadings of one foot in an hour of walking: 115.2 steps a minute, the mean of pedestrians in
eight studies (Tudor-Locke and Rowe 2012, Sports Med 42:381)."""

MOST_LOST = 0.95
"""Largest share that a final change may take: something of the foam is left."""

_PREFIX = "wear_"
_PARTS = ("set", "softening", "air_loss", "damping_loss")


@dataclass(frozen=True, slots=True)
class Course:
    """How one property changes with load cycles.

    Attributes:
        final: Change that is approached, as a share of the new value; negative is a gain.
        half_cycles: Cycles at which half of it is reached.
        power: Exponent of the cycles; the smaller, the earlier and the longer.

    Raises:
        ValueError: `final` is not in [-1, 0.95], `half_cycles` or `power` not positive.
    """

    final: float = 0.0
    half_cycles: float = 1.0
    power: float = 0.5

    def __post_init__(self) -> None:
        if not -1.0 <= self.final <= MOST_LOST:
            raise ValueError(f"a final change must lie in [-1, {MOST_LOST:g}], got {self.final!r}")
        if not (self.half_cycles > 0.0 and self.power > 0.0):
            raise ValueError(
                "half_cycles and power must be positive, "
                f"got {self.half_cycles!r} and {self.power!r}"
            )

    def change(self, cycles: float) -> float:
        """Share of the new value that is lost after a number of cycles."""
        x = (cycles / self.half_cycles) ** self.power
        return self.final * (x / (1.0 + x))


@dataclass(frozen=True, slots=True)
class WearState:
    """What is left of a foam.

    Attributes:
        cycles: Loadings so far.
        set_share: Share of the thickness that is lost for good.
        wall_factor: Stiffness of the cell walls over that of new ones.
        air_factor: Stiffness of the cell air over that of a new foam.
        damping_factor: Weights of the Prony series, and loss of energy, over new ones.
    """

    cycles: float = 0.0
    set_share: float = 0.0
    wall_factor: float = 1.0
    air_factor: float = 1.0
    damping_factor: float = 1.0

    @property
    def is_new(self) -> bool:
        """Whether nothing has changed, however many the cycles."""
        factors = (self.wall_factor, self.air_factor, self.damping_factor)
        return self.set_share == 0.0 and factors == (1.0, 1.0, 1.0)

    def weights(self, prony_weights: Sequence[float]) -> tuple[float, ...]:
        """Prony weights of the worn foam."""
        return tuple(self.damping_factor * weight for weight in prony_weights)


NEW = WearState()
"""A foam that has not been worn."""


@dataclass(frozen=True, slots=True)
class WearModel:
    """The courses of one foam.

    Attributes:
        thickness: Permanent set.
        walls: Softening of cell walls.
        air: Loss of the air in closed cells.
        damping: Loss of damping.

    Raises:
        ValueError: Set, loss of air or of damping would be a gain.
    """

    thickness: Course
    walls: Course
    air: Course
    damping: Course

    def __post_init__(self) -> None:
        for course in (self.thickness, self.air, self.damping):
            if course.final < 0.0:
                raise ValueError(f"only the walls' stiffness may grow, got {course.final!r}")

    def at(self, cycles: float) -> WearState:
        """State after a number of cycles.

        Raises:
            ValueError: `cycles` is negative or not finite.
        """
        if not 0.0 <= cycles < float("inf"):
            raise ValueError(f"cycles must be zero or more, and finite, got {cycles!r}")
        return WearState(
            cycles=cycles,
            set_share=self.thickness.change(cycles),
            wall_factor=1.0 - self.walls.change(cycles),
            air_factor=1.0 - self.air.change(cycles),
            damping_factor=1.0 - self.damping.change(cycles),
        )


def wear_model(record: MaterialRecord) -> WearModel | None:
    """How a material wears; None where neither its record nor its family says, or it is no foam.

    Quantities of the record itself (`set_final`, `set_cycles`, ..., `wear_power`) take the place
    of the family's. A change without a `_final` anywhere does not take place.

    Raises:
        ValueError: A `_final` stands without its `_cycles`, or a number is out of its bounds.
    """
    if record.law != "hyperfoam":
        return None
    family = _family(record.name)
    quantities = {**(family.quantities if family else {}), **record.quantities}
    if not any(f"{part}_final" in quantities for part in _PARTS):
        return None
    values = {name: q.number for name, q in quantities.items() if name in _quantity_names()}
    try:
        return WearModel(*(_course(part, values) for part in _PARTS))
    except ValueError as error:
        raise ValueError(f"{record.file}: {record.name}: {error}") from error


def wear_model_of(name: str) -> WearModel | None:
    """How a library material wears; see `wear_model` and `library.load`."""
    return wear_model(load(name))


def fit_course(cycles: Sequence[float], changes: Sequence[float], power: float = 0.5) -> Course:
    """The course through measured changes.

    1/c is linear in N^-power; least squares, weighted so that errors of c count alike.

    Args:
        cycles: Two or more numbers of cycles, positive.
        changes: Shares lost at them, positive.
        power: Exponent, held.

    Raises:
        ValueError: Too few or not positive values, or they do not level off.
    """
    n, c = np.asarray(cycles, dtype=float), np.asarray(changes, dtype=float)
    if n.shape != c.shape or len(np.unique(n)) < 2 or min(n.min(), c.min()) <= 0.0:
        raise ValueError("two or more cycles are needed, with as many changes, all positive")
    slope, intercept = np.polyfit(n**-power, 1.0 / c, 1, w=c**2)
    if intercept <= 0.0 or slope <= 0.0:
        raise ValueError(f"the changes do not level off at power {power:g}: try another")
    return Course(float(1.0 / intercept), float((slope / intercept) ** (1.0 / power)), power)


def _family(name: str) -> MaterialRecord | None:
    """The wear record of a material: wear_NAME, else of what NAME begins with, longest first."""
    words = name.split("_")
    known = names("wear")
    for count in range(len(words), 0, -1):
        family = _PREFIX + "_".join(words[:count])
        if family in known:
            return load(family)
    return None


def _quantity_names() -> set[str]:
    return {"wear_power"} | {f"{part}_{end}" for part in _PARTS for end in ("final", "cycles")}


def _course(part: str, values: dict[str, float]) -> Course:
    if f"{part}_final" not in values:
        return Course()
    if f"{part}_cycles" not in values:
        raise ValueError(f"{part}_final is given without {part}_cycles")
    power = values.get("wear_power", Course().power)
    return Course(values[f"{part}_final"], values[f"{part}_cycles"], power)
