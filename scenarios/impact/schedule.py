# SPDX-License-Identifier: MIT
"""When an impact is solved, when it is shown, when its fields are written (ms from touchdown)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scenarios.impact.keys import Impact

_SAME_MS = 1e-6


@dataclass(frozen=True, slots=True)
class ImpactSchedule:
    """Instants of an impact.

    Attributes:
        stops_ms: Ends of steps, rising.
        outputs_ms: Among them those of ``history.csv``, and the start.
        fields_ms: Among the outputs those of pressure maps and field files.
        end_ms: The last.
    """

    stops_ms: tuple[float, ...]
    outputs_ms: tuple[float, ...]
    fields_ms: tuple[float, ...]
    end_ms: float

    @classmethod
    def of(cls, impact: Impact) -> ImpactSchedule:
        """Instants that a table ``[impact]`` asks for."""
        every, pieces = impact.output_interval_ms, impact.steps_per_output
        count = impact.steps // pieces
        sparse = max(round(impact.field_interval_ms / every), 1)
        steps = range(1, impact.steps + 1)
        outputs = tuple(round(k * every, 9) for k in range(count + 1))
        return cls(
            stops_ms=tuple(round(k / pieces * every, 9) for k in steps),
            outputs_ms=outputs,
            fields_ms=outputs[::sparse],
            end_ms=outputs[-1],
        )

    def percent(self, time_ms: float) -> float:
        """Per cent of the run."""
        return 100.0 * time_ms / self.end_ms

    def is_output(self, time_ms: float) -> bool:
        """Whether results are written."""
        return _among(time_ms, self.outputs_ms)

    def has_fields(self, time_ms: float) -> bool:
        """Whether pressure maps and field files are written."""
        return _among(time_ms, self.fields_ms)


def _among(time_ms: float, instants: tuple[float, ...]) -> bool:
    place = int(np.searchsorted(instants, time_ms - _SAME_MS))
    return place < len(instants) and abs(instants[place] - time_ms) < _SAME_MS
