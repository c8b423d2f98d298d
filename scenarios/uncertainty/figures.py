# SPDX-License-Identifier: MIT
"""Pictures of a study: differences between candidates, responses to factors, their shares."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scenarios.compare_outputs import output_words
from scenarios.figures import style
from scenarios.figures.curves import panel_grid
from scenarios.uncertainty.differences import PairedDifference
from scenarios.uncertainty.draws import Draws
from scenarios.uncertainty.effects import Effects
from scenarios.uncertainty.indices import RankCorrelations, SobolIndices
from scenarios.uncertainty.wording import with_unit

Array = NDArray[np.float64]

MOST_ROWS = 6
"""Outputs in a picture of factors."""
MOST_FACTORS = 5
MOST_RESPONSES = 4
MOST_POINTS = 1500
"""Of one cloud; more are thinned evenly."""
PANEL_IN = 1.75


def difference_figure(effects: Effects) -> Figure | None:
    """Differences of every candidate to the first, draw by draw, with their means."""
    draws = effects.draws
    pairs = [pair for pair in draws.pairs if pair[1] == 0]
    names = {draws.candidates[pair[0]]: pair for pair in pairs}
    found: dict[str, list[PairedDifference]] = {}
    for one in effects.differences:
        if one.second == draws.candidates[0] and one.output in effects.shown:
            found.setdefault(one.output, []).append(one)
    if not found:
        return None
    figure, axes = panel_grid(len(found), columns=3)
    rows = -(-len(found) // min(3, len(found)))
    figure.set_size_inches(style.WIDTH_IN, rows * (1.15 + 0.34 * len(pairs)) + 0.2)
    for panel, (output, differences) in zip(axes, found.items(), strict=True):
        column = draws.outputs.index(output)
        for place, one in enumerate(differences):
            values = draws.difference(names[one.first])[draws.sample, column]
            _strip(panel, values[~np.isnan(values)], one, place)
        panel.axvline(0.0, color=style.INK, lw=0.8)
        panel.set_yticks(range(len(differences)), [one.first for one in differences])
        panel.set_ylim(len(differences) - 0.45, -0.55)
        panel.set_title(_broken(with_unit(output), 34))
        panel.set_xlabel(f"minus {draws.candidates[0]}")
        panel.locator_params(axis="x", nbins=5)
        panel.grid(axis="y", visible=False)
    return figure


def _strip(axes: Axes, values: Array, one: PairedDifference, place: int) -> None:
    """Draws as a cloud about a line; mean and its interval over it."""
    lower = values < 0.0
    rng = np.random.default_rng(0)
    height = place + 0.13 * rng.uniform(-1.0, 1.0, values.size)
    chosen = _thinned(values.size)
    for side, colour in ((lower, style.BLUE), (~lower, style.VERMILION)):
        kept = chosen & side
        axes.plot(values[kept], height[kept], ls="", marker="o", ms=2.6, mew=0, alpha=0.5, c=colour)
    if one.mean_interval is not None:
        axes.plot(one.mean_interval, (place, place), color=style.INK, lw=1.6)
    axes.plot(one.mean, place, marker="D", ms=4.0, color=style.INK)
    said = f"lower in {one.lower} of {one.pairs}"
    if one.probability is not None:
        said += f" ({one.probability.low:.2f}–{one.probability.high:.2f})"
    axes.annotate(
        said, (0.5, place - 0.31), xycoords=("axes fraction", "data"), fontsize=7.5, ha="center"
    )


def response_figure(effects: Effects) -> Figure | None:
    """Outputs over factors, a colour a candidate."""
    draws = effects.draws
    outputs = [name for name in effects.shown if _is_there(draws, name)][:MOST_ROWS]
    factors = chosen_factors(effects)
    if not outputs or not factors:
        return None
    figure = _grid_figure(len(outputs), len(factors))
    axes = figure.subplots(len(outputs), len(factors), squeeze=False, sharey="row", sharex="col")
    for row, output in enumerate(outputs):
        for column, key in enumerate(factors):
            _cloud(axes[row, column], draws, key, draws.outputs.index(output))
        axes[row, 0].set_ylabel(_broken(with_unit(output)))
        axes[row, 0].locator_params(axis="y", nbins=5)
    for column, key in enumerate(factors):
        axes[-1, column].set_xlabel(_broken(with_unit(key), 22))
    handles, labels = axes[0, 0].get_legend_handles_labels()
    if len(labels) > 1:
        figure.legend(handles, labels, loc="outside upper left", ncols=len(labels), markerscale=2)
    return figure


def _cloud(axes: Axes, draws: Draws, key: str, output: int) -> None:
    values = draws.factors[key]
    words = values.dtype.kind not in "fiub"
    levels = list(dict.fromkeys(values.tolist())) if words else []
    place = np.array([levels.index(v) for v in values], float) if words else values.astype(float)
    few = len(np.unique(place)) <= max(3, len(place) // 4)
    for number, name in enumerate(draws.candidates):
        y = draws.values[number, :, output]
        kept = ~np.isnan(y)
        kept[np.flatnonzero(kept)] = _thinned(int(kept.sum()))
        shift = 0.06 * (number - (len(draws.candidates) - 1) / 2) if words else 0.0
        colour = style.LINES[number % len(style.LINES)]
        axes.plot(
            place[kept] + shift, y[kept], ls="", marker="o", ms=2.4, mew=0, alpha=0.55, c=colour,
            label=name,
        )  # fmt: skip
        if few:
            steps = np.unique(place[~np.isnan(y)])
            means = [np.nanmean(y[place == step]) for step in steps]
            axes.plot(steps + shift, means, color=colour, lw=1.2)
    if words:
        axes.set_xticks(range(len(levels)), [str(level) for level in levels])
        axes.tick_params(axis="x", rotation=30 if len(levels) > 2 else 0)
    else:
        axes.locator_params(axis="x", nbins=4)


def share_figure(effects: Effects) -> Figure | None:
    """Sobol indices, or rank correlations, of candidates and of differences to the first."""
    found: dict[str, dict[str, SobolIndices | RankCorrelations]] = {}
    for one in effects.shares:
        found.setdefault(one.output, {})[one.what] = one
    outputs = [name for name in effects.shown if name in found][:MOST_ROWS]
    if not outputs:
        return None
    draws = effects.draws
    to_first = [draws.name_of(pair) for pair in draws.pairs if pair[1] == 0]
    responses = [*draws.candidates[: MOST_RESPONSES - min(len(to_first), 2)], *to_first]
    responses = responses[:MOST_RESPONSES]
    factors = chosen_factors(effects, most=8)
    height = 0.55 + 0.2 * len(factors)
    figure = Figure(figsize=(style.WIDTH_IN, len(outputs) * height + 0.7), layout="constrained")
    axes = figure.subplots(len(outputs), len(responses), squeeze=False, sharex=True, sharey=True)
    for row, output in enumerate(outputs):
        for column, what in enumerate(responses):
            panel = axes[row, column]
            _bars(panel, found[output].get(what), factors)
            if row == 0 and what:
                parts = (_broken(part, 17) for part in what.split(" − "))
                panel.set_title("\n− ".join(parts), fontsize=8.0)
        axes[row, 0].set_yticks(range(len(factors)), [output_words(key) for key in factors])
        axes[row, 0].set_ylim(len(factors) - 0.4, -0.6)
        axes[row, -1].annotate(
            _broken(output_words(output), 22),
            (1.02, 0.5),
            xycoords="axes fraction",
            va="center",
            fontsize=8.5,
        )
    sobol = bool(effects.sobol)
    label = "share of variance" if sobol else "rank correlation"
    for panel in axes[-1]:
        panel.set_xlabel(label)
    axes[0, 0].set_xlim((0.0, 1.05) if sobol else (-1.05, 1.05))
    handles, labels = _legend(axes)
    if labels:
        figure.legend(handles, labels, loc="outside upper left", ncols=2)
    return figure


def _bars(axes: Axes, one: SobolIndices | RankCorrelations | None, factors: Sequence[str]) -> None:
    axes.grid(axis="y", visible=False)
    if one is None:
        axes.annotate("does not vary", (0.5, 0.5), xycoords="axes fraction", ha="center",
                      va="center", fontsize=8.0, color=style.GREY)  # fmt: skip
        return
    where = {key: place for place, key in enumerate(factors)}
    kept = [place for place, key in enumerate(one.factors) if key in where]
    rows = np.array([where[one.factors[place]] for place in kept], float)
    thin = {"lw": 0.9, "ecolor": style.INK, "elinewidth": 0.9}
    if isinstance(one, RankCorrelations):
        axes.axvline(0.0, color=style.INK, lw=0.8)
        values = one.values[kept]
        ends = np.abs(np.stack([one.low[kept], one.high[kept]]) - values)
        axes.barh(rows, values, 0.55, color=style.BLUE, xerr=ends, error_kw=thin)
        return
    bars = (
        ("first: alone", one.first, one.first_error, -0.18, style.BLUE),
        ("total: with all others", one.total, one.total_error, 0.18, style.SKY),
    )
    for name, values, error, shift, colour in bars:
        axes.barh(
            rows + shift, np.clip(values[kept], 0.0, None), 0.34, color=colour, label=name,
            xerr=error[kept], error_kw=thin,
        )  # fmt: skip


def _legend(axes: NDArray[Any]) -> tuple[list[Any], list[str]]:
    for panel in axes.flat:
        handles, labels = panel.get_legend_handles_labels()
        if labels:
            return handles, labels
    return [], []


def chosen_factors(effects: Effects, most: int = MOST_FACTORS) -> tuple[str, ...]:
    """Factors of a picture, in the order of the study: of many, those that matter most."""
    keys = tuple(effects.draws.factors)
    if len(keys) <= most:
        return keys
    weight = dict.fromkeys(keys, 0.0)
    for one in effects.shares:
        if one.output not in effects.shown:
            continue
        sizes = one.total if isinstance(one, SobolIndices) else np.abs(one.values)
        for key, size in zip(one.factors, sizes, strict=True):
            weight[key] = max(weight[key], float(size))
    heaviest = sorted(keys, key=lambda key: -weight[key])[:most]
    return tuple(key for key in keys if key in heaviest)


def _grid_figure(rows: int, columns: int) -> Figure:
    width = min(style.WIDTH_IN, 2.6 * columns + 1.0)
    return Figure(figsize=(width, PANEL_IN * rows + 0.7), layout="constrained")


def _is_there(draws: Draws, output: str) -> bool:
    return bool((~np.isnan(draws.values[:, :, draws.outputs.index(output)])).any())


def _thinned(count: int) -> NDArray[np.bool_]:
    """Which of so many points are drawn."""
    kept = np.zeros(count, dtype=bool)
    kept[:: max(1, -(-count // MOST_POINTS))] = True
    return kept


def _broken(text: str, width: int = 20) -> str:
    """A long name on two lines or more."""
    return textwrap.fill(text, width, break_long_words=False)
