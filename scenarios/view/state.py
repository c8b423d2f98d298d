# SPDX-License-Identifier: MIT
"""The page's state as plain values, and the controls that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.view.annotations import remarks
from scenarios.view.colours import Limits, Paint
from scenarios.view.controls import (
    AXES,
    FOCI,
    Controls,
    Cut,
    all_bodies,
    positions,
    shown_instants,
)
from scenarios.view.names import body_label
from scenarios.view.result import ViewResult

NO_FIELD, NO_CUT = "", "none"
_STOPS = 12
_LABELS = 5


def first_state(results: Sequence[ViewResult], controls: Controls) -> dict[str, Any]:
    """Values of the page's state before anything is touched."""
    places = positions(results)
    fields = {field.name: field.title for result in results for field in result.fields}
    return {
        "field": controls.field.name if controls.field else NO_FIELD,
        "fields": [{"title": title, "value": name} for name, title in fields.items()]
        + [{"title": "none", "value": NO_FIELD}],
        "place": places.index(controls.position),
        "places": [f"{place:g}" for place in places],
        "place_unit": "ms" if results[0].is_impact else "%",
        "scale": controls.scale,
        "bodies": [
            {
                "name": name,
                "label": body_label(name),
                "shown": name not in controls.hidden,
                "faint": name in controls.faint,
            }
            for name in all_bodies(results)
        ],
        "cut_axis": controls.cut.axis if controls.cut else NO_CUT,
        "cut_percent": 100.0 * controls.cut.share if controls.cut else 50.0,
        "cut_flipped": bool(controls.cut and controls.cut.flipped),
        "own_limits": controls.limits is not None,
        "low": controls.limits[0] if controls.limits else 0.0,
        "high": controls.limits[1] if controls.limits else 1.0,
        "focus": controls.focus,
        "playing": False,
    }


def controls_of(
    state: Mapping[str, Any], results: Sequence[ViewResult], before: Controls
) -> Controls:
    """The controls that a state stands for; what it does not hold well stays as before.

    Args:
        state: values as they come from the browser, numbers perhaps as text.
        results: what is looked at.
        before: the controls until now; the probe is taken from them.
    """
    places = positions(results)
    fields = {field.name: field for result in results for field in result.fields}
    index = min(max(round(_number(state["place"], 0.0)), 0), len(places) - 1)
    low, high = _number(state["low"], 0.0), _number(state["high"], 1.0)
    own = bool(state["own_limits"]) and low < high
    cut = None
    if state["cut_axis"] in AXES:
        share = min(max(_number(state["cut_percent"], 50.0) / 100.0, 0.0), 1.0)
        cut = Cut(state["cut_axis"], share, bool(state["cut_flipped"]))
    return Controls(
        field=fields.get(state["field"]),
        position=places[index],
        scale=_number(state["scale"], before.scale),
        hidden=frozenset(body["name"] for body in state["bodies"] if not body["shown"]),
        faint=frozenset(body["name"] for body in state["bodies"] if body["faint"]),
        cut=cut,
        limits=(low, high) if own else None,
        probe=before.probe,
        focus=state["focus"] if state["focus"] in FOCI else before.focus,
    )


def headings(results: Sequence[ViewResult], controls: Controls) -> list[dict[str, str]]:
    """What stands over each pane."""
    instants = shown_instants(results, controls.position)
    return [
        {
            "title": result.title + ("" if result.finished else " (unfinished)"),
            "subject": result.subject,
            "when": result.when(instant),
            "remarks": remarks(controls),
        }
        for result, instant in zip(results, instants, strict=True)
    ]


def bar(paint: Paint) -> dict[str, Any]:
    """The colour bar: a gradient of CSS with its numbers, or the regions with their colours."""
    if paint.field is None:
        return {"title": "", "stops": "", "numbers": [], "parts": []}
    if paint.in_parts:
        parts = [
            {"name": name, "colour": _css(paint.colours(index))}
            for index, name in enumerate(paint.parts)
        ]
        return {"title": "", "stops": "", "numbers": [], "parts": parts}
    stops = ", ".join(_css(paint.colours(i / (_STOPS - 1))) for i in range(_STOPS))
    return {
        "title": paint.field.title,
        "stops": f"linear-gradient(to right, {stops})",
        "numbers": numbers(paint.limits),
        "parts": [],
    }


def numbers(limits: Limits) -> list[str]:
    """Numbers under a colour bar, evenly spread."""
    step = (limits.high - limits.low) / (_LABELS - 1)
    return [f"{limits.low + i * step:.4g}" for i in range(_LABELS)]


def _css(colour: Sequence[float]) -> str:
    return "#" + "".join(f"{round(255 * float(part)):02x}" for part in colour[:3])


def _number(value: Any, otherwise: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return otherwise
    return number if abs(number) < float("inf") else otherwise
