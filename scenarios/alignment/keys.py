# SPDX-License-Identifier: MIT
"""Table ``[alignment]`` of a scenario."""

from __future__ import annotations

from pydantic import Field

from scenarios.schema_base import Table


class AlignmentStudy(Table):
    """How the alignment of a candidate is reported."""

    stiffness_study: bool | None = Field(
        None,
        description="Solve a candidate also with half and twice the stiffness of the joints that "
        "hold its posture (subtalar, ankle, leg), at every output instant",
        json_schema_extra={
            "default_text": "true in standing, false in stance",
            "allowed_text": "true or false",
        },
    )
