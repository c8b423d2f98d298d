# SPDX-License-Identifier: MIT
"""What the tables of a scenario file have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

InputPath = Annotated[Path, Field(json_schema_extra={"input_path": True})]
"""A file or folder that the user names; `scenarios.loading` makes it absolute."""


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
