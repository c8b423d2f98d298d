# SPDX-License-Identifier: MIT
"""A worker in this process, whose runs solve nothing and wait for no disk."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

import scenarios.identity
from scenarios.optimise.store import SearchFolder
from tests.helpers.search_double import work_here

Worker = Callable[[SearchFolder], int]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker as a function of the search's folder."""
    monkeypatch.delenv("SWEEP_DOUBLE_S", raising=False)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(scenarios.identity, "versions", dict)
    return work_here
