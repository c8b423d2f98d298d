# SPDX-License-Identifier: MIT
"""Pictures show the data of the folder, and what is absent is left out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from scenarios.figures import curves, style
from scenarios.figures.discs import DiscState, disc_figure
from scenarios.figures.inputs import History, ResultView, read_history, read_result
from scenarios.figures.outline import plan_outline, section_loops
from scenarios.figures.pressure import peak_map, pressure_figure, smooth_pressure
from scenarios.figures.render import Panel, RenderError, Surface, render_panels
from scenarios.figures.views import View, fitted
from scenarios.plantar import SensorMap
from scenarios.summary import read_summary
from tests.scenarios.synthetic import make_result
from tests.scenarios.synthetic_bodies import LENGTH, bodies_at, edges


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> ResultView:
    folder = tmp_path_factory.mktemp("figures") / "walking"
    make_result(folder, np.arange(0.0, 101.0, 10.0), np.array([50.0]))
    return read_result(folder, read_summary(folder))


@pytest.fixture(autouse=True)
def on_paper() -> Iterator[None]:
    with style.paper():
        yield


def sensors(column, row, pressure, percent: float = 0.0) -> SensorMap:
    column, row, p = np.array(column), np.array(row), np.array(pressure, dtype=float)
    side = np.sqrt(150.0)
    zero = np.zeros_like(p)
    return SensorMap(
        percent, column, row, (column + 0.5) * side, row * side, zero + 150, p, zero, zero
    )


def test_peak_map_takes_the_largest_of_each_cell():
    peaks = peak_map([sensors([0, 1], [0, 0], [5, 80]), sensors([1, 2], [0, 0], [90, 3])])
    assert peaks.pressure_kpa.tolist() == [5, 90, 3]
    assert peaks.column.tolist() == [0, 1, 2]


def test_smoothing_neither_overshoots_nor_loses_force():
    z, x, values = smooth_pressure(sensors([0, 1, 1, 2], [0, 0, 1, 1], [100, 300, 40, 10]))
    assert 0.0 <= values.min()
    assert values.max() <= 300.0
    force = values.sum() * (x[1] - x[0]) * (z[1] - z[0])
    assert force == pytest.approx(450 * 150, rel=1e-3)
    peak = np.unravel_index(values.argmax(), values.shape)
    assert abs(x[peak[0]] - 1.5 * np.sqrt(150)) < 5


def test_pressure_figure_has_a_panel_per_tenth_and_one_scale(view: ResultView):
    figure = pressure_figure(view.sensor_maps, None, LENGTH)
    titles = [axes.get_title("left") for axes in figure.axes if axes.get_title("left")]
    assert titles == [*(f"{p} %" for p in range(0, 101, 10)), "peak"]
    cells = [c for axes in figure.axes for c in axes.collections if isinstance(c, PolyCollection)]
    limits = {c.get_clim() for c in cells if c.get_array() is not None}
    assert len(limits) == 1
    assert limits.pop()[1] >= max(m.pressure_kpa.max() for m in view.sensor_maps)
    single = pressure_figure(view.sensor_maps[5:6], None, None)
    assert sum(axes.get_visible() for axes in single.axes) == 3


def test_outline_is_found_from_the_tissue():
    outline = plan_outline(bodies_at(60.0)[0])
    assert outline is not None
    medial, lateral = edges(outline[:, 0])
    inner = (outline[:, 0] > 20) & (outline[:, 0] < 235)
    gap = np.minimum(np.abs(outline[:, 1] - medial), np.abs(outline[:, 1] - lateral))[inner]
    assert gap.max() < 3.0
    assert np.ptp(outline[:, 0]) == pytest.approx(LENGTH, abs=4.0)


def test_section_loops_of_a_ring_are_its_two_borders():
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points = np.concatenate([ring, 2 * ring])
    i, n = np.arange(24), (np.arange(24) + 1) % 24
    triangles = np.concatenate([np.stack([i, n, i + 24], 1), np.stack([n, n + 24, i + 24], 1)])
    loops = section_loops(points, triangles)
    assert [round(float(np.linalg.norm(loop, axis=1).mean()), 6) for loop in loops] == [2.0, 1.0]
    assert all(np.allclose(loop[0], loop[-1]) for loop in loops)


def test_curves_leave_out_what_is_absent(view: ResultView):
    history = view.history
    full = curves.lumbar_figure(history, 700.0)
    assert full is not None
    names = tuple(n for n in history.names if "shear" not in n)
    keep = [history.names.index(n) for n in names]
    fewer = curves.lumbar_figure(History(names, history.table[:, keep]), None)
    assert fewer is not None
    shown = [axes.get_title("left") for axes in fewer.axes if axes.get_title("left")]
    assert "Compression" in shown
    assert not any("Shear" in title for title in shown)
    bare = History(("percent",), np.zeros((3, 1)))
    for draw in (curves.alignment_figure, curves.tissue_figure, curves.solver_figure):
        assert draw(history) is not None
        assert draw(bare) is None
    assert curves.ground_figure(history, (20, 45)) is not None
    assert curves.lumbar_figure(bare, None) is None


def test_every_axis_names_its_unit(view: ResultView):
    figures = [
        curves.lumbar_figure(view.history, 700.0),
        curves.alignment_figure(view.history),
        curves.ground_figure(view.history, None),
        curves.tissue_figure(view.history),
        curves.solver_figure(view.history),
    ]
    for figure in figures:
        assert figure is not None
        for axes in figure.axes:
            if axes.get_visible() and axes.has_data():
                assert "(" in axes.get_ylabel(), axes.get_title("left")
                assert axes.get_xlabel() == "stance (%)"


def test_history_reads_empty_cells_and_any_spelling_of_levels(tmp_path: Path):
    path = tmp_path / "history.csv"
    path.write_text("percent,L4-L5 compression_n,l1_l2_compression_n\n0,5,\n50,7,\n100,8")
    history = read_history(path)
    assert history.percent.tolist() == [0, 50]
    compression = history.level("L4-L5", "compression_n")
    assert compression is not None
    assert compression.tolist() == [5, 7]
    assert history.level("L1-L2", "compression_n") is None
    assert read_history(tmp_path / "absent.csv").column("percent") is None


def test_disc_figure_needs_a_stress_field():
    body = next(b for b in bodies_at(50.0) if b.name == "disc_l4_l5")
    figure = disc_figure([DiscState("L4-L5", body, 0.6)], 50.0)
    assert figure is not None
    assert "L4-L5" in [axes.get_title() for axes in figure.axes]
    bare = replace(body, point_data={}, cell_data={})
    assert disc_figure([DiscState("L4-L5", bare, 0.6)], 50.0) is None


def test_view_projects_forward_to_the_right_and_up_to_the_top():
    lateral = View((0.0, 0.0, 0.0), 10, 10, 0.0, 0.0)
    np.testing.assert_allclose(lateral.project(np.eye(3)), [[1, 0], [0, 1], [0, 0]], atol=1e-12)
    cloud = np.random.default_rng(1).normal(size=(50, 3)) * 30
    oblique = fitted(cloud, 28.0, 6.0, 0.0)
    local = oblique.project(cloud)
    assert np.abs(local[:, 0]).max() == pytest.approx(oblique.width_mm / 2)
    assert np.abs(local[:, 1]).max() == pytest.approx(oblique.height_mm / 2)


def test_rendered_picture_agrees_with_the_projection():
    """A small red square right of and above the centre shows up there and nowhere else."""
    pytest.importorskip("pyvista")
    square = np.array([[18.0, 8, 0], [22, 8, 0], [22, 12, 0], [18, 12, 0]])
    red = np.tile([1.0, 0.0, 0.0], (4, 1))
    part = Surface(square, np.array([[0, 1, 2], [0, 2, 3]]), red)
    seen = View((0.0, 0.0, 0.0), 100.0, 50.0, 0.0, 0.0)
    (image,) = render_panels([Panel(seen, (part,), 100)])
    assert image.shape == (50, 100, 3)
    rows, columns = np.nonzero(image[:, :, 1] < 128)
    assert columns.mean() - 49.5 == pytest.approx(20.0, abs=1.0)
    assert 24.5 - rows.mean() == pytest.approx(10.0, abs=1.0)
    assert len(rows) == pytest.approx(16, abs=6)


def test_a_renderer_that_dies_is_an_error_not_a_crash(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    part = Surface(np.zeros((3, 3)), np.array([[0, 1, 2]]), np.zeros((3, 3)))
    with pytest.raises(RenderError, match="exit code 1"):
        render_panels([Panel(View((0.0, 0.0, 0.0), 1, 1, 0, 0), (part,), 8)])


def test_pressure_colours_darken_with_pressure(tmp_path: Path):
    grey = style.PRESSURE_MAP(np.linspace(0, 1, 32))[:, :3] @ [0.299, 0.587, 0.114]
    assert np.all(np.diff(grey) < 0)
    figure = curves.solver_figure(History(("percent", "newton_iterations"), np.eye(2)))
    assert figure is not None
    path = style.save(figure, tmp_path / "figures" / "solver.png")
    assert matplotlib.image.imread(path).shape[1] == round(style.WIDTH_IN * style.DPI)
