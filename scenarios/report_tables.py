# SPDX-License-Identifier: MIT
"""Tables of the report: numbers of the summary with unit and discretisation error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.compare_outputs import output_unit
from scenarios.summary import (
    DiscretisationError,
    MeasuredPlantar,
    MinMax,
    Peak,
    Regions,
    Section,
    Summary,
    WearSummary,
)

REGIONS = ("whole", "heel", "midfoot", "forefoot", "toes", "hallux")
LEVELS = ("L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1")
ABSENT = "–"
SMALLEST_SHOWN = 1e-3
"""Errors below this part of a value are said to be, not shown: three digits hide them."""

HEADLINES = (
    ("plantar.peak_pressure_kpa.heel", "Heel, peak pressure", "mean of a 1.5 cm² cell"),
    ("plantar.peak_pressure_kpa.forefoot", "Forefoot, peak pressure", "mean of a 1.5 cm² cell"),
    ("alignment.arch_height_drop_mm", "Arch height drop", ""),
    ("alignment.rearfoot_eversion_deg.max", "Rearfoot eversion, largest", ""),
    ("lumbar.L4-L5.compression_n.peak", "L4-L5 compression, peak", "level calibrated"),
    ("lumbar.L4-L5.compression_n.peak_bw", "L4-L5 compression, peak", "body weights"),
    ("lumbar.L5-S1.shear_ap_n.peak", "L5-S1 anterior shear, peak", ""),
    ("lumbar.L4-L5.disc_pressure_mpa.peak", "L4-L5 disc pressure, peak", "level calibrated"),
    ("shock.impact_peak_bw", "Impact peak of the vertical force", ""),
    ("shock.loading_rate_bw_per_s", "Loading rate, 20-80 % average", ""),
    ("shock.peak_acceleration_g.tibia", "Tibia, peak axial acceleration", ""),
    ("shock.peak_acceleration_g.sacrum", "Sacrum, peak axial acceleration", ""),
    ("shock.peak_acceleration_g.L3", "L3, peak axial acceleration", ""),
    ("shock.lumbar.L4-L5.compression_rise_n", "L4-L5 compression, largest rise", ""),
)
"""Outputs that head the report: key, words, remark."""

_PLANTAR = (
    ("peak_pressure_kpa", "peak pressure, sensor cell (kPa)"),
    ("peak_pressure_raw_kpa", "peak pressure, raw (kPa)"),
    ("load_share_percent", "load share (%)"),
    ("contact_area_mm2", "contact area, largest (mm²)"),
    ("pressure_time_integral_kpa_s", "pressure-time integral (kPa s)"),
)
_LUMBAR = (
    ("compression_n", "compression (N)"),
    ("shear_ap_n", "shear, anterior + (N)"),
    ("shear_ml_n", "shear, lateral (N)"),
    ("flexion_moment_nm", "flexion moment (N m)"),
    ("disc_pressure_mpa", "disc pressure (MPa)"),
    ("annulus_max_principal_strain", "annulus strain (–)"),
    ("endplate_stress_mpa", "endplate stress (MPa)"),
    ("muscle_force_n", "muscle force (N)"),
)
_VERTEBRA = (
    ("axial_force_n", "compression at mid-height (N)"),
    ("cortical_von_mises_mpa", "cortical shell, von Mises, 99 % of volume below (MPa)"),
    ("cortical_von_mises_max_mpa", "cortical shell, von Mises, largest at a point (MPa)"),
    ("endplate_von_mises_mpa", "bony endplates, von Mises, 99 % of volume below (MPa)"),
    ("cancellous_min_principal_mpa", "cancellous core, compressive stress, 1 % beyond (MPa)"),
    ("cancellous_mean_principal_mpa", "cancellous core, compressive stress, mean (MPa)"),
    ("cancellous_min_principal_strain", "cancellous core, compressive strain, 1 % beyond (–)"),
    ("cancellous_mean_principal_strain", "cancellous core, compressive strain, mean (–)"),
)
_ALIGNMENT = (
    ("rearfoot_eversion_deg", "rearfoot eversion (°)"),
    ("tibial_rotation_deg", "tibial rotation, internal + (°)"),
    ("pelvic_tilt_deg", "pelvic tilt, anterior + (°)"),
    ("pelvic_obliquity_deg", "pelvic obliquity (°)"),
    ("lumbar_lordosis_deg", "lumbar lordosis (°)"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text; the first cell of a row is its heading."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """One main output: words, value with unit, error of the mesh, remark."""

    words: str
    value: str
    unit: str
    error: str
    remark: str


def headlines(summary: Summary, values: dict[str, float]) -> tuple[Headline, ...]:
    """The main outputs that the analysis has."""
    errors = summary.discretisation_error or {}
    return tuple(
        Headline(
            words,
            number(values[key]),
            output_unit(key).replace("deg", "°").replace("Nm", "N m"),
            error_text(errors.get(key), values[key]) or "not measured",
            remark,
        )
        for key, words, remark in HEADLINES
        if key in values
    )


def plantar_table(summary: Summary) -> Table | None:
    """Plantar quantities by region."""
    if summary.plantar is None:
        return None
    rows = []
    for name, words in _PLANTAR:
        regions = getattr(summary.plantar, name)
        if isinstance(regions, Regions):
            cells = (_cell(summary, f"plantar.{name}.{r}", getattr(regions, r)) for r in REGIONS)
            rows.append((words, *cells))
        if name == "peak_pressure_kpa" and summary.plantar.measured is not None:
            rows += _measured_rows(summary.plantar.measured)
    return _table(("", *REGIONS), rows)


def _measured_rows(measured: MeasuredPlantar) -> list[tuple[str, ...]]:
    """In-shoe pressure below the computed peaks: median and range over the steps."""
    peak, low, high = measured.peak_pressure_kpa, measured.low_kpa, measured.high_kpa
    known = [r for r in REGIONS if getattr(peak, r) is not None]
    return [
        (
            f"– measured in the shoe, median of {measured.steps} steps (kPa)",
            *(number(getattr(peak, r)) if r in known else ABSENT for r in REGIONS),
        ),
        (
            "– measured, 5th to 95th percentile (kPa)",
            *(
                f"{number(getattr(low, r))} to {number(getattr(high, r))}" if r in known else ABSENT
                for r in REGIONS
            ),
        ),
    ]


def lumbar_table(summary: Summary) -> Table | None:
    """Peak of each quantity by level, forces also in body weights."""
    if not summary.lumbar:
        return None
    known = dict(summary.lumbar.items())
    levels = [level for level in LEVELS if level in known]
    rows = []
    for name, words in _LUMBAR:
        cells = []
        for level in levels:
            peak = getattr(known[level], name)
            cells.append(_peak(summary, f"lumbar.{level}.{name}", peak))
        if any(cell != ABSENT for cell in cells):
            rows.append((words, *cells))
        weights = [getattr(getattr(known[level], name), "peak_bw", None) for level in levels]
        if any(weight is not None for weight in weights):
            shown = (ABSENT if weight is None else f"{weight:.2f}" for weight in weights)
            rows.append(("– in body weights (BW)", *shown))
    return _table(("peak over the output instants", *levels), rows)


def vertebra_table(summary: Summary) -> Table | None:
    """Peak and mean of stress and strain inside the vertebra."""
    section = summary.vertebra
    if section is None:
        return None
    rows = []
    for name, words in _VERTEBRA:
        value = getattr(section, name)
        if value is not None:
            mean = _cell(summary, f"vertebra.{name}.mean", value.mean)
            rows.append((words, _peak(summary, f"vertebra.{name}", value), mean))
    return _table(("", "peak", "mean over time"), rows)


def vertebra_sentence(summary: Summary) -> str:
    """What the numbers say, and how well the loads were in balance; empty without a vertebra."""
    section = summary.vertebra
    if section is None or section.cortical_von_mises_mpa is None:
        return ""
    text = (
        f"Inside {section.name} the cortical shell reaches "
        f"{number(section.cortical_von_mises_mpa.peak)} MPa"
    )
    if section.cancellous_min_principal_strain is not None:
        strain = -100.0 * section.cancellous_min_principal_strain.peak
        text += f" and the cancellous core a compressive strain of {number(strain)} %"
    if section.shell_share_percent is not None:
        low, high = section.shell_share_percent.min, section.shell_share_percent.max
        span = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
        text += f"; at mid-height the shell carries {span} % of the compression"
    if section.force_balance_relative is not None:
        text += f". All loads on it balance to {section.force_balance_relative:.0e} of that"
    return text + "."


def alignment_table(summary: Summary) -> Table | None:
    """Smallest and largest angle over the output instants."""
    if summary.alignment is None:
        return None
    rows = []
    for name, words in _ALIGNMENT:
        span = getattr(summary.alignment, name)
        if isinstance(span, MinMax):
            low = _cell(summary, f"alignment.{name}.min", span.min)
            rows.append((words, low, _cell(summary, f"alignment.{name}.max", span.max)))
    drop = summary.alignment.arch_height_drop_mm
    if drop is not None:
        cell = _cell(summary, "alignment.arch_height_drop_mm", drop)
        rows.append(("arch height drop (mm)", "", cell))
    return _table(("", "smallest", "largest"), rows)


def wear_rows(wear: WearSummary) -> Iterator[tuple[str, str]]:
    """What wear has left of the insole, a row for the whole and one for each material."""
    yield (
        "Wear",
        f"{number(wear.cycles)} load cycles: {number(wear.thickness_lost_mm)} mm of thickness "
        f"lost, {number(wear.thickness_mm)} mm left",
    )
    for name, left in wear.materials.items():
        yield (
            f"Wear of {name}",
            f"set {number(100.0 * left.set_share)} %, stiffness × {number(left.stiffness_factor)}, "
            f"stress at half height × {number(left.stress_factor_half)}, "
            f"damping × {number(left.damping_factor)}",
        )


def plain_table(section: Section | None) -> Table | None:
    """Keys and values of a flat section, such as equilibrium or solver."""
    if section is None:
        return None
    rows = []
    for name, value in section.model_dump(exclude_none=True).items():
        if isinstance(value, dict):
            rows += [(f"{name}: {k}", number(v)) for k, v in value.items()]
        elif isinstance(value, list | tuple):
            rows.append((name, " – ".join(number(float(item)) for item in value)))
        else:
            rows.append((name, number(value) if isinstance(value, int | float) else str(value)))
    return _table(("", "value"), rows)


def number(value: float) -> str:
    """Three digits that count; whole counters in full."""
    if isinstance(value, int):
        return f"{value:,}".replace(",", " ")
    if value == 0.0:
        return "0"
    size = abs(value)
    if size >= 999.5:
        return f"{value:.0f}"
    return f"{value:#.3g}".rstrip(".") if size >= 1e-3 else f"{value:.1e}"


def signed(value: float) -> str:
    """A change, by three digits that count and with its sign."""
    return f"{'-' if value < 0.0 else '+'}{number(abs(value))}"


def error_text(error: DiscretisationError | None, value: float) -> str:
    """The estimated error of the mesh as ``± x`` in the unit of the value; empty if unknown."""
    if error is None:
        return ""
    size = error.absolute
    if size is None and error.relative is not None:
        size = abs(error.relative * value)
    if size is None:
        return ""
    if size < SMALLEST_SHOWN * abs(value):
        return f"± <{100 * SMALLEST_SHOWN:g} %"
    text = f"± {two_digits(size)}"
    return text if error.absolute is not None else f"{text} ({100 * (error.relative or 0.0):.2g} %)"


def two_digits(value: float) -> str:
    """Two digits that count, without an exponent from 0.001 on."""
    if abs(value) < 1e-3:
        return f"{value:.2g}"
    rounded = float(f"{value:.2g}")
    return f"{rounded:.0f}" if abs(rounded) >= 10 else f"{rounded:#.2g}"


def _cell(summary: Summary, key: str, value: float | None) -> str:
    if value is None:
        return ABSENT
    text = error_text((summary.discretisation_error or {}).get(key), value)
    return f"{number(value)} {text.split(' (')[0]}".strip()


def _peak(summary: Summary, key: str, peak: Peak | None) -> str:
    if peak is None:
        return ABSENT
    return _cell(summary, f"{key}.peak", peak.peak)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table | None:
    return Table(head, tuple(rows)) if rows else None
