# SPDX-License-Identifier: MIT
"""Arguments and help of the command ``optimise``."""

from __future__ import annotations

import argparse

from scenarios.cli.sweep_arguments import how_it_is_run

EPILOG = """\
STUDY is a TOML file:

  scenario = "standing"
  [[factors]]
  key = "insole.thickness_mm"
  range = [3.0, 9.0]
  [[goals]]
  key = "plantar.peak_pressure_kpa.heel"
  direction = "minimise"
  [[goals]]
  key = "insole.thickness_mm"
  [[constraints]]
  key = "lumbar.L4-L5.compression_n.peak"
  at_most = 900
  [search]
  trials = 60

Each trial is a result folder of its own. front.csv, designs/ and report.html have the best
designs, table.parquet all trials. A search that is stopped, or killed, goes on with --resume.

examples:
  solespine optimise study.toml
  solespine optimise study.toml --status
  solespine optimise study.toml --on slurm
  solespine insole export results/study/designs/trial_0012.toml -o insole.3mf
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    how_it_is_run(parser)
