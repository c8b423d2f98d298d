# SPDX-License-Identifier: MIT
"""Curves over stance: ground reaction, alignment, lumbar load, solver.

Every function returns None where the history lacks what it would draw; a panel
whose columns are absent is left out and the others close up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.inputs import LEVELS, History

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its values over the output instants, its name and its looks."""

    label: str
    values: Array
    colour: str
    dash: object = "-"
    marker: str = ""
    width: float = 1.6


def lumbar_figure(history: History, body_weight_n: float | None) -> Figure | None:
    """Compression, shear, flexion moment and disc pressure per level over stance."""
    titles = (
        ("compression_n", "Compression", "force (N)"),
        ("disc_pressure_mpa", "Disc pressure", "pressure (MPa)"),
        ("shear_ap_n", "Shear, anterior +", "force (N)"),
        ("flexion_moment_nm", "External flexion moment", "moment (N m)"),
        ("shear_ml_n", "Shear, lateral", "force (N)"),
        ("annulus_max_principal_strain", "Annulus, largest principal strain", "strain (–)"),
    )
    panels = [
        (title, unit, curves)
        for quantity, title, unit in titles
        if (curves := _levels(history, quantity))
    ]
    if not panels:
        return None
    figure, axes = panel_grid(len(panels), columns=2)
    for panel, (title, unit, curves) in zip(axes, panels, strict=True):
        _draw(panel, history.percent, curves, title, unit)
        if unit == "force (N)" and body_weight_n is not None:
            _body_weight_axis(panel, body_weight_n)
    legend_above(figure, axes[0])
    return figure


def alignment_figure(history: History) -> Figure | None:
    """Rearfoot, shank, arch, pelvis and lordosis over stance."""
    plan: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
        ("Rearfoot eversion", "angle (°)", (("rearfoot_eversion_deg", ""),)),
        ("Tibial rotation, internal +", "angle (°)", (("tibial_rotation_deg", ""),)),
        ("Arch height (navicular)", "height (mm)", (("arch_height_mm", ""),)),
        (
            "Ankle and knee",
            "angle (°)",
            (
                ("ankle_dorsiflexion_deg", "ankle dorsiflexion"),
                ("knee_flexion_deg", "knee flexion"),
            ),
        ),
        (
            "Pelvis",
            "angle (°)",
            (
                ("pelvic_tilt_deg", "anterior tilt"),
                ("pelvic_obliquity_deg", "obliquity"),
                ("pelvic_rotation_deg", "rotation"),
            ),
        ),
        ("Lumbar lordosis", "angle (°)", (("lumbar_lordosis_deg", ""),)),
    )
    return _planned(history, plan)


def ground_figure(history: History, cop_window: Sequence[float] | None) -> Figure | None:
    """Ground reaction and centre of pressure, measured against computed.

    Args:
        history: columns over the output instants.
        cop_window: part of stance in which the path is calibrated (per cent).
    """
    sides = [
        ("Vertical ground reaction", "force (N)", "grf_y_n", "grf_measured_y_n"),
        ("Fore-aft, anterior +", "force (N)", "grf_x_n", "grf_measured_x_n"),
        ("Medio-lateral, lateral +", "force (N)", "grf_z_n", "grf_measured_z_n"),
        ("Centre of pressure from heel", "x (mm)", "cop_x_mm", "cop_measured_x_mm"),
        ("Centre of pressure, lateral +", "z (mm)", "cop_z_mm", "cop_measured_z_mm"),
    ]
    found = []
    for title, unit, computed, measured in sides:
        values, target = history.column(computed), history.column(measured)
        if values is not None:
            curves = [] if target is None else [Curve("measured", target, style.FAINT, width=4.0)]
            curves.append(Curve("computed", values, style.BLUE, marker="o", width=1.0))
            found.append((title, unit, curves))
    if not found:
        return None
    figure, axes = panel_grid(len(found), columns=3)
    for panel, (title, unit, curves) in zip(axes, found, strict=True):
        if cop_window is not None and unit.endswith("(mm)"):
            panel.axvspan(*cop_window, color=style.FAINT, alpha=0.5, lw=0)
        _draw(panel, history.percent, curves, title, unit)
    legend_above(figure, axes[0])
    return figure


def tissue_figure(history: History) -> Figure | None:
    """Forces in tendon and fascia, contact area and insole strain over stance."""
    plan: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
        (
            "Tendon and fascia",
            "force (N)",
            (("achilles_force_n", "Achilles"), ("fascia_force_n", "plantar fascia")),
        ),
        ("Contact area", "area (mm²)", (("contact_area_mm2", ""),)),
        ("Insole, largest strain", "strain (–)", (("insole_compressive_strain", ""),)),
    )
    return _planned(history, plan)


