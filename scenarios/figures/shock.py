# SPDX-License-Identifier: MIT
"""Pictures of an impact over the milliseconds after touchdown, and of its spectra."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from scenarios.figures import style
from scenarios.figures.curves import legend_above, panel_grid
from scenarios.shock.history import ShockHistory
from scenarios.shock.measures import ground_measures, insole_energy, site_measures
from scenarios.shock.spectra import BANDS_HZ, resolution_hz, spectrum, transmissibility

Array = NDArray[np.float64]
SHOWN = ("tibia", "sacrum", "L5", "L3", "L1")
"""Segments that are drawn, in the order of the colours."""
SPECTRUM_TO_HZ = 60.0
ATTENUATION_DB = (-15.0, -5.0)
"""Tibia to head in running, 10-20 Hz (Shorten & Winslow 1992, Hamill 1995)."""


@dataclass(frozen=True, slots=True)
class ShockPicture:
    """One picture: stem of its file, title, how to read it."""

    name: str
    title: str
    caption: str
    figure: Figure


def shock_pictures(history: ShockHistory) -> Iterator[ShockPicture]:
    """Every picture that the histories have data for."""
    yield ShockPicture(
        "shock_force",
        "Vertical ground reaction after touchdown",
        "In body weights. The dot is the impact peak, the dashed line the average loading rate "
        "over 20-80 % of the rise to it, without one to the largest force within 50 ms of contact. "
        "On the right the first 60 ms.",
        force_figure(history),
    )
    if history.sites:
        yield ShockPicture(
            "shock_acceleration",
            "Acceleration along the axis of the segments",
            "Upward positive, without gravity: zero at rest, -1 g in flight. Dots are the peaks of "
            "the table. On the right the segments above the tibia at their own scale.",
            acceleration_figure(history),
        )
        yield ShockPicture(
            "shock_spectra",
            "Power spectral density of the accelerations",
            "Record of 150 ms from touchdown. Shaded: movement of the body (3-8 Hz) and impact "
            f"(10-20 Hz). What is told apart is {resolution_hz(history):.1f} Hz, the bar at the "
            "top; lines are smooth by added zeros.",
            spectra_figure(history),
        )
    if history.site("tibia") is not None and len(history.sites) > 1:
        yield ShockPicture(
            "shock_transmissibility",
            "Transmissibility from the tibia up",
            "Ratio of the densities; a line ends where the tibia has less than 1 % of its largest "
            "density. Shaded: tibia to head in running, -5 to -15 dB at 10-20 Hz (Shorten & "
            "Winslow 1992, Hamill 1995).",
            transmissibility_figure(history),
        )
    if history.levels:
        yield ShockPicture(
            "shock_lumbar",
            "Lumbar load after touchdown",
            "Compression and disc pressure of each level. The absolute level is calibrated on "
            "standing; the rise after touchdown is what is predicted.",
            lumbar_figure(history),
        )
    if insole_energy(history) is not None:
        yield ShockPicture(
            "shock_insole",
            "Energy of the insole",
            "Work done on it, the elastic part of it, and what is lost: the difference of the two.",
            insole_figure(history),
        )


def force_figure(history: ShockHistory) -> Figure:
    """Vertical ground reaction, whole and in the first 60 ms, with peak and loading rate."""
    found = ground_measures(history)
    time, force = 1000.0 * history.time_s, history.vertical_bw
    ends = [float(time[-1])] + ([60.0] if time[-1] > 60.0 else [])
    figure, axes = panel_grid(len(ends), columns=2)
    for panel, end in zip(axes, ends, strict=True):
        panel.plot(time, force, color=style.BLUE, label="vertical force")
        _milliseconds(panel, time, end)
        panel.set_ylabel("force (BW)")
        panel.set_ylim(0.0, style.nice_top(1.05 * float(force[time <= end].max())))
        if found.peak is not None:
            at, height = 1000.0 * found.peak.time_s, found.peak.force_bw
            label = f"impact peak {height:.2f} BW ({found.peak.kind})"
            panel.plot(at, height, "o", color=style.VERMILION, ms=5.0, label=label)
        if found.rate_bw_per_s is not None:
            x, y = _chord(history, found.rise_end_s, found.rate_bw_per_s)
            label = f"loading rate {found.rate_bw_per_s:.0f} BW/s"
            panel.plot(x, y, color=style.INK, ls=style.DASHES[2], lw=1.2, label=label)
    for panel, title in zip(axes, ("Whole run", "First 60 ms"), strict=False):
        panel.set_title(title)
    legend_above(figure, axes[0])
    return figure


def acceleration_figure(history: ShockHistory) -> Figure:
    """Axial accelerations, all and those above the tibia."""
    shown = _shown(history)
    above = [name for name in shown if name != "tibia"]
    parts = [("All", shown)] + ([("Above the tibia", above)] if len(shown) > len(above) > 0 else [])
    figure, axes = panel_grid(len(parts), columns=2)
    time = 1000.0 * history.time_s
    for panel, (title, names) in zip(axes, parts, strict=True):
        for name in names:
            site = history.site(name)
            if site is None:
                continue
            colour, dash = _look(name)
            panel.plot(time, site.axial_g, color=colour, ls=dash, lw=1.4, label=name)
            found = site_measures(history, site)
            if found.is_local:
                panel.plot(1000.0 * found.at_s, found.peak_g, "o", color=colour, ms=4.0)
        panel.axhline(0.0, color=style.GREY, lw=0.7)
        panel.set_title(title)
        panel.set_ylabel("acceleration (g)")
        _milliseconds(panel, time)
    legend_above(figure, axes[0])
    return figure


def spectra_figure(history: ShockHistory) -> Figure:
    """Densities on a logarithmic axis over three decades."""
    figure, (panel,) = panel_grid(1, columns=1)
    _shade(panel)
    largest = 0.0
    for name in _shown(history):
        found = spectrum(history, name)
        colour, dash = _look(name)
        panel.semilogy(found.frequency_hz, found.psd_g2_per_hz, color=colour, ls=dash, label=name)
        inside = found.frequency_hz <= SPECTRUM_TO_HZ
        largest = max(largest, float(found.psd_g2_per_hz[inside].max()))
    if largest > 0.0:
        panel.set_ylim(1e-4 * largest, 3.0 * largest)
    width = resolution_hz(history)
    panel.plot([50.0, 50.0 + width], [0.955, 0.955], color=style.INK, lw=2.5,
               transform=panel.get_xaxis_transform(), solid_capstyle="butt")  # fmt: skip
    panel.text(50.0, 0.9, f"{width:.1f} Hz", transform=panel.get_xaxis_transform(), fontsize=7.5,
               va="top")  # fmt: skip
    panel.set_ylabel("density (g²/Hz)")
    _hertz(panel)
    legend_above(figure, panel)
    return figure


def transmissibility_figure(history: ShockHistory) -> Figure:
    """Ratio to the tibia in decibels beside what is measured from tibia to head."""
    figure, (panel,) = panel_grid(1, columns=1)
    low, high = ATTENUATION_DB
    left, right = BANDS_HZ["impact"]
    panel.add_patch(Rectangle((left, low), right - left, high - low, color=style.FAINT, lw=0,
                              label="tibia to head, running"))  # fmt: skip
    below = spectrum(history, "tibia")
    for name in _shown(history):
        if name != "tibia":
            found = transmissibility(below, spectrum(history, name))
            colour, dash = _look(name)
            panel.plot(found.frequency_hz, found.ratio_db, color=colour, ls=dash, label=name)
    panel.axhline(0.0, color=style.GREY, lw=0.7)
    panel.set_ylabel("transmissibility (dB)")
    bottom, top = panel.get_ylim()
    panel.set_ylim(max(bottom, -40.0), min(top, 20.0))
    _hertz(panel)
    legend_above(figure, panel)
    return figure


def lumbar_figure(history: ShockHistory) -> Figure:
    """Compression and disc pressure of each level."""
    figure, axes = panel_grid(2, columns=2)
    time = 1000.0 * history.time_s
    levels = sorted(history.levels, key=lambda level: level.level)
    for panel, title, unit, quantity in (
        (axes[0], "Compression", "force (N)", "compression_n"),
        (axes[1], "Disc pressure", "pressure (MPa)", "disc_pressure_mpa"),
    ):
        for index, level in enumerate(levels):
            values = getattr(level, quantity)
            colour, dash = style.LINES[index], style.DASHES[index]
            panel.plot(time, values, color=colour, ls=dash, label=level.level)
        panel.set_title(title)
        panel.set_ylabel(unit)
        _milliseconds(panel, time)
    legend_above(figure, axes[0])
    return figure


def insole_figure(history: ShockHistory) -> Figure:
    """Work on the insole, elastic energy and loss."""
    figure, (panel,) = panel_grid(1, columns=1)
    time, work, stored = 1000.0 * history.time_s, history.insole_work_j, history.insole_stored_j
    if work is not None:
        panel.plot(time, work, color=style.BLUE, label="work done on the insole")
    if work is not None and stored is not None:
        panel.plot(time, stored, color=style.GREEN, ls=style.DASHES[1], label="elastic energy")
        panel.plot(time, work - stored, color=style.VERMILION, ls=style.DASHES[3], label="lost")
    panel.set_ylabel("energy (J)")
    _milliseconds(panel, time)
    legend_above(figure, panel)
    return figure


def _shown(history: ShockHistory) -> list[str]:
    return [name for name in SHOWN if history.site(name) is not None]


def _look(name: str) -> tuple[str, object]:
    index = SHOWN.index(name)
    return style.LINES[index], style.DASHES[index]


def _chord(history: ShockHistory, end_s: float, rate: float) -> tuple[Array, Array]:
    """The line of the average loading rate through 20 % of the rise, a little beyond both ends."""
    inside = (history.time_s >= 0.0) & (history.time_s <= end_s + 1e-9)
    time, force = history.time_s[inside], history.vertical_bw[inside]
    first, top = force[0], force[-1]
    upper = int(np.argmax(force >= first + 0.8 * (top - first)))
    at = time[upper] - (force[upper] - first - 0.2 * (top - first)) / rate
    levels = np.array([0.05, 0.95])
    return 1000.0 * (at + (levels - 0.2) * (top - first) / rate), first + levels * (top - first)


def _milliseconds(axes: Axes, time_ms: Array, end_ms: float | None = None) -> None:
    axes.set_xlim(min(float(time_ms[0]), 0.0), float(time_ms[-1]) if end_ms is None else end_ms)
    axes.set_xlabel("time after touchdown (ms)")


def _hertz(axes: Axes) -> None:
    axes.set_xlim(0.0, SPECTRUM_TO_HZ)
    axes.set_xlabel("frequency (Hz)")


def _shade(axes: Axes) -> None:
    for band in ("active", "impact"):
        axes.axvspan(*BANDS_HZ[band], color=style.FAINT, alpha=0.5, lw=0)
