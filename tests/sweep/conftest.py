# SPDX-License-Identifier: MIT
"""Workers in this process, whose cases solve nothing."""

from __future__ import annotations

import pytest

from scenarios.sweep.store import StudyFolder
from scenarios.sweep.worker import work
from tests.helpers.sweep_double import DOUBLES, OneRank


class InProcess:
    """Runs a worker here."""

    def __call__(self, folder: StudyFolder, part: tuple[int, int] = (0, 1)) -> int:
        return work(folder, OneRank(), part)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """A worker as a function of the study's folder and its part."""
    for module, name, double in DOUBLES:
        monkeypatch.setattr(module, name, double)
    monkeypatch.delenv("SWEEP_DOUBLE_S", raising=False)
    return InProcess()
