# SPDX-License-Identifier: MIT
"""What a user has chosen to see: the state of every control of the viewer, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scenarios.errors import ScenarioError, listed
from scenarios.view.names import FOOT, Field, is_spine
from scenarios.view.result import Instant, ViewResult

Axis = Literal["x", "y", "z"]
Focus = Literal["foot", "spine", "all"]
FOCI: tuple[Focus, ...] = ("foot", "spine", "all")
AXES: dict[Axis, str] = {"x": "front", "y": "top", "z": "lateral side"}
"""What a cut across an axis takes away first."""
DIRECTIONS: dict[str, tuple[float, float]] = {
    "oblique": (35.0, 20.0),
    "lateral": (0.0, 0.0),
    "medial": (180.0, 0.0),
    "front": (90.0, 0.0),
    "back": (-90.0, 0.0),
    "top": (0.0, 90.0),
    "sole": (0.0, -90.0),
}
"""Where the eye is: azimuth and elevation in degrees, as in `scenarios.figures.views`."""
SIZE = (1280, 800)
"""Pixels of a picture."""
LARGEST_SCALE = 20.0
"""Beyond this a picture shows nothing of the body any more."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A plane that takes a part of every body away.

    Attributes:
        axis: its normal.
        share: where it stands in the extent of the bodies in focus, 0 to 1.
        flipped: whether the part below it is taken away instead of that above.
    """

    axis: Axis
    share: float = 0.5
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A point of the material: the body, and its place in the unloaded reference in mm."""

    body: str
    reference_mm: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Controls:
    """What is shown.

    Attributes:
        field: coloured; None for bodies in their own colours.
        position: per cent of stance, of an impact milliseconds.
        scale: by how much deformation is magnified; 1 as computed.
        hidden: names of bodies that are not shown.
        faint: names of bodies that are shown half transparent.
        cut: plane, if any.
        limits: of the colours, in the field's unit; None for those of all instants.
        probe: point whose values are read, if any.
        focus: bodies whose values the limits are of and whose extent a cut stands in.
    """

    field: Field | None
    position: float
    scale: float = 1.0
    hidden: frozenset[str] = frozenset()
    faint: frozenset[str] = frozenset()
    cut: Cut | None = None
    limits: tuple[float, float] | None = None
    probe: Probe | None = None
    focus: Focus = "foot"


def positions(results: Sequence[ViewResult]) -> tuple[float, ...]:
    """Where the slider of time can stand: at every instant of any result.

    Raises:
        ScenarioError: results whose times have nothing to do with each other.
    """
    if len({result.is_impact for result in results}) > 1:
        impact, other = sorted(results, key=lambda result: not result.is_impact)
        raise ScenarioError(
            str(other.folder),
            "",
            f"cannot stand beside {impact.folder}: one counts per cent of stance, the other, an "
            "impact, milliseconds after touchdown",
            allowed="two impacts, or two of stance and standing",
        )
    return tuple(sorted({instant.position for result in results for instant in result.instants}))


def chosen_position(results: Sequence[ViewResult], text: str | None) -> float:
    """The position nearest to the one asked for; without one where the force is likely large.

    Args:
        results: one, or two that stand side by side.
        text: per cent of stance, or milliseconds of an impact.

    Raises:
        ScenarioError: no number, or outside the instants that there are.
    """
    places = positions(results)
    if text is None:
        return places[len(places) // 2]
    unit = "ms after touchdown" if results[0].is_impact else "% of stance"
    try:
        wanted = float(text)
    except ValueError:
        wanted = float("nan")
    low, high = places[0], places[-1]
    # Instants are some per cent apart: half a step beyond the last is still that instant.
    margin = 0.5 * (high - low) / max(len(places) - 1, 1) or 5.0
    if not low - margin <= wanted <= high + margin:
        raise ScenarioError(
            "--time",
            "",
            f"{text!r} is not among the instants with fields",
            allowed=f"{listed(f'{place:g}' for place in places)} {unit}",
        )
    return min(places, key=lambda place: abs(place - wanted))


def shown_instants(results: Sequence[ViewResult], position: float) -> tuple[Instant, ...]:
    """The instant of each result that is nearest to a position."""
    return tuple(result.at(position) for result in results)


def all_bodies(results: Sequence[ViewResult]) -> tuple[str, ...]:
    """Names of the bodies of any result, those of the first in their order."""
    return tuple(dict.fromkeys(name for result in results for name in result.bodies))


def focus_bodies(bodies: Sequence[str], focus: Focus) -> tuple[str, ...]:
    """Those of some bodies that are in focus; all of them where none is."""
    if focus == "foot":
        chosen = tuple(name for name in bodies if name in FOOT)
    elif focus == "spine":
        chosen = tuple(name for name in bodies if is_spine(name))
    else:
        chosen = ()
    return chosen or tuple(bodies)
