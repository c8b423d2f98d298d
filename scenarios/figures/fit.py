# SPDX-License-Identifier: MIT
"""A fitted law beside the tests: samples, fit, and the band of its 95 % interval."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from materials.fitting.fit import Fit, TestFit
from scenarios.figures import style
from scenarios.figures.curves import panel_grid

LEAST_TIME_S = 1.0e-3
"""Time since the first sample from which a relaxation is drawn, for its axis is logarithmic."""

LONGEST_NAME = 34


def save_fit_figure(fit: Fit, name: str, path: Path) -> Path:
    """Draw a panel for each test into a PNG.

    Raises:
        OSError: the file cannot be written.
    """
    with style.paper():
        return style.save(fit_figure(fit, name), path)


def fit_figure(fit: Fit, name: str) -> Figure:
    """A panel for each test."""
    figure, axes = panel_grid(len(fit.tests), columns=min(2, len(fit.tests)))
    for panel, test in zip(axes, fit.tests, strict=True):
        _panel(panel, fit, test)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
    figure.suptitle(f"{name}: {fit.model.name}", x=0.01, ha="left", fontsize=9.5)
    return figure


def _panel(axes: Axes, fit: Fit, one: TestFit) -> None:
    test = one.test
    factor = 1.0e3 * test.sign if test.mode != "simple_shear" else 1.0e3
    across = test.sign * test.strain * 100.0
    axes.set_xlabel("shear (%)" if test.mode == "simple_shear" else "strain (%)")
    order = np.argsort(across, kind="stable")
    if test.kind == "relaxation" and test.time_s is not None:
        across = np.maximum(test.time_s - test.time_s[0], LEAST_TIME_S)
        axes.set_xscale("log")
        axes.set_xlabel("time (s)")
        order = np.arange(len(across))
    elif test.kind == "cyclic":
        order = np.arange(len(across))
    half = fit.covariance.half_width(one.gradient)
    low, high = factor * (one.stress_mpa - half), factor * (one.stress_mpa + half)
    axes.fill_between(
        across[order],
        np.minimum(low, high)[order],
        np.maximum(low, high)[order],
        color=style.SKY,
        alpha=0.35,
        lw=0,
        label="95 % interval of the fit",
    )
    axes.plot(
        across[order], (factor * test.stress_mpa)[order], "o", color=style.INK, ms=2.4, label="test"
    )
    axes.plot(
        across[order], (factor * one.stress_mpa)[order], color=style.VERMILION, lw=1.1, label="fit"
    )
    axes.set_ylabel("nominal stress (kPa)")
    shown = test.name if len(test.name) <= LONGEST_NAME else f"{test.name[: LONGEST_NAME - 3]}..."
    axes.set_title(f"{shown}: R2 {one.r2:.4f}")
