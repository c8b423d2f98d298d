# SPDX-License-Identifier: MIT
"""Parts of pages: maps over the depth, sensor cells over time, curves and where they lie."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from matplotlib.figure import Figure

from scenarios.compare_curves import shown_label
from scenarios.compare_maps import stress_row
from scenarios.figures.depth_map import PlanMap, depth_map, framed, stored_levels
from scenarios.figures.hover import chart_of
from scenarios.figures.pressure_cells import pressure_cells
from scenarios.plantar import SensorMap, sensor_side_mm
from simulator.results import Body


def test_a_depth_map_holds_the_largest_value_of_each_place() -> None:
    """Two bricks above each other, the upper one half as long."""
    brick = np.array([[x, y, z] for y in (0, 1) for x, z in ((0, 0), (1, 0), (1, 1), (0, 1))])
    points = np.concatenate([brick * [4.0, 2.0, 4.0] + [0, 2.0, 0], brick * [8.0, 2.0, 4.0]])
    body = Body(
        name="two",
        points_mm=points,
        cells=np.arange(16).reshape(2, 8),
        cell_type="hexahedron",
        cell_data={"cauchy_von_mises_mpa": np.array([3.0, 1.0])},
        point_data={},
    )
    plan = depth_map(body, points[:, [0, 2]], 1.0)
    assert plan is not None and plan.values.shape == (9, 5)
    assert np.all(plan.values[:5] == 3.0) and np.all(plan.values[5:] == 1.0)
    wide = framed(plan, np.array([-1.0, 0.0]), np.array([9.0, 5.0]))
    assert np.isnan(wide.values[0]).all() and wide.values[1, 0] == 3.0
    levels = stored_levels(wide, 3.0)
    assert levels.shape == (6, 11) and levels[-1, 1] == 255 and levels[0].max() == 0
    assert levels[-1, 6] == 1 + round(254 / 3)
    assert depth_map(body, points[:, [0, 2]], 1.0, "absent") is None


def test_maps_of_two_shapes_have_one_frame_and_scale() -> None:
    small = PlanMap(np.array([0.0, 0.0]), 2.0, np.full((3, 4), 0.1))
    large = PlanMap(np.array([-4.0, 2.0]), 2.0, np.full((6, 8), 0.2))
    drawn = [(small, "a"), (None, "not stored"), (large, "b")]
    row = stress_row("x", "y", ("kPa", 1000.0), ("p", "q", "r"), drawn, 1.0)
    one, none, two = row.maps
    assert none.source == "" and none.note == "not stored"
    assert row.top == "200" and one.data["top"] == two.data["top"] == 200.0
    size = (one.data["columns"], one.data["rows"])
    assert size == (two.data["columns"], two.data["rows"]) == (6, 9)
    levels = np.frombuffer(base64.b64decode(one.data["levels"]), dtype=np.uint8).reshape(9, 6)
    assert set(levels.reshape(-1).tolist()) == {0, 128}, "half of the scale, clear outside"
    assert np.argwhere(levels > 0).min(axis=0).tolist() == [5, 2]


def test_cells_keep_their_place_at_each_instant() -> None:
    """The heel is loaded first, then one cell of it and another of the forefoot."""

    def at(percent: float, column: list[int], kpa: list[float]) -> SensorMap:
        index = np.array(column)
        zero = np.zeros(len(index))
        x = (index + 0.5) * sensor_side_mm()
        return SensorMap(percent, index, 0 * index, x, zero, zero, np.array(kpa), zero, zero)

    cells = pressure_cells([at(10.0, [1, 0], [50.0, 80.0]), at(60.0, [14, 1], [90.0, 20.0])], 255.0)
    assert cells is not None and cells.labels == ("10 % of stance", "60 % of stance")
    assert cells.region == ("heel", "heel", "forefoot")
    assert cells.frames_kpa.tolist() == [[80.0, 50.0, 0.0], [0.0, 20.0, 90.0]]
    assert cells.peak_kpa.tolist() == [80.0, 50.0, 90.0]
    assert pressure_cells([at(0.0, [1], [0.0])], 255.0) is None


def test_a_chart_knows_where_its_curves_are() -> None:
    figure = Figure(figsize=(4.0, 6.0))
    above, below = figure.subplots(2, 1)
    above.plot([0.0, 50.0, 100.0], [1.0, np.nan, 3.0], color="#0072B2", label="L4-L5")
    above.axhline(0.0)
    below.semilogy([0.0, 50.0, 100.0], [1e-6, 1e-5, 1e-4], label="error")
    below.set_xlim(0.0, 100.0)
    chart = chart_of(figure, "name")
    assert chart is not None and chart.data["size"] == [288.0, 432.0]
    first, second = chart.data["panels"]
    assert first["box"][3] < second["box"][1], "y grows downwards on a page"
    left, top, right, bottom = second["box"]
    place = below.transData.transform((50.0, 1e-5))
    height = figure.bbox.height
    assert (place[0] - left * figure.dpi / 72) == pytest.approx(
        0.5 * (right - left) * figure.dpi / 72, abs=1.0
    )
    assert top < (height - place[1]) * 72 / figure.dpi < bottom
    assert second["log"] and not first["log"]
    (curve,) = first["curves"]
    assert curve["y"] == [1.0, None, 3.0] and curve["name"] == "L4-L5"
    assert f'id="{curve["id"]}"' in chart.svg
    assert chart.svg.startswith("<svg") and "xmlns" not in chart.svg
    assert chart_of(Figure(), "empty") is None


@pytest.mark.parametrize("name", ["_old", "a$b_$c", "plain"])
def test_any_name_of_a_folder_is_a_label(name: str) -> None:
    """No mathematics, and none that matplotlib takes for one to be left out."""
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0.0, 1.0, 2.0], [0.0, 1.0, 4.0], label=shown_label(name))
    figure.legend()
    chart = chart_of(figure, "curves")
    assert chart is not None
    assert [c["name"] for panel in chart.data["panels"] for c in panel["curves"]] == [name]
