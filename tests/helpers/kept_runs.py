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
Folders = Callable[[str], Path]
RUN_S = 7000


def kept_folders(scratch: pytest.TempPathFactory, runs: Mapping[str, tuple[str, ...]]) -> Folders:
    """Return a function that gives the result folder of a run, made where it is not there.

    Args:
        scratch: Where runs go if the environment variable is not set.
        runs: Arguments of ``solespine run`` by name; ``{folder}`` stands for the folder of all.
    """
    kept = os.environ.get("SOLESPINE_RUNS")
    every = Path(kept).resolve() if kept else scratch.mktemp("runs")

    def folder(name: str) -> Path:
        arguments = (argument.replace("{folder}", str(every)) for argument in runs[name])
        run("run", *arguments, "-o", every / name, "--resume", timeout=RUN_S)
        return every / name

    return folder


def kept_runs(scratch: pytest.TempPathFactory, runs: Mapping[str, tuple[str, ...]]) -> Runs:
    """Return a function that gives the summary of a run; see ``kept_folders``."""
    folder = kept_folders(scratch, runs)
    return lambda name: read(folder(name))
