# SPDX-License-Identifier: MIT
"""The table ``[impact]`` of a scenario: how touchdown is simulated."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from scenarios.schema_base import Table, wrong

MovementName = Literal["walking", "running"]

ROUNDING = 1e-9


class Impact(Table):
    """Time stepping, touchdown and the body above of the analysis `impact`."""

    movement: MovementName = Field("walking", description="What the foot comes down from")
    running_speed_m_s: float = Field(
        3.3, ge=2.5, le=4.5, description="Speed of running; that of walking is gait.speed_m_s"
    )
    duration_ms: float = Field(
        150.0, ge=4.0, le=300.0, description="How long is simulated from touchdown on"
    )
    step_ms: float = Field(
        1.0,
        ge=0.05,
        le=1.0,
        description="Longest time step; shortened so that every output is hit",
    )
    output_rate_hz: float = Field(
        1000.0,
        ge=200.0,
        le=5000.0,
        description="Outputs per second; the last one within the duration is the end",
    )
    content_hz: float | None = Field(
        None,
        ge=10.0,
        le=1000.0,
        description="Frequency up to which results must be good: step and outputs are checked "
        "to be at most a twentieth of its period",
        json_schema_extra={"default_text": "what step and outputs resolve"},
    )
    field_interval_ms: float = Field(
        10.0, ge=0.2, le=300.0, description="Time between field files, to the nearest output"
    )
    rho_infinity: float = Field(
        0.8,
        ge=0.0,
        le=1.0,
        description="What one step leaves of the highest frequencies (generalised alpha): 1 "
        "all, 0 nothing",
    )
    vertical_velocity_mm_s: float | None = Field(
        None,
        ge=-3000.0,
        le=0.0,
        description="Upward velocity of the heel at touchdown, in place of the movement's",
        json_schema_extra={"default_text": "follows from the movement"},
    )
    forward_velocity_mm_s: float | None = Field(
        None,
        ge=-2000.0,
        le=4000.0,
        description="Its velocity along the foot, in place of the movement's",
        json_schema_extra={"default_text": "follows from the movement"},
    )
    clearance_mm: float = Field(0.5, ge=0.0, le=20.0, description="Gap under the heel at the start")
    wobbling_masses: bool = Field(
        True, description="Whether soft tissue moves on the bones of thigh, pelvis and trunk"
    )
    joint_damping_factor: float = Field(
        1.0, ge=0.0, le=10.0, description="Factor on the damping of the joints"
    )
    muscle_stiffness_factor: float = Field(
        1.0, ge=0.0, le=10.0, description="Factor on the stiffness that muscles give the joints"
    )

    @property
    def output_interval_ms(self) -> float:
        """Time between outputs."""
        return 1000.0 / self.output_rate_hz

    @property
    def steps_per_output(self) -> int:
        """Number of equal time steps from one output to the next."""
        return max(math.ceil(self.output_interval_ms / self.step_ms - ROUNDING), 1)

    @property
    def steps(self) -> int:
        """Number of time steps, up to the last output within the duration."""
        return self.steps_per_output * int(self.duration_ms / self.output_interval_ms + ROUNDING)

    @property
    def heel_velocity_mm_s(self) -> tuple[float | None, float | None, None]:
        """Components of the heel's velocity that are given: forwards, up, lateral."""
        return self.forward_velocity_mm_s, self.vertical_velocity_mm_s, None

    @model_validator(mode="after")
    def _resolves_content(self) -> Self:
        if self.content_hz is None:
            return self
        # The signal library would slow down the start of every command.
        from scenarios.shock.spectra import STEPS_PER_PERIOD, resolvable_hz

        longest = 1000.0 / (STEPS_PER_PERIOD * self.content_hz)
        step = self.output_interval_ms / self.steps_per_output
        if step > longest + ROUNDING:
            raise wrong(
                f"step_ms = {self.step_ms:g} resolves {resolvable_hz(step):.3g} Hz "
                f"({STEPS_PER_PERIOD} steps a period), content_hz asks for {self.content_hz:g}",
                f"step_ms of at most {longest:.4g}",
            )
        if self.output_interval_ms > longest + ROUNDING:
            raise wrong(
                f"output_rate_hz = {self.output_rate_hz:g} resolves "
                f"{resolvable_hz(self.output_interval_ms):.3g} Hz ({STEPS_PER_PERIOD} steps a "
                f"period), content_hz asks for {self.content_hz:g}",
                f"output_rate_hz of at least {1000.0 / longest:g}",
            )
        return self
