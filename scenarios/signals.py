# SPDX-License-Identifier: MIT
"""Ending a run in good order when a signal asks for it.

The first signal only sets a flag, which the analysis looks at after each accepted
step, together with the other ranks; a second one ends the process at once.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from scenarios.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
"""SIGUSR1 is what `mpirun` hands on to its ranks without ending them."""


class InterruptFlag:
    """Whether a signal has asked this rank to end."""

    def __init__(self) -> None:
        self.is_set = False

    def install(self) -> None:
        """Take the signals; again after a library has taken them."""
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.is_set:
            os._exit(Interrupted.exit_code)
        self.is_set = True


@contextmanager
def interruptible() -> Iterator[InterruptFlag]:
    """Take the signals for the time of a run and give them back afterwards."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    flag = InterruptFlag()
    flag.install()
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
            outer = getattr(handler, "__self__", None)
            if flag.is_set and isinstance(outer, InterruptFlag):
                outer.is_set = True  # a run that ended before it looked has not used the signal up
