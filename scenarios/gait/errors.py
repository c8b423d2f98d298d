# SPDX-License-Identifier: MIT
"""The one exception of the gait readers."""

from __future__ import annotations

from scenarios.errors import ScenarioError


class GaitError(ScenarioError):
    """Gait input that is wrong or cannot be used; ends a command with exit code 2.

    Args:
        file: file (or ``"built-in gait"``) in which the fault lies.
        key: column label, header entry or scenario key.
        message: what was found.
        allowed: what would be accepted, empty when the message says it.
        suggestion: nearest accepted label, empty when nothing is near.
    """

    def __init__(
        self, file: object, key: str, message: str, *, allowed: str = "", suggestion: str = ""
    ) -> None:
        super().__init__(str(file), key, message, allowed=allowed, suggestion=suggestion)

    @property
    def file(self) -> str:
        """The file in which the fault lies."""
        return self.where

    @property
    def message(self) -> str:
        """What was found."""
        return self.problem

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts: the verdict of rank 0 is broadcast to all ranks."""
        return (_rebuilt, (self.where, self.key, self.problem, self.allowed, self.suggestion))


def _rebuilt(file: str, key: str, message: str, allowed: str, suggestion: str) -> GaitError:
    return GaitError(file, key, message, allowed=allowed, suggestion=suggestion)
