# SPDX-License-Identifier: MIT
"""The page's values and the controls that they stand for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scenarios.view.colours import Limits, Paint
from scenarios.view.controls import Controls, Cut, Probe
from scenarios.view.names import field_of
from scenarios.view.result import ViewResult, chosen_field
from scenarios.view.state import bar, controls_of, first_state, headings


@pytest.fixture
def controls(result: ViewResult) -> Controls:
    return Controls(chosen_field(result, None), 50.0)


def test_a_state_gives_its_controls_back(result: ViewResult, controls: Controls) -> None:
    for given in (
        controls,
        replace(
            controls,
            field=None,
            position=90.0,
            scale=3.0,
            hidden=frozenset({"insole"}),
            faint=frozenset({"foot_tissue"}),
            cut=Cut("y", 0.25, True),
            limits=(1.0, 2.0),
            focus="spine",
        ),
    ):
        assert controls_of(first_state([result], given), [result], controls) == given


@pytest.mark.parametrize(
    ("key", "value", "name", "expected"),
    [
        ("place", 99, "position", 90.0),
        ("place", -4, "position", 10.0),
        ("place", None, "position", 10.0),
        ("scale", "", "scale", 1.0),
        ("scale", "inf", "scale", 1.0),
        ("field", "nothing", "field", None),
        ("cut_axis", "w", "cut", None),
        ("focus", "hand", "focus", "foot"),
    ],
)
def test_what_a_browser_should_not_send_is_borne(
    result: ViewResult, controls: Controls, key: str, value: Any, name: str, expected: Any
) -> None:
    state = first_state([result], controls) | {key: value}
    assert getattr(controls_of(state, [result], controls), name) == expected


def test_limits_by_hand_need_an_order(result: ViewResult, controls: Controls) -> None:
    state = first_state([result], controls) | {"own_limits": True, "low": "5", "high": "2"}
    assert controls_of(state, [result], controls).limits is None
    state["low"] = "-1.5"
    assert controls_of(state, [result], controls).limits == (-1.5, 2.0)


def test_the_probe_is_kept(result: ViewResult, controls: Controls) -> None:
    probed = replace(controls, probe=Probe("insole", (1.0, 2.0, 3.0)))
    assert controls_of(first_state([result], controls), [result], probed).probe == probed.probe


def test_headings_say_what_is_shown(result: ViewResult, controls: Controls) -> None:
    first, second = headings([result, result], replace(controls, scale=2.0, cut=Cut("z")))
    assert first == second
    assert first["when"] == "50 % of stance, 0.300 s"
    assert first["remarks"] == "deformation x 2; cut lengthwise"


def test_the_bar_has_numbers_with_a_unit() -> None:
    made = bar(Paint(field_of("contact_pressure_mpa"), Limits(0.0, 200.0)))
    assert made["title"] == "contact pressure (kPa)"
    assert made["numbers"] == ["0", "50", "100", "150", "200"]
    assert made["stops"].startswith("linear-gradient(to right, #")
    parts = bar(Paint(field_of("region"), parts=("heel pad", "insole")))
    assert [part["name"] for part in parts["parts"]] == ["heel pad", "insole"]
    assert bar(Paint(None))["title"] == ""
