# SPDX-License-Identifier: MIT
"""Arguments and help of the command ``compare``."""

from __future__ import annotations

import argparse

from scenarios.cli import followup_arguments

EPILOG = """\
A difference is set against the error of the meshes and, with --uncertainty, against the spread of
the paired difference over what is uncertain of the subject; what is known of neither is said to
be not known. Up to three runs beside the first have a table each, more a table a quantity. With
-o the same goes to compare.csv and, with maps of pressure and stress on one scale, to
compare.html.

A measured file is a Pedar (.asc) or F-Scan export (.asf) or a table (.csv). Its steps are
found, and each region of the foot is set beside the computed one: peak pressure,
pressure-time integral, instant of the peak, with the range over steps. The curves go to
figures/measured_pressure_SIDE.png of each result folder.

examples:
  solespine compare results/eva results/lift -o results/eva_lift
  solespine compare results/eva results/lift --uncertainty results/draws
  solespine compare pedar_walking.asc results/walking --side left
  solespine compare --visits before=results/old after=results/new -o course.csv
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "folders",
        metavar="DIR",
        nargs="+",
        help="result folders; the first may be a file of plantar pressure (.asc, .asf, .csv)",
    )
    parser.add_argument(
        "--uncertainty",
        metavar="STUDY_DIR",
        help="study of uncertainty whose spread of paired differences the verdicts use",
    )
    parser.add_argument(
        "--all", dest="every", action="store_true", help="print all outputs that both runs have"
    )
    parser.add_argument(
        "--side",
        choices=("left", "right"),
        help="measured foot (default: the one that the run simulates)",
    )
    followup_arguments.visits(parser)
