# SPDX-License-Identifier: MIT
"""Arguments and help of the command ``sweep``."""

from __future__ import annotations

import argparse

EPILOG = """\
STUDY is a TOML file:

  scenario = "standing"
  [[factors]]
  key = "insole.material"
  values = ["eva_20", "eva_35", "eva_50"]
  [[factors]]
  key = "insole.thickness_mm"
  range = [3.0, 9.0]
  [design]
  kind = "grid"        # latin_hypercube, sobol, morris, saltelli, taguchi, list

Each case is a result folder of its own; table.parquet has a row a case. A study that is
stopped, or killed, goes on with --resume: no finished case is lost or done twice.

examples:
  solespine sweep study.toml
  solespine sweep study.toml --workers 2 -o results/study
  solespine sweep study.toml --status
  solespine sweep study.toml --effects
  solespine sweep study.toml --on slurm
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    how_it_is_run(parser)
    parser.add_argument("--retry", action="store_true", help="try failed cases again")
    parser.add_argument("--limit", metavar="N", type=int, help="most cases that it may have")
    parser.add_argument(
        "--effects",
        action="store_true",
        help="say what candidates and factors do, run nothing (solespine report draws it)",
    )


def how_it_is_run(parser: argparse.ArgumentParser) -> None:
    """Arguments of every command that runs many cases."""
    parser.add_argument("study", metavar="STUDY", help="TOML file of a study, or its folder")
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="folder of the study (default: results/STUDY)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a study that was begun")
    parser.add_argument(
        "--extend",
        action="store_true",
        help="go on although the study was changed; finished cases that both have are kept",
    )
    parser.add_argument("--workers", metavar="N", type=int, help="cases at a time")
    parser.add_argument("-n", "--ranks", metavar="N", type=int, help="MPI ranks of each case")
    parser.add_argument(
        "--on", choices=("local", "slurm"), default="local", help="this machine, or a cluster"
    )
    parser.add_argument(
        "--print-sbatch",
        action="store_true",
        help="make the study's folder, print the job script, submit nothing",
    )
    parser.add_argument("--cancel", action="store_true", help="end the jobs of the study")
    parser.add_argument("--status", action="store_true", help="say how it stands, run nothing")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress display")


def print_sbatch(parser: argparse.ArgumentParser) -> None:
    """The argument of the command ``run``."""
    parser.add_argument(
        "--print-sbatch",
        action="store_true",
        help="print a job script for Slurm in place of the run",
    )
