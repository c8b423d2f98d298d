# SPDX-License-Identifier: MIT
"""Pictures of the insole family: every key of the shape has one, and the guide names them all."""

from __future__ import annotations

from pathlib import Path

from meshes.foot import build_foot
from meshes.foot_dimensions import FootDimensions
from scenarios.figures.insole_family import SHEETS, draw_infill, draw_sheet
from scenarios.keys import keys_in

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "insole.md"
NO_SHAPE = ("material", "material_file", "both_feet", "wear")
OF_OTHERS = ("infill", "heel_plug_material")
"""Drawn with another key, or as a curve."""


def test_every_key_of_the_shape_is_drawn_and_described() -> None:
    drawn = " ".join(row.key for rows in SHEETS.values() for row in rows)
    text = GUIDE.read_text(encoding="utf-8")
    for key in keys_in("insole"):
        if key.startswith(NO_SHAPE):
            continue
        stem = key.removeprefix("metatarsal_pad") if key.startswith("metatarsal_pad") else key
        assert stem in text, key
        assert key in drawn or key.startswith(OF_OTHERS), key
    for name in (*SHEETS, "infill"):
        assert f"figures/insole/{name}.png" in text
        assert (GUIDE.parent.parent / "figures" / "insole" / f"{name}.png").stat().st_size < 3e5


def test_sheets_show_both_values_and_a_section() -> None:
    foot = build_foot(FootDimensions())
    rows = [SHEETS["outline"][1], *SHEETS["materials"][1:]]
    figure = draw_sheet(foot, rows)
    panels = [axes for axes in figure.axes if axes.get_title()]
    assert len(panels) == 9
    ends = [line.get_xdata()[-1] for line in panels[2].get_lines()[:2]]
    assert len(ends) == 2
    assert len(draw_infill().axes[0].get_lines()) == 6
