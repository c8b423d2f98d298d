# SPDX-License-Identifier: MIT
"""Tables of the report's section on shock, and the table of the three channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.channels import channel_rows
from scenarios.report_tables import ABSENT, LEVELS, Table, number
from scenarios.shock.history import SITES
from scenarios.shock.section import Shock
from scenarios.shock.spectra import BANDS_HZ
from scenarios.summary import Section, Summary

_GROUND = (
    ("impact_peak_bw", "impact peak (BW)"),
    ("impact_peak_ms", "its time after touchdown (ms)"),
    ("loading_rate_bw_per_s", "loading rate, average of 20-80 % of the rise (BW/s)"),
    ("loading_rate_max_bw_per_s", "loading rate, largest (BW/s)"),
    ("largest_force_bw", "largest vertical force of the run (BW)"),
)
_SITES = (
    ("peak_acceleration_g", "peak axial acceleration (g)"),
    ("peak_acceleration_ms", "its time after touchdown (ms)"),
    ("acceleration_rate_g_per_s", "acceleration rate, average of 20-80 % of the rise (g/s)"),
    ("acceleration_rate_max_g_per_s", "acceleration rate, largest (g/s)"),
    ("attenuation_from_tibia_percent", "smaller than at the tibia by (%)"),
    ("peak_frequency_hz", "frequency of the largest density above 9 Hz (Hz)"),
)
_LUMBAR = (
    ("compression_initial_n", "compression at touchdown (N)"),
    ("compression_change_n", "its peak less that (N)"),
    ("compression_at_ms", "time of the peak (ms)"),
    ("compression_rise_n", "largest rise from any value to a later one (N)"),
    ("compression_rise_bw", "– in body weights (BW)"),
    ("compression_rate_n_per_s", "steepest rise (N/s)"),
    ("shear_ap_initial_n", "shear at touchdown, anterior + (N)"),
    ("shear_ap_change_n", "largest change of shear (N)"),
    ("disc_pressure_initial_mpa", "disc pressure at touchdown (MPa)"),
    ("disc_pressure_change_mpa", "its peak less that (MPa)"),
    ("disc_pressure_rise_mpa", "largest rise from any value to a later one (MPa)"),
    ("disc_pressure_rate_mpa_per_s", "steepest rise of disc pressure (MPa/s)"),
)
_ENERGY = (
    ("energy_absorbed_j", "work done on the insole, largest (J)"),
    ("energy_returned_j", "returned until the end of the run (J)"),
    ("energy_lost_j", "lost until then (J)"),
    ("energy_lost_percent", "lost, per cent of the work (%)"),
    ("energy_stored_j", "elastic energy, largest (J)"),
)


def shock_tables(summary: Summary) -> tuple[tuple[str, Table], ...]:
    """Heading and table of each part of the shock section; empty without one."""
    shock = summary.shock
    if shock is None:
        return ()
    insole = summary.insole
    energy = _rows(insole, _ENERGY[:4]) and _rows(insole, _ENERGY)
    kind = f", the impact peak is a {shock.impact_peak_kind}" if shock.impact_peak_kind else ""
    found = (
        (f"Vertical ground reaction{kind}", ("", "value"), _rows(shock, _GROUND)),
        ("Acceleration along the axis of each segment", *_site_table(shock)),
        ("Transmissibility from the tibia (dB)", *_transfer_table(shock)),
        ("Lumbar load from touchdown on", *_lumbar_table(shock)),
        ("Energy of the insole", ("", "value"), energy),
    )
    return tuple((title, Table(head, rows)) for title, head, rows in found if rows)


def channel_table(summary: Summary, insole: Mapping[str, Any]) -> Table:
    """The three channels, the analysis that computes each, and what this run says."""
    rows = channel_rows(summary, insole)
    return Table(
        ("channel to the spine", "computed by the analysis", "this run"),
        tuple((row.name, row.given_by, row.says) for row in rows),
    )


def _rows(
    section: Section | None, plan: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, ...], ...]:
    values = ((words, getattr(section, name, None)) for name, words in plan)
    return tuple((words, number(value)) for words, value in values if value is not None)


def _site_table(shock: Shock) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    measures = [(words, _values(getattr(shock, name))) for name, words in _SITES]
    measures += [(f"power of {words} (g²)", found) for words, found in _bands(shock.power_g2)]
    return _table(SITES, measures)


def _transfer_table(shock: Shock) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    return _table(SITES, _bands(shock.transmissibility_db))


def _lumbar_table(shock: Shock) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    known = {str(level): _values(found) for level, found in (shock.lumbar or {}).items()}
    measures = [
        (words, {level: found[name] for level, found in known.items() if name in found})
        for name, words in _LUMBAR
    ]
    return _table(LEVELS, measures)


def _bands(section: Section | None) -> list[tuple[str, dict[str, float]]]:
    """Values by segment of each band of a table of bands."""
    by_site = _values(section)
    return [
        (
            f"{low:g}-{high:g} Hz",
            {site: found[band] for site, found in by_site.items() if band in found},
        )
        for band, (low, high) in BANDS_HZ.items()
    ]


def _table(
    names: Sequence[str], measures: Sequence[tuple[str, Mapping[str, float]]]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heads and rows of what is known; columns and rows without a value are left out."""
    shown = [name for name in names if any(name in found for _, found in measures)]
    rows = (
        (words, *(number(found[name]) if name in found else ABSENT for name in shown))
        for words, found in measures
        if found
    )
    return ("", *shown), tuple(rows)


def _values(section: Section | None) -> dict[str, Any]:
    return {} if section is None else section.model_dump(exclude_none=True)
