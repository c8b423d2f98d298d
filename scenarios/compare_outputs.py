# SPDX-License-Identifier: MIT
"""Outputs as comparisons name them: groups that matter, units, words."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache

from scenarios.keys import UNITS as KEY_UNITS

GROUPS: Mapping[str, tuple[str, ...]] = {
    "peak pressure": ("plantar.peak_pressure_kpa.*",),
    "pressure-time integral": ("plantar.pressure_time_integral_kpa_s.*",),
    "contact area": ("plantar.contact_area_mm2.*",),
    "load share": ("plantar.load_share_percent.*",),
    "alignment": ("alignment.*",),
    "lumbar load": (
        "lumbar.*.compression_n.peak",
        "lumbar.*.shear_ap_n.peak",
        "lumbar.*.flexion_moment_nm.peak",
        "lumbar.*.disc_pressure_mpa.peak",
    ),
    "shock": (
        "shock.impact_peak_bw",
        "shock.loading_rate_bw_per_s",
        "shock.peak_acceleration_g.*",
        "shock.lumbar.*.compression_rise_n",
    ),
    "insole": ("insole.peak_compressive_strain",),
}
"""Outputs that are looked at first, by what they are of."""
WITHOUT_PERCENT = ("deg", "%", "dB")
"""Units whose zero is arbitrary, or whose change is in per cent already."""

UNITS = {"kpa_s": "kPa s", "kpa": "kPa", "mpa": "MPa", "mm2": "mm2", "nm": "Nm", "bw": "BW"}
UNITS |= {"bw_per_s": "BW/s", "g": "g", "g_per_s": "g/s", "g2": "g2", "j": "J", "ms": "ms"}
UNITS |= {"n_per_s": "N/s", "mpa_per_s": "MPa/s", "hz": "Hz", "db": "dB"}
SHOWN_UNITS = {"deg": "°", "Nm": "N m", "mm2": "mm²", "g2": "g²"}
"""Units as a page writes them, where a terminal is plainer."""


PLAIN = {"shear ap": "anterior shear", "shear ml": "lateral shear", "max": "largest"}
PLAIN |= {"min": "smallest"}
"""Parts of a key in the words of a page."""


def output_unit(key: str) -> str:
    """Unit of an output, from the part of its key that carries one."""
    for part in reversed(key.split(".")):
        if found := _unit_and_stem(part)[0]:
            return found
    return ""


def output_words(key: str) -> str:
    """An output in words: ``peak pressure, heel`` of ``plantar.peak_pressure_kpa.heel``."""
    parts = key.split(".")
    words = [_unit_and_stem(part)[1].replace("_", " ") for part in parts[1:] or parts]
    return ", ".join(PLAIN.get(word, word) for word in words if word)


@cache
def group_of(key: str) -> str:
    """The group of `GROUPS` that an output is in, empty for one that is in none."""
    for name, patterns in GROUPS.items():
        if any(fnmatchcase(key, pattern) for pattern in patterns):
            return name
    return ""


def _unit_and_stem(part: str) -> tuple[str, str]:
    known = {**KEY_UNITS, **UNITS}
    for suffix in sorted(known, key=len, reverse=True):
        if part.endswith(f"_{suffix}"):
            return known[suffix], part.removesuffix(f"_{suffix}")
    return "", part