def solver_figure(history: History) -> Figure | None:
    """Iterations per output instant and the relative errors of equilibrium."""
    newton, krylov = history.column("newton_iterations"), history.column("krylov_iterations")
    bounds = [
        ("force imbalance", history.column("force_imbalance_relative"), style.BLUE, "o"),
        ("ground reaction error", history.column("grf_error_relative"), style.VERMILION, "s"),
    ]
    errors = [(label, values, c, m) for label, values, c, m in bounds if values is not None]
    draws: list[Callable[[Axes], None]] = []
    for title, counts in (("Newton iterations", newton), ("Krylov iterations", krylov)):
        if counts is not None:

            def bars(axes: Axes, title: str = title, counts: Array = counts) -> None:
                axes.bar(
                    history.percent, counts, width=_bar_width(history.percent), color=style.BLUE
                )
                axes.set_title(title)
                axes.set_ylabel("iterations (–)")
                _instants(axes, history.percent)

            draws.append(bars)
    if errors:

        def relative(axes: Axes) -> None:
            for label, values, colour, marker in errors:
                floor = np.maximum(np.abs(values), 1e-16)
                axes.semilogy(history.percent, floor, marker + "-", color=colour, label=label)
            axes.set_title("Errors of equilibrium")
            axes.set_ylabel("part of body weight (–)")
            _instants(axes, history.percent)
            axes.legend(loc="best")

        draws.append(relative)
    if not draws:
        return None
    figure, axes = panel_grid(len(draws), columns=3)
    for panel, draw in zip(axes, draws, strict=True):
        draw(panel)
    return figure


def _planned(
    history: History, plan: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
) -> Figure | None:
    panels = []
    for title, unit, columns in plan:
        curves = []
        for index, (name, label) in enumerate(columns):
            values = history.column(name)
            if values is not None and np.any(values != 0.0):
                colour, dash = style.LINES[index], style.DASHES[index]
                curves.append(Curve(label, values, colour, dash))
        if curves:
            panels.append((title, unit, curves))
    if not panels:
        return None
    figure, axes = panel_grid(len(panels), columns=3)
    for panel, (title, unit, curves) in zip(axes, panels, strict=True):
        _draw(panel, history.percent, curves, title, unit)
        if len(curves) > 1:
            _legend_inside(panel)
    return figure


def _levels(history: History, quantity: str) -> list[Curve]:
    curves = []
    for index, level in enumerate(LEVELS):
        values = history.level(level, quantity)
        if values is not None:
            curves.append(Curve(level, values, style.LINES[index], style.DASHES[index]))
    return curves


def panel_grid(count: int, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure of ``count`` panels in up to ``columns`` columns, and the panels."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = Figure(figsize=(style.WIDTH_IN, 2.15 * rows + 0.3), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for panel in axes[count:]:
        panel.set_visible(False)
    return figure, axes[:count]


def _draw(axes: Axes, percent: Array, curves: Sequence[Curve], title: str, unit: str) -> None:
    for curve in curves:
        few = "o" if len(percent) < 6 else curve.marker
        axes.plot(
            percent,
            curve.values,
            ls=curve.dash,
            marker=few,
            lw=curve.width,
            color=curve.colour,
            label=curve.label,
        )
    low, high = axes.get_ylim()
    if low < 0.0 < high:
        axes.axhline(0.0, color=style.GREY, lw=0.7)
    axes.set_title(title)
    axes.set_ylabel(unit)
    style.stance_axis(axes)


def _body_weight_axis(axes: Axes, weight_n: float) -> None:
    other = axes.twinx()
    low, high = axes.get_ylim()
    other.set_ylim(low / weight_n, high / weight_n)
    other.grid(visible=False)
    other.set_ylabel("body weights (BW)")
    other.spines["right"].set_visible(True)


def legend_above(figure: Figure, axes: Axes) -> None:
    """Legend of one panel above all panels."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), handlelength=2.6)


def _instants(axes: Axes, percent: Array) -> None:
    half = _bar_width(percent)
    style.stance_axis(axes)
    axes.set_xlim(-half, 100 + half)


def _legend_inside(axes: Axes) -> None:
    """Legend on headroom made above the curves."""
    count = len(axes.get_legend_handles_labels()[1])
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + (0.1 * count + 0.05) * (high - low))
    axes.legend(loc="upper left", handlelength=2.4, labelspacing=0.25, borderaxespad=0.1)


def _bar_width(percent: Array) -> float:
    return 0.7 * float(np.diff(percent).min()) if len(percent) > 1 else 8.0
