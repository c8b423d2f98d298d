# SPDX-License-Identifier: MIT
"""Flags of the commands that follow an insole up: visits, suggestions, wearing in."""

from __future__ import annotations

import argparse

SUGGEST_EPILOG = """\
Each rule looks at one number of the result: beyond its mark it asks for a change of the insole.
Every change is written as a scenario of its own, and the first of each rule together as one more;
suggestions.csv says why, and what to run next. Rules, marks and sources: docs/guide/followup.md.
A scenario without a result gets every change that can be made. Nothing is said of pain.

examples:
  solespine insole suggest results/walking
  solespine insole suggest results/walking --mark heel_pressure=250 -o next
"""

WEARING_EPILOG = """\
The share of a day's steps that are made on the new insole grows so that no region's daily dose
(pressure-time integral x steps; standing: peak pressure x hours) grows by more than the rate that
you set from one day to the next. The rate is yours: no clinical evidence stands behind one.

examples:
  solespine insole wearing-in results/new --baseline results/old --steps-per-day 6000 \\
      --growth-percent-per-day 10 -o wearing_in.csv
"""


def visits(parser: argparse.ArgumentParser) -> None:
    """Flags of ``compare --visits``."""
    parser.add_argument(
        "--visits",
        action="store_true",
        help="visits of one person in order, each LABEL=DIR, or one file of [[visits]]: each "
        "against the one before and against the first",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR|FILE",
        help="folder for compare.html and compare.csv; with --visits a file .csv or .json, and the "
        "course as a picture .png beside it",
    )


def suggest(parser: argparse.ArgumentParser) -> None:
    """Flags of ``insole suggest``."""
    parser.add_argument(
        "scenario", metavar="DIR|SCENARIO", help="finished result, or a scenario without one"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FOLDER",
        help="new folder for the scenarios (default: suggestions/NAME)",
    )
    parser.add_argument(
        "--mark",
        dest="marks",
        metavar="RULE=VALUE",
        action="append",
        default=[],
        help="your own mark of a rule, such as heel_pressure=250; may be repeated",
    )
    parser.add_argument(
        "--all",
        dest="all_rules",
        action="store_true",
        help="write the changes that no number asks for too",
    )


def wearing_in(parser: argparse.ArgumentParser) -> None:
    """Flags of ``insole wearing-in``."""
    parser.add_argument("folder", metavar="DIR", help="result with the new insole")
    parser.add_argument(
        "--baseline", metavar="DIR", required=True, help="result with the old insole, or without"
    )
    parser.add_argument(
        "--growth-percent-per-day",
        metavar="G",
        type=float,
        required=True,
        help="largest growth of a region's daily dose from one day to the next, 0.1 to 100",
    )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--steps-per-day",
        metavar="N",
        type=float,
        help="steps of a day, both feet counted, 100 to 100000 (results over stance)",
    )
    amount.add_argument(
        "--standing-hours",
        metavar="H",
        type=float,
        help="hours of a day stood, 0.1 to 24 (results of standing)",
    )
    parser.add_argument(
        "--waking-hours", metavar="H", type=float, default=16.0, help="4 to 24 (default: 16)"
    )
    parser.add_argument(
        "--cadence",
        metavar="C",
        type=float,
        help="steps a minute, 40 to 250: adds the minutes walked on the new insole",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE.csv",
        help="write the days, and a picture .png beside it",
    )
