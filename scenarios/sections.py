# SPDX-License-Identifier: MIT
"""What all tables of ``summary.json`` have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2"]


class Section(BaseModel):
    """A table of the summary: frozen, known keys only, finite numbers only."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        populate_by_name=True,
        protected_namespaces=(),
    )
