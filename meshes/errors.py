# SPDX-License-Identifier: MIT
"""The one exception by which geometry refuses a shape."""

from __future__ import annotations


class MeshError(ValueError):
    """A shape that cannot be meshed, with the dimension at fault and what is allowed.

    Attributes:
        parameter: name of the dimension at fault, or of the quality measure that failed.
        allowed: what would be accepted, in words and numbers.
    """

    def __init__(self, parameter: str, reason: str, allowed: str) -> None:
        """Store the parts and join them to one sentence."""
        self.parameter = parameter
        self.allowed = allowed
        super().__init__(f"{parameter}: {reason}; allowed: {allowed}")


def require_range(parameter: str, value: float, low: float, high: float) -> None:
    """Raise `MeshError` unless ``low <= value <= high`` (NaN is refused too)."""
    if not low <= value <= high:
        raise MeshError(parameter, f"{value:g} is out of range", f"{low:g} to {high:g}")
