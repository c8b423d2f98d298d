# SPDX-License-Identifier: MIT
"""Instants of an impact: steps that end at outputs, outputs that fields are written at."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.impact.keys import Impact
from scenarios.impact.schedule import ImpactSchedule

SETTINGS = [
    {},
    {"step_ms": 0.3},
    {"output_rate_hz": 300.0, "step_ms": 1.0, "field_interval_ms": 7.0},
    {"output_rate_hz": 700.0, "step_ms": 0.4, "duration_ms": 33.3},
    {"output_rate_hz": 5000.0, "step_ms": 0.05, "duration_ms": 20.0, "field_interval_ms": 0.2},
    {"output_rate_hz": 999.0, "duration_ms": 149.9},
    {"field_interval_ms": 300.0},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_steps_hit_outputs_and_outputs_hit_fields(settings: dict[str, float]) -> None:
    impact = Impact(**settings)
    schedule = ImpactSchedule.of(impact)
    stops, outputs = np.array(schedule.stops_ms), np.array(schedule.outputs_ms)
    steps = np.diff(stops, prepend=0.0)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-6)
    assert 0.0 < steps[0] <= impact.step_ms + 1e-8
    assert outputs[0] == 0.0
    np.testing.assert_allclose(np.diff(outputs), 1e3 / impact.output_rate_hz, atol=1e-8)
    assert schedule.end_ms == outputs[-1] <= impact.duration_ms + 1e-8
    assert schedule.end_ms > impact.duration_ms - 1e3 / impact.output_rate_hz - 1e-8
    assert stops[-1] == pytest.approx(schedule.end_ms, abs=1e-8)
    hit = [t for t in (0.0, *stops) if schedule.is_output(t)]
    np.testing.assert_allclose(hit, outputs, atol=1e-8)
    written = [t for t in hit if schedule.has_fields(t)]
    np.testing.assert_allclose(written, schedule.fields_ms, atol=1e-8)
    assert schedule.fields_ms[0] == 0.0
    apart = np.diff(schedule.fields_ms)
    assert np.all(np.abs(apart - impact.field_interval_ms) <= 0.5e3 / impact.output_rate_hz + 1e-6)
    assert schedule.percent(schedule.end_ms) == 100.0 and schedule.percent(0.0) == 0.0


def test_an_instant_between_outputs_is_none() -> None:
    schedule = ImpactSchedule.of(Impact(step_ms=0.5))
    assert not schedule.is_output(0.5) and schedule.is_output(1.0 + 1e-9)
    assert not schedule.has_fields(1.0) and schedule.has_fields(10.0)
    assert not schedule.is_output(schedule.end_ms + 1.0)
