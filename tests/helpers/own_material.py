# SPDX-License-Identifier: MIT
"""A user's own material file."""

from __future__ import annotations

from pathlib import Path

OWN = """
[sources]
t = "a compression test of this sheet"
g = "assumed"

[my_foam]
title = "Foam of the workshop"
kind = "insole"
family = "foam"
law = "compressible_neo_hookean"
status = "published"
young_modulus = { value = 500, unit = "kPa", range = [400, 600], source = "t", confidence = "read" }
poisson_ratio = { value = 0.1, unit = "1", range = [0, 0.499], source = "g", confidence = "weak" }
density = { value = 150, unit = "kg/m3", range = [100, 200], source = "t", confidence = "read" }
hardness_shore_a = { value = 28, unit = "1", range = [25, 31], source = "t", confidence = "read" }
valid_compression = { value = 0.4, unit = "1", range = [0, 1], source = "t", confidence = "read" }
"""


def write_own(folder: Path, old: str = "", new: str = "", name: str = "my.toml") -> Path:
    """Write the file, one text in it replaced by another; returns its path."""
    assert old in OWN
    path = folder / name
    path.write_text(OWN.replace(old, new, 1) if old else OWN, encoding="utf-8")
    return path
