# SPDX-License-Identifier: MIT
"""All pictures of a result folder, in the order in which the report shows them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scenarios.fields import UNREADABLE, BodyFile, read_body
from scenarios.figures import curves, style
from scenarios.figures.chain import CHAIN_DPI, ChainImages, chain_figures, chain_images
from scenarios.figures.chain_surfaces import ChainInstant
from scenarios.figures.discs import DiscState, disc_figure
from scenarios.figures.hover import Chart, chart_of
from scenarios.figures.inputs import LEVELS, ResultView
from scenarios.figures.outline import plan_outline
from scenarios.figures.pressure import pressure_figure
from scenarios.figures.regional_pressure import regional_figure
from scenarios.figures.render import RenderError
from scenarios.figures.scan import scan_figures
from scenarios.figures.shock import shock_pictures
from scenarios.figures.vertebra import vertebra_figure
from scenarios.shock.tables import history_from_columns

Array = NDArray[np.float64]
CHAIN_PERCENTS = (15.0, 35.0, 55.0, 80.0)
"""Loading response, foot flat, heel rise, push-off; the nearest stored instants are taken."""
IMPACT_PERCENTS = (0.0, 15.0, 35.0, 100.0)
"""Touchdown, impact peak, lumbar transient, end; of the 150 ms of an impact."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A written PNG: ``name`` is its stem, ``caption`` says how to read it.

    ``chart`` is the same figure for a page, where it is one of curves.
    """

    name: str
    title: str
    caption: str
    path: Path
    width_in: float
    chart: Chart | None = None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pictures that were drawn, and why others were not."""

    pictures: tuple[Picture, ...]
    problems: tuple[str, ...]

    def find(self, name: str) -> Picture | None:
        """Picture of that name, None where it was not drawn."""
        return next((picture for picture in self.pictures if picture.name == name), None)


