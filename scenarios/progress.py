# SPDX-License-Identifier: MIT
"""How a run tells what it is doing: a bar on a terminal, plain lines elsewhere.

Both go to the standard error stream of rank 0; results go to standard output.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress(Protocol):
    """What an analysis calls; every method may be called on every rank."""

    def start(self, title: str, total: float) -> None:
        """Begin a part, such as ``"calibration"``, that ends at ``total`` (per cent)."""

    def update(self, done: float, note: str = "") -> None:
        """Say how far the part is, at every accepted step."""

    def instant(self, done: float, note: str) -> None:
        """Say that results of an output instant are written."""

    def message(self, text: str) -> None:
        """Show one line."""

    def stop(self) -> None:
        """End all display."""


class SilentProgress:
    """Shows nothing: other ranks, and ``--quiet``."""

    def start(self, title: str, total: float) -> None:
        """Nothing."""

    def update(self, done: float, note: str = "") -> None:
        """Nothing."""

    def instant(self, done: float, note: str) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Nothing."""

    def stop(self) -> None:
        """Nothing."""


class LineProgress(SilentProgress):
    """One plain line per output instant, for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._title = ""
        self._started = time.monotonic()

    def start(self, title: str, total: float) -> None:
        """Name the part that the following lines belong to."""
        self._title = title
        self._started = time.monotonic()

    def instant(self, done: float, note: str) -> None:
        """Print title, per cent, seconds and note."""
        seconds = time.monotonic() - self._started
        self.message(f"{self._title} {done:5.1f} %  {seconds:6.1f} s  {note}".rstrip())

    def message(self, text: str) -> None:
        """Print one line."""
        print(text, file=self._stream, flush=True)


class BarProgress(SilentProgress):
    """A bar with elapsed and remaining time, for terminals."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console

        self._console = Console(file=stream)
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def start(self, title: str, total: float) -> None:
        """Open the bar, or begin a new one for the next part."""
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        if self._bar is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeElapsedColumn(),
                TimeRemainingColumn(elapsed_when_finished=True),
                TextColumn("{task.fields[note]}", style="dim"),
            )
            self._bar = Progress(*columns, console=self._console)
            self._bar.start()
        self._task = self._bar.add_task(title, total=total, note="")

    def update(self, done: float, note: str = "") -> None:
        """Move the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, note=note)

    def instant(self, done: float, note: str) -> None:
        """Move the bar; the note stands beside it."""
        self.update(done, note)

    def message(self, text: str) -> None:
        """Print a line above the bar."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def stop(self) -> None:
        """Close the bar and leave it as it is."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def make_progress(*, shown: bool, quiet: bool = False) -> Progress:
    """The display that fits: a bar on a terminal, else lines; none on other ranks."""
    if quiet or not shown:
        return SilentProgress()
    return BarProgress(sys.stderr) if sys.stderr.isatty() else LineProgress(sys.stderr)
