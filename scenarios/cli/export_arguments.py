# SPDX-License-Identifier: MIT
"""Flags of ``insole export``."""

from __future__ import annotations

import argparse

EXPORT_EPILOG = """\
FILE.3mf holds a body for each layer and zone, named and coloured by material; FILE.stl the whole
insole as one body. Both are in mm, the bottom at z = 0, x forward. Beside FILE are written:
FILE_thickness.png, a map of the thickness with contour lines, and FILE_drawing.pdf, plan and
sections at 1:1. An insole of a left foot is mirrored. See docs/guide/export.md.

examples:
  solespine insole export walking -o insole.3mf
  solespine insole export results/walking -o insole.stl --set subject.side=left --size-mm 1
"""


def export(parser: argparse.ArgumentParser) -> None:
    """Flags of ``insole export``, those of scenarios as in ``run``."""
    parser.add_argument(
        "scenario", metavar="SCENARIO|DIR", help="TOML file, a name such as walking, or a result"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True, help="FILE.stl or FILE.3mf"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="set a key of the scenario, such as insole.thickness_mm=8; may be repeated",
    )
    parser.add_argument(
        "--resolution",
        choices=("coarse", "standard", "fine"),
        help="edges of 2, 1.5 or 1 mm (default: the scenario's, else coarse)",
    )
    parser.add_argument("--size-mm", metavar="MM", help="edge length in place of it, 0.5 to 6")
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