def draw_gallery(view: ResultView) -> Gallery:
    """Draw everything that the folder has data for into ``figures/``.

    A picture whose data are absent is left out without a word; one that fails is
    left out with its reason in `Gallery.problems`.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Bodies take as long as all curves, in a process of its own.
        rendered = beside.submit(_rendered, view)
        groups = (
            ("plantar pressure", _pressure),
            ("loaded chain", lambda view: _chain(view, rendered)),
            ("lumbar load", _lumbar),
            ("shock", _shock),
            ("disc stress", _discs),
            ("vertebra stress", _vertebra),
            ("alignment", _alignment),
            ("ground reaction", _ground),
            ("tendon, fascia and insole", _tissue),
            ("solver", _solver),
            ("scan", _scan),
        )
        found: dict[str, list[Picture]] = {title: [] for title, _ in groups}
        problems: list[str] = []
        for title, draw in sorted(groups, key=lambda group: group[0] == "loaded chain"):
            try:
                with style.paper():
                    found[title] += [_save(view, drawn) for drawn in draw(view)]
            except (RenderError, ImportError, *UNREADABLE) as error:
                problems.append(f"picture of {title} left out: {error}")
    return Gallery(tuple(picture for group in found.values() for picture in group), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Drawn:
    name: str
    title: str
    caption: str
    figure: Figure
    dpi: int = style.DPI
    curves: bool = False


def _save(view: ResultView, drawn: _Drawn) -> Picture:
    path = style.save(drawn.figure, view.folder / "figures" / f"{drawn.name}.png", drawn.dpi)
    width = float(drawn.figure.get_figwidth())
    chart = chart_of(drawn.figure, drawn.name) if drawn.curves else None
    return Picture(drawn.name, drawn.title, drawn.caption, path, width, chart)


def _pressure(view: ResultView) -> Iterator[_Drawn]:
    if not view.sensor_maps or not any(m.pressure_kpa.any() for m in view.sensor_maps):
        return
    outline = foot_outline(view)
    x, z = view.history.column("cop_x_mm"), view.history.column("cop_z_mm")
    cop = None
    if x is not None and z is not None:
        rows = [_row(view, sensors.percent) for sensors in view.sensor_maps]
        cop = np.stack([x, z], axis=1)[rows]
    figure = pressure_figure(view.sensor_maps, outline, view.foot_length_mm, cop, view.run_ms)
    caption = (
        "Foot seen from above, medial side to the left, a left one mirrored. Squares are sensor "
        "cells of 1.5 cm², lines their smoothed contours at a fifth of the scale, the dot the "
        "centre of pressure, the number below the largest sensor pressure."
    )
    if len(view.sensor_maps) > 1:
        caption += " Last map: peak of each cell with the peaks of the regions (dashed borders)."
    yield _Drawn("plantar_pressure", "Plantar pressure", caption, figure)
    caption = "Largest pressure of a sensor cell in each region; the hallux is a part of the toes."
    regions = regional_figure(view.sensor_maps, view.foot_length_mm) if view.over_stance else None
    yield from _one("regional_pressure", "Pressure by region", caption, regions)


def foot_outline(view: ResultView) -> Array | None:
    """Border of the unloaded foot (x, z), None where no tissue is stored that can be read."""
    tissue = next((f for f in view.field_files if f.body == "foot_tissue"), None)
    try:
        return None if tissue is None else plan_outline(read_body(tissue))
    except UNREADABLE:
        return None


def _rendered(view: ResultView) -> tuple[list[ChainInstant], ChainImages] | None:
    """Images of the bodies at some instants, None without fields."""
    wanted = IMPACT_PERCENTS if view.is_impact else CHAIN_PERCENTS
    instants = [_instant(view, percent) for percent in _nearest(view.field_files, wanted)]
    return (instants, chain_images(instants)) if instants else None


def _chain(
    view: ResultView, rendered: Future[tuple[list[ChainInstant], ChainImages] | None]
) -> Iterator[_Drawn]:
    images = rendered.result()
    if images is None:
        return
    chain, foot = chain_figures(*images, view.body_weight_n)
    yield _Drawn(
        "chain",
        "The loaded chain",
        "Above: lumbar vertebrae and discs cut along the midplane, discs coloured by the pressure "
        "of their nucleus. Below: foot on the insole, shank, thigh, pelvis and lumbar spine, with "
        "the ground reaction on the foot in body weights. Deformations to scale.",
        chain,
        CHAIN_DPI,
    )
    if foot is not None:
        yield _Drawn(
            "foot_section",
            "Foot and insole, cut along the long axis",
            "Medial half seen from the lateral side: von Mises stress in plantar tissue and "
            "insole, bones rigid. The arrow is the ground reaction at the centre of pressure.",
            foot,
        )


def _lumbar(view: ResultView) -> Iterator[_Drawn]:
    caption = (
        "Load of the five lumbar discs over stance. The absolute level is calibrated on standing "
        "disc pressure; differences between insoles are what is predicted."
    )
    if view.is_impact:
        return
    figure = curves.lumbar_figure(view.history, view.body_weight_n)
    yield from _one("lumbar", "Lumbar force and disc pressure", caption, figure)


def _shock(view: ResultView) -> Iterator[_Drawn]:
    if view.body_weight_n is None or not view.is_impact:
        return
    history = history_from_columns(view.history.column, view.body_weight_n)
    if history is not None:
        for picture in shock_pictures(history):
            yield from _one(picture.name, picture.title, picture.caption, picture.figure)


def _discs(view: ResultView) -> Iterator[_Drawn]:
    percents = sorted({f.percent for f in view.field_files if f.body.startswith("disc")})
    if not percents:
        return
    load = view.history.level("L4-L5", "compression_n")
    if load is not None:
        largest = float(view.history.percent[int(np.nanargmax(load))])
        percents = [min(percents, key=lambda p: abs(p - largest))]
    discs = [
        DiscState(level, read_body(entry), _nucleus(view, level, percents[0]))
        for level in LEVELS
        for entry in view.field_files
        if entry.body == disc_name(level) and entry.percent == percents[0]
    ]
    caption = (
        "Stored instant nearest to the largest L4-L5 compression. Above: mid-height of each disc, "
        "front of the body to the top. Below: midplane seen from the right, front to the right. "
        "The cavity shows the pressure of the nucleus."
    )
    figure = disc_figure(discs, percents[0], view.run_ms)
    if figure is not None:
        yield _Drawn("disc_stress", "Disc stress field", caption, figure)


def _vertebra(view: ResultView) -> Iterator[_Drawn]:
    section = view.summary.vertebra
    if section is None:
        return
    body = "vertebra_" + section.name.lower()
    files = [f for f in view.field_files if f.body == body]
    if not files:
        return
    largest = section.cortical_von_mises_mpa
    at = 0.0 if largest is None or largest.at_percent is None else largest.at_percent
    entry = min(files, key=lambda f: abs(f.percent - at))
    caption = (
        "Stored instant nearest to the largest stress of the cortical shell. Above: von Mises "
        "stress, the shell on the rim, endplates on top and bottom. Below: compressive strain of "
        "the cancellous core. The discs, ligaments, facets and muscles of the solved column load "
        "it; posterior elements are not modelled."
    )
    figure = vertebra_figure(read_body(entry), section.name, entry.percent, view.run_ms)
    yield _Drawn("vertebra", f"Stress inside {section.name}", caption, figure)


def _alignment(view: ResultView) -> Iterator[_Drawn]:
    caption = "Posture over stance, relative to neutral standing except arch height and lordosis."
    figure = curves.alignment_figure(view.history) if view.over_stance else None
    yield from _one("alignment", "Alignment", caption, figure)


def _ground(view: ResultView) -> Iterator[_Drawn]:
    balance = view.summary.equilibrium
    window = None if balance is None else balance.cop_window_percent
    caption = "Input (grey) and what the model returns (blue), forces on the foot."
    if window is not None:
        caption += " The path of the centre of pressure is calibrated in the shaded part."
    figure = curves.ground_figure(view.history, window) if view.over_stance else None
    yield from _one("ground_reaction", "Ground reaction and centre of pressure", caption, figure)


def _tissue(view: ResultView) -> Iterator[_Drawn]:
    caption = "Tension in Achilles tendon and plantar fascia, contact area, insole strain."
    figure = curves.tissue_figure(view.history) if view.over_stance else None
    yield from _one("tissue", "Tendon, fascia and insole", caption, figure)


def _solver(view: ResultView) -> Iterator[_Drawn]:
    caption = "Iterations and balance of forces at the output instants."
    figure = curves.solver_figure(view.history) if view.over_stance else None
    yield from _one("solver", "Convergence of the solver", caption, figure)


def _scan(view: ResultView) -> Iterator[_Drawn]:
    if view.summary.scan is not None:
        for name, title, caption, figure in scan_figures(view.folder, view.summary.scan):
            yield _Drawn(name, title, caption, figure)


def _one(name: str, title: str, caption: str, figure: Figure | None) -> Iterator[_Drawn]:
    """A figure of curves, where there is one."""
    if figure is not None:
        yield _Drawn(name, title, caption, figure, curves=True)


def disc_name(level: str) -> str:
    """Name of a level's body in the field files, ``disc_l4_l5`` for ``L4-L5``."""
    return "disc_" + level.lower().replace("-", "_")


def _row(view: ResultView, percent: float) -> int:
    return int(np.abs(view.history.percent - percent).argmin())


def _nucleus(view: ResultView, level: str, percent: float) -> float | None:
    values = view.history.level(level, "disc_pressure_mpa")
    return None if values is None else float(values[_row(view, percent)])


def _nearest(files: tuple[BodyFile, ...], wanted: tuple[float, ...]) -> list[float]:
    stored = sorted({entry.percent for entry in files})
    return sorted({min(stored, key=lambda p: abs(p - want)) for want in wanted}) if stored else []


def _instant(view: ResultView, percent: float) -> ChainInstant:
    bodies = tuple(read_body(entry) for entry in view.field_files if entry.percent == percent)
    pressures = [(disc_name(level), _nucleus(view, level, percent)) for level in LEVELS]
    force: list[float] = []
    for name in ("grf_x_n", "grf_y_n", "grf_z_n"):
        values = view.history.column(name)
        if values is not None:
            force.append(float(values[_row(view, percent)]))
    return ChainInstant(
        percent=percent,
        bodies=bodies,
        disc_pressure_mpa=tuple((name, value) for name, value in pressures if value is not None),
        grf_n=np.array(force) if len(force) == 3 else None,
        run_ms=view.run_ms,
    )
