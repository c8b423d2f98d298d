# SPDX-License-Identifier: MIT
"""From records of output instants to sections of the summary."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from scenarios.foot_summary import insole_section


def instant(**values: float) -> Any:
    return SimpleNamespace(**values)


def test_an_elastic_insole_stores_energy_and_absorbs_none() -> None:
    foot = [
        instant(insole_compressive_strain=0.2, insole_energy_j=0.7),
        instant(insole_compressive_strain=0.3, insole_energy_j=0.4),
    ]
    section = insole_section(foot)
    assert section.energy_stored_j == pytest.approx(0.7)
    assert section.peak_compressive_strain == pytest.approx(0.3)
    assert section.energy_absorbed_j is None
