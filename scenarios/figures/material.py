# SPDX-License-Identifier: MIT
"""One material: stress against strain in four tests, and what relaxes over time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from materials import build
from materials.evaluation import confined_mpa, simple_shear_mpa, uniaxial_mpa
from materials.law import Law
from materials.prony import PronySeries
from materials.record import MaterialRecord
from materials.validity import limit
from scenarios.figures import style

Array = NDArray[np.float64]
POINTS = 81
BEYOND = 1.15
"""How far curves go past the range of the law, times the range."""
MOST_COMPRESSION = 0.8
UNSTATED = 0.5
"""Strain to which curves go where a record states no range."""
CONFINED_TOP = 3.0
"""Largest confined stress that is drawn, times the largest uniaxial one."""


def save_material_figure(record: MaterialRecord, path: Path) -> Path:
    """Draw the response of a solid into a PNG.

    Raises:
        NoLaw: the record is not one of a solid.
        OSError: the file cannot be written.
    """
    law = build.law_of(record)
    series = build.series_of(record)
    with style.paper():
        return style.save(material_figure(record, law, series), path)


def material_figure(record: MaterialRecord, law: Law, series: PronySeries | None) -> Figure:
    """Compression, tension, shear and, where there is a series, relaxation."""
    figure = Figure(figsize=(style.WIDTH_IN, 5.4), layout="constrained")
    panels = figure.subplots(2, 2)
    figure.suptitle(f"{record.name}: {record.title}", x=0.01, ha="left", fontsize=9.5)
    _compression(panels[0, 0], record, law)
    _tension(panels[0, 1], record, law)
    _shear(panels[1, 0], record, law)
    _relaxation(panels[1, 1], series)
    return figure


def _strains(record: MaterialRecord, key: str, most: float) -> tuple[Array, float | None]:
    """Strains of a curve, and the limit of the law."""
    allowed = limit(record, key)
    other = limit(record, "valid_compression") or UNSTATED
    top = min(BEYOND * (allowed or min(other, UNSTATED)), most)
    return np.asarray(np.linspace(0.0, top, POINTS), dtype=np.float64), allowed


def _compression(axes: Axes, record: MaterialRecord, law: Law) -> None:
    strains, allowed = _strains(record, "valid_compression", MOST_COMPRESSION)
    stress = -_uniaxial(law, 1.0 - strains)
    confined = -confined_mpa(law, 1.0 - strains)
    unit, factor = _unit(stress)
    axes.plot(100 * strains, factor * stress, color=style.BLUE, label="free sides")
    same = np.allclose(stress, confined, rtol=1e-3, equal_nan=True)
    label = "held sides: the same" if same else "held sides"
    shown = np.where(confined <= CONFINED_TOP * np.nanmax(stress), confined, np.nan)
    axes.plot(100 * strains, factor * shown, color=style.VERMILION, ls=(0, (6, 1.5)), label=label)
    if "compression_strains" in record.quantities:
        axes.plot(
            100 * np.array(record.numbers("compression_strains")),
            factor * np.array(record.numbers("compression_stresses")),
            "o",
            color=style.INK,
            ms=4.0,
            label="test points of the record",
        )
    _finish(axes, "Compression", "compression (%)", f"nominal stress ({unit})", strains, allowed)


def _tension(axes: Axes, record: MaterialRecord, law: Law) -> None:
    strains, allowed = _strains(record, "valid_tension", 1.0)
    stress = _uniaxial(law, 1.0 + strains)
    unit, factor = _unit(stress)
    axes.plot(100 * strains, factor * stress, color=style.BLUE, label="free sides")
    _finish(axes, "Tension", "elongation (%)", f"nominal stress ({unit})", strains, allowed)


def _shear(axes: Axes, record: MaterialRecord, law: Law) -> None:
    strains, allowed = _strains(record, "valid_shear", 2.0)
    stress = simple_shear_mpa(law, strains)
    unit, factor = _unit(stress)
    axes.plot(strains, factor * stress, color=style.BLUE, label="simple shear")
    _finish(axes, "Shear", "amount of shear", f"shear stress ({unit})", strains, allowed, 1.0)


def _finish(
    axes: Axes,
    title: str,
    across: str,
    up: str,
    strains: Array,
    allowed: float | None,
    scale: float = 100.0,
) -> None:
    """Titles, and the range of the law as a shade."""
    axes.set_title(title)
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.set_xlim(0.0, scale * strains[-1])
    axes.set_ylim(bottom=0.0)
    if allowed is None:
        axes.plot([], [], " ", label="no range is stated")
    else:
        axes.axvspan(0.0, scale * allowed, color=style.SKY, alpha=0.15, lw=0, label="law trusted")
    axes.legend(loc="best")


def _relaxation(axes: Axes, series: PronySeries | None) -> None:
    axes.set_title("Relaxation after a sudden step")
    axes.set_xlabel("time (s)")
    axes.set_ylabel("stress over long-term stress")
    if series is None:
        axes.text(
            0.5, 0.5, "no Prony series: elastic", transform=axes.transAxes, ha="center", va="center"
        )
        axes.set_xticks([])
        axes.set_yticks([])
        return
    times = np.geomspace(series.times_s[0] / 100.0, series.times_s[-1] * 10.0, 200)
    ratio = series.relaxation(times) * series.instantaneous_ratio
    axes.semilogx(times, ratio, color=style.BLUE)
    for time in series.times_s:
        axes.axvline(time, color=style.GREY, lw=0.7, ls=(0, (2, 2)))
    axes.set_xlim(times[0], times[-1])
    axes.set_ylim(bottom=0.0, top=1.05 * series.instantaneous_ratio)


def _uniaxial(law: Law, stretches: Array) -> Array:
    """Nominal stress at each stretch, NaN from the first without an answer on."""
    try:
        return uniaxial_mpa(law, stretches)[0]
    except ArithmeticError:
        half = len(stretches) // 2
        if half == 0:
            return np.full(len(stretches), np.nan)
        return np.concatenate([_uniaxial(law, stretches[:half]), _uniaxial(law, stretches[half:])])


def _unit(stress: Array) -> tuple[str, float]:
    """The unit that suits a curve, and the factor from MPa to it."""
    return ("kPa", 1e3) if np.nanmax(np.abs(stress)) < 2.0 else ("MPa", 1.0)
