# SPDX-License-Identifier: MIT
"""What each number of an insole does to its shape: pictures for docs/guide/insole.md.

``python -m scenarios.figures.insole_family FOLDER`` writes them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from materials.build import law_of
from materials.lattice import lattice_record, lattice_targets
from materials.law import young_modulus_mpa
from materials.library import load
from meshes.foot import FootGeometry, build_foot
from meshes.foot_dimensions import FootDimensions
from meshes.insole import layer_shares
from meshes.insole_dimensions import InsoleDimensions
from meshes.insole_regions import InsolePlan
from meshes.insole_rules import check_rules
from meshes.insole_top import InsoleTop
from meshes.outline import inside
from meshes.tags import Region
from scenarios.figures import style

Array = NDArray[np.float64]
STEP_MM = 1.5
FILE_DPI = 95

COLOURS = {
    Region.INSOLE: "#cfd8dc",
    Region.INSOLE_COVER: style.ORANGE,
    Region.INSOLE_SHELL: "#37474f",
    Region.INSOLE_HEEL: style.SKY,
    Region.INSOLE_MIDFOOT: style.GREEN,
    Region.INSOLE_FOREFOOT: style.PURPLE,
    Region.INSOLE_TOES: "#f0e442",
    Region.INSOLE_ARCH: style.BLUE,
    Region.INSOLE_PLUG: style.VERMILION,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter at a low and a high value.

    Attributes:
        key: as in a scenario.
        low, high: labels of both values.
        shapes: dimensions of both insoles, beside the default.
        cut: a section along the foot at this z over half the ball's width, or across it at this x
            over its length: ("z", share) or ("x", share).
        regions: whether regions are coloured in place of heights.
    """

    key: str
    low: str
    high: str
    shapes: tuple[Mapping[str, Any], Mapping[str, Any]]
    cut: tuple[str, float] = ("z", 0.0)
    regions: bool = False
    base: Mapping[str, Any] = field(default_factory=dict)


CONFORMING: Mapping[str, Any] = {"conformity": 1.0}
THICK: Mapping[str, Any] = {"thickness_mm": 8.0}
SHORT: Mapping[str, Any] = {"length": "three_quarter"}
PAD: Mapping[str, Any] = {"metatarsal_pad_height_mm": 6.0}


def _of(key: str, low: float, high: float, unit: str = "mm", **more: Any) -> Row:
    """A row of one number whose key is the mesher's name of it."""
    name = more.pop("name", key)
    labels = (f"{low:g} {unit}".strip(), f"{high:g} {unit}".strip())
    return Row(key, *labels, ({name: low}, {name: high}), **more)


SHEETS: Mapping[str, Sequence[Row]] = {
    "outline": (
        _of("outline_offset_mm", 1.0, 10.0, name="offset_mm", cut=("x", 0.12)),
        Row("length", "full", "three_quarter", ({}, SHORT)),
        _of("end_behind_heads_mm", 0.0, 30.0, base=SHORT),
        _of("edge_thickness_mm", 0.8, 3.0, base=SHORT),
        _of("thickness_mm", 3.0, 10.0),
        Row(
            "zones[].thickness_mm",
            "heel 9, toes 3 mm",
            "forefoot 9 mm",
            ({"heel_thickness_mm": 9.0, "toes_thickness_mm": 3.0}, {"forefoot_thickness_mm": 9.0}),
        ),
        _of("heel_lift_mm", 0.0, 12.0),
    ),
    "relief": (
        _of("conformity", 0.3, 1.0, "", cut=("z", -0.55)),
        _of("arch_height_mm", 8.0, 25.0, base=CONFORMING, cut=("z", -0.55)),
        _of("arch_position_mm", -15.0, 15.0, base=CONFORMING, cut=("z", -0.55)),
        _of("heel_cup_depth_mm", 4.0, 18.0, base=CONFORMING, cut=("x", 0.12)),
        _of("border_mm", 0.0, 8.0, base=CONFORMING, cut=("x", 0.62)),
        _of("rearfoot_post_deg", -6.0, 6.0, "deg", base=THICK, cut=("x", 0.12)),
        _of("forefoot_post_deg", -6.0, 6.0, "deg", base=THICK, cut=("x", 0.70)),
    ),
    "parts": (
        _of("metatarsal_pad_height_mm", 2.0, 10.0, cut=("z", 0.29)),
        _of("metatarsal_pad_behind_mm", 0.0, 25.0, base=PAD, cut=("z", 0.29)),
        _of("metatarsal_pad_length_mm", 25.0, 70.0, base=PAD, cut=("z", 0.29)),
        _of("metatarsal_pad_width_mm", 25.0, 60.0, base=PAD, cut=("x", 0.60)),
        _of("first_ray_cutout_mm", 1.0, 4.5, cut=("x", 0.725)),
        _of("heel_plug_diameter_mm", 15.0, 45.0, cut=("x", 0.094), regions=True),
    ),
    "materials": (
        Row(
            "zones[].material",
            "heel and forefoot",
            "all four",
            ({"zones": ("heel", "forefoot")}, {"zones": ("heel", "midfoot", "forefoot", "toes")}),
            regions=True,
        ),
        Row(
            'zones "arch", arch_stiffness_factor',
            "position -15 mm",
            "position 15 mm",
            tuple({"zones": ("arch",), "arch_position_mm": p} for p in (-15.0, 15.0)),  # type: ignore[arg-type]
            cut=("z", -0.55),
            regions=True,
            base=CONFORMING,
        ),
        Row(
            "layers",
            "cover 2 mm",
            "cover 1.5, shell 2 mm, three-quarter",
            (
                {"cover_thickness_mm": 2.0},
                {"cover_thickness_mm": 1.5, "shell_thickness_mm": 2.0, **SHORT},
            ),
            regions=True,
            base=CONFORMING,
        ),
    ),
}


