# SPDX-License-Identifier: MIT
"""Runs of the real command that a validation asks for, kept where ``SOLESPINE_RUNS`` says.

A finished run is taken as it is, so that a test can be looked at again without solving.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.real_command import run
from tests.helpers.summaries import read

Runs = Callable[[str], dict[str, Any]]
RUN_S = 7000


def kept_runs(scratch: pytest.TempPathFactory, runs: Mapping[str, tuple[str, ...]]) -> Runs:
    """Return a function that gives the summary of a run, made where it is not there.

    Args:
        scratch: Where runs go if the environment variable is not set.
        runs: Arguments of ``solespine run`` by name; ``{folder}`` stands for the folder of all.
    """
    kept = os.environ.get("SOLESPINE_RUNS")
    folder = Path(kept).resolve() if kept else scratch.mktemp("runs")

    def summary(name: str) -> dict[str, Any]:
        arguments = (argument.replace("{folder}", str(folder)) for argument in runs[name])
        run("run", *arguments, "-o", folder / name, "--resume", timeout=RUN_S)
        return read(folder / name)

    return summary
