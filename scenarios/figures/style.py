# SPDX-License-Identifier: MIT
"""One look for all pictures: sizes for paper, colours safe for colour-blind readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

WIDTH_IN = 7.3
DPI = 160
INK, GREY, FAINT = "#222222", "#777777", "#d9d9d9"

BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)
LINES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
"""Okabe-Ito colours; lines of one axes also differ in dashes and marks."""
DASHES = ("-", (0, (6, 1.5)), (0, (3, 1.2)), (0, (5, 1.2, 1, 1.2)), (0, (1, 1)))

PRESSURE_MAP = LinearSegmentedColormap.from_list(
    "pressure", ["#ffffff", *mpl.colormaps["magma_r"](np.linspace(0.06, 0.92, 24))]
)
"""White at zero, then darker with pressure: order survives grey print."""
TISSUE_MAP = LinearSegmentedColormap.from_list(
    "tissue", ["#dcdad6", *mpl.colormaps["magma_r"](np.linspace(0.06, 0.92, 24))]
)
"""As `PRESSURE_MAP`, but unloaded tissue stays visible on white paper."""
STRESS_MAP = "viridis"


@contextmanager
def paper() -> Iterator[None]:
    """Matplotlib settings for all pictures; never touches a screen."""
    settings = {
        "font.family": "DejaVu Sans",
        "font.size": 8.5,
        "axes.titlesize": 9.0,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.labelsize": 8.5,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.7,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#ebebeb",
        "grid.linewidth": 0.6,
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": 8.0,
        "ytick.labelsize": 8.0,
        "legend.frameon": False,
        "legend.fontsize": 8.0,
        "lines.linewidth": 1.6,
        "lines.markersize": 3.2,
        "text.color": INK,
    }
    with mpl.rc_context(settings):
        yield


def save(figure: Figure, path: Path, dpi: int = DPI) -> Path:
    """Write a PNG, replacing an older one in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.png")
    figure.savefig(partial, dpi=dpi, facecolor="white", metadata={"Software": "solespine"})
    partial.replace(path)
    return path


def stance_axis(axes: Axes, label: bool = True) -> None:
    """Horizontal axis of stance from 0 to 100 %."""
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20))
    if label:
        axes.set_xlabel("stance (%)")


def instant_text(percent: float, run_ms: float | None = None) -> str:
    """An output instant as a title: per cent of stance, of an impact milliseconds.

    Args:
        percent: of stance, or of the run.
        run_ms: how long an impact is followed; None for stance.
    """
    if run_ms is None:
        return f"{percent:.0f} % of stance"
    return f"{percent * run_ms / 100.0:.0f} ms"


def nice_top(value: float) -> float:
    """Smallest of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten not below ``value``."""
    if not np.isfinite(value) or value <= 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return float(next(s for s in steps if s * power >= value * (1 - 1e-9)) * power)