def draw_sheet(foot: FootGeometry, rows: Sequence[Row]) -> Figure:
    """Draw one row a parameter: plan at its low and its high value, and a section of both."""
    height = 1.28 * len(rows) + 0.3
    figure = Figure(figsize=(style.WIDTH_IN, height))
    # The name of the first key stands over its panels.
    figure.set_layout_engine("constrained", rect=(0.0, 0.0, 1.0, 1.0 - 0.12 / height))
    grid = figure.subplots(len(rows), 3, squeeze=False, width_ratios=(1.0, 1.0, 1.0))
    for axes, row in zip(grid, rows, strict=True):
        tops = [_top(foot, {**row.base, **shape}) for shape in row.shapes]
        heights = [_plan_heights(top) for top in tops]
        highest = max(float(np.nanmax(h[2])) for h in heights)
        for panel, top, plan, label in zip(axes, tops, heights, (row.low, row.high), strict=False):
            _plan(panel, top, plan, row, highest)
            panel.set_title(label, fontsize=8, fontweight="normal", pad=2)
        _section(axes[2], tops, row)
        axes[0].text(
            *(0.0, 1.22, row.key),
            transform=axes[0].transAxes, fontsize=8.5, fontweight="bold", va="bottom",
        )  # fmt: skip
    return figure


def draw_infill() -> Figure:
    """Draw stress over compression of lattices beside the rule they follow."""
    figure = Figure(figsize=(4.4, 2.6), layout="constrained")
    axes = figure.subplots()
    solid = load("tpu_95a")
    modulus = young_modulus_mpa(law_of(solid))
    for density, colour in zip((0.1, 0.2, 0.3), style.LINES, strict=False):
        record, targets = lattice_record(solid, density), lattice_targets(modulus, density)
        strain = np.linspace(0.0, record.number("valid_compression"), 80, dtype=np.float64)
        stretch = 1.0 - strain
        pairs = [
            (record.number(f"shear_modulus_{i}"), record.number(f"exponent_{i}")) for i in (1, 2)
        ]
        stress = sum(2.0 * m / a * (1.0 / stretch - stretch ** (a - 1.0)) for m, a in pairs)
        axes.plot(100 * strain, 1e3 * stress, color=colour, label=f"density {density:g}")
        axes.plot(100 * strain, 1e3 * targets.stress_mpa(strain), color=colour, ls=":", lw=1.2)
    axes.set_yscale("log")
    axes.set_ylim(5.0, 3000.0)
    axes.set_xlabel("compression (%)")
    axes.set_ylabel("stress (kPa)")
    axes.set_title("infill of tpu_95a; dotted: Gibson and Ashby")
    axes.legend()
    return figure


def write_sheets(folder: Path) -> tuple[Path, ...]:
    """Write all pictures into a folder, which is made if it is not there."""
    foot = build_foot(FootDimensions())
    with style.paper():
        files = [
            style.save(draw_sheet(foot, rows), folder / f"{name}.png", FILE_DPI)
            for name, rows in SHEETS.items()
        ]
        files.append(style.save(draw_infill(), folder / "infill.png", FILE_DPI))
    return tuple(files)


def _top(foot: FootGeometry, shape: Mapping[str, Any]) -> InsoleTop:
    top = InsoleTop(InsolePlan(foot, InsoleDimensions(**shape)))
    check_rules(top)
    return top


def _plan_heights(top: InsoleTop) -> tuple[Array, Array, Array]:
    """Grid x (n,), z (m,) and height over the ground (m, n), NaN outside the outline."""
    low, high = top.plan.outline_xz.min(axis=0), top.plan.outline_xz.max(axis=0)
    x, z = (np.arange(low[i], high[i] + STEP_MM, STEP_MM) for i in range(2))
    at = np.meshgrid(x, z)
    height = top(*at) + top.dimensions.thickness_mm
    return x, z, np.where(inside(top.plan.outline_xz, *at), height, np.nan)


