# SPDX-License-Identifier: MIT
"""What the tables of a scenario file have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


def wrong(problem: str, allowed: str) -> PydanticCustomError:
    """An error whose message and accepted values reach the user as they are."""
    return PydanticCustomError("scenario", "{problem}", {"problem": problem, "allowed": allowed})


class Table(BaseModel):
    """A table of a scenario file: strict, frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_default=True,
        use_attribute_docstrings=False,
    )