def _plan(
    axes: Axes, top: InsoleTop, plan: tuple[Array, Array, Array], row: Row, highest: float
) -> None:
    x, z, height = plan
    length, width = top.plan.foot.dimensions.length_mm, top.plan.foot.dimensions.ball_width_mm
    if row.regions:
        region = np.where(np.isnan(height), np.nan, top.plan.region_at(*np.meshgrid(x, z)))
        tags = sorted(COLOURS)
        colours = ListedColormap([COLOURS[tag] for tag in tags])
        norm = BoundaryNorm([tag - 0.5 for tag in (*tags, tags[-1] + 1)], len(tags))
        axes.pcolormesh(x, -z, region, cmap=colours, norm=norm, rasterized=True)
    else:
        shown = axes.pcolormesh(
            *(x, -z, height), cmap="viridis", vmin=0.0, vmax=highest, rasterized=True
        )
        levels = np.arange(1.0, highest, 1.0 if highest < 12 else 2.0)
        axes.contour(x, -z, height, levels=levels, colors="white", linewidths=0.35)
        bar = axes.figure.colorbar(shown, ax=axes, shrink=0.8, pad=0.01, aspect=12)
        bar.ax.tick_params(labelsize=6, length=1.5)
    axes.plot(*_closed(top.plan.foot.outline_xz), color=style.INK, lw=0.6, ls=(0, (3, 2)))
    axes.plot(*_closed(top.plan.outline_xz), color=style.INK, lw=0.8)
    way, share = row.cut
    if way == "z":
        axes.axhline(-0.5 * share * width, color=style.VERMILION, lw=0.7)
    else:
        axes.axvline(share * length, color=style.VERMILION, lw=0.7)
    axes.set_aspect("equal")
    axes.set_xlim(-14.0, length + 14.0)
    axes.set_ylim(-0.70 * width, 0.60 * width)
    axes.set_axis_off()


def _section(axes: Axes, tops: Sequence[InsoleTop], row: Row) -> None:
    """Both tops over the ground along the cut; layers and zones of the second filled."""
    styles = (("--", style.GREY, row.low), ("-", style.BLUE, row.high))
    for top, (dash, colour, label) in zip(tops, styles, strict=True):
        at, x, z = _cut(top, row.cut)
        total = top(x, z) + top.dimensions.thickness_mm
        within = inside(top.plan.outline_xz, x, z)
        if row.regions and top is tops[1]:
            _fill(axes, top, at, x, z, np.where(within, total, np.nan))
        axes.plot(at, np.where(within, total, np.nan), ls=dash, color=colour, lw=1.1, label=label)
    axes.axhline(0.0, color=style.INK, lw=0.8)
    axes.set_ylim(-0.5, None)
    along = _cut(tops[0], row.cut)[0]
    axes.set_xlim(float(along[0]), float(along[-1]))
    axes.tick_params(labelsize=6.5, length=2)
    across = row.cut[0] == "x"
    axes.set_title(
        ("across, medial left" if across else "along, heel left") + " (mm)",
        fontsize=7.5, fontweight="normal", pad=2,
    )  # fmt: skip


def _fill(axes: Axes, top: InsoleTop, at: Array, x: Array, z: Array, total: Array) -> None:
    shares, layers = layer_shares(top.dimensions, np.where(np.isnan(total), 1.0, total), 1)
    region = top.plan.region_at(x, z)
    for below, above, layer in zip(shares[:-1], shares[1:], layers, strict=True):
        tags = region if layer == Region.INSOLE else np.full(len(x), layer)
        for tag in np.unique(tags):
            axes.fill_between(
                *(at, below * total, above * total),
                where=(tags == tag).tolist(), color=COLOURS[Region(int(tag))], lw=0.0,
            )  # fmt: skip


def _cut(top: InsoleTop, cut: tuple[str, float]) -> tuple[Array, Array, Array]:
    """Position along a cut as it is drawn, and its plan points x and z."""
    way, share = cut
    foot = top.plan.foot.dimensions
    if way == "z":
        x = np.linspace(-14.0, foot.length_mm + 14.0, 400, dtype=np.float64)
        return x, x, np.full(len(x), 0.5 * share * foot.ball_width_mm)
    z = np.linspace(-0.68, 0.72, 300, dtype=np.float64) * foot.ball_width_mm
    return z, np.full(len(z), share * foot.length_mm), z


def _closed(outline: Array) -> tuple[Array, Array]:
    ring = np.vstack([outline, outline[:1]])
    return ring[:, 0], -ring[:, 1]


if __name__ == "__main__":
    for written in write_sheets(Path(sys.argv[1])):
        print(written)
