# SPDX-License-Identifier: MIT
"""What can end a command, and the exit code that each end has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import ClassVar


class CommandError(Exception):
    """An end that a user can act on: one message, no traceback."""

    exit_code: ClassVar[int] = 1


class ScenarioError(CommandError):
    """Wrong input: ``FILE: KEY: what is wrong; allowed ...; did you mean ...?``.

    Raised before anything is written, or before a new result is begun, so that a
    refused input leaves no trace.

    Args:
        where: the file, or the flag, in which the input stands.
        key: dotted key, empty when the input as a whole is refused.
        problem: what is wrong, without a full stop.
        allowed: what would be accepted, empty when the problem says it.
        suggestion: the nearest accepted input, empty when nothing is near.
    """

    exit_code = 2

    def __init__(
        self, where: str, key: str, problem: str, *, allowed: str = "", suggestion: str = ""
    ) -> None:
        self.where = where
        self.key = key
        self.problem = problem
        self.allowed = allowed
        self.suggestion = suggestion
        super().__init__(where, key, problem, allowed, suggestion)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts: the verdict of rank 0 is broadcast to all ranks."""
        return (_rebuilt, (self.where, self.key, self.problem, self.allowed, self.suggestion))

    def __str__(self) -> str:
        """The one line that is shown."""
        parts = (one_line(part) for part in (self.where, self.key, self.problem) if part)
        text = ": ".join(parts)
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.suggestion:
            text += f"; did you mean {self.suggestion}?"
        return text


def _rebuilt(where: str, key: str, problem: str, allowed: str, suggestion: str) -> ScenarioError:
    return ScenarioError(where, key, problem, allowed=allowed, suggestion=suggestion)


class NotWritten(CommandError):
    """The disk is full, or a file cannot be written; what was written before is kept.

    Met by the rank that writes, while the others compute: it ends them all.

    Args:
        place: the file, or the result folder where the file is not known.
        reason: in the operating system's words.
    """

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self.reason = reason
        super().__init__(place, reason)

    def __str__(self) -> str:
        """The one line that is shown."""
        text = f"{one_line(self.place)}: cannot be written: {self.reason}; what was computed "
        return text + "before is kept, and --resume goes on when there is room"


class NotConverged(CommandError):
    """The equations could not be solved; what was computed before is kept.

    Args:
        reason: what gave up, and what to try.
        at: the step, in the analysis's own terms, such as ``"35.0 % of stance"``.
    """

    exit_code = 3

    def __init__(self, reason: str, at: str) -> None:
        self.reason = reason
        self.at = at
        super().__init__(reason, at)

    def __str__(self) -> str:
        """The one line that is shown."""
        return f"not converged at {self.at}: {self.reason}"


class Interrupted(CommandError):
    """Ended by a signal after an accepted step; ``--resume`` goes on from there."""

    exit_code = 130

    def __str__(self) -> str:
        """The one line that is shown."""
        return "interrupted; --resume goes on from the last accepted step"


LONGEST_PART = 400
"""Characters of a part of a message, beyond which its middle is left out."""


def one_line(text: str) -> str:
    """Text that came from outside, fit for one line of a terminal: escaped and not endless."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    if len(shown) <= LONGEST_PART:
        return shown
    half = LONGEST_PART // 2
    return f"{shown[:half]} ... {shown[-half:]}"


def nearest(given: str, accepted: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The accepted word nearest to what was given, or an empty string.

    Compares whole words and their last dotted parts, upper and lower case alike;
    a word that begins with the given one (``thickness`` for ``thickness_mm``)
    counts as near. The first of equally near words wins.
    """
    wanted = given.lower()
    best, best_score = "", cutoff
    for word in accepted:
        score = _similarity(wanted, word.lower())
        if score > best_score or (score == best_score and not best):
            best, best_score = word, score
    return best


def _similarity(wanted: str, word: str) -> float:
    wanted_last, word_last = wanted.rpartition(".")[2], word.rpartition(".")[2]
    whole = SequenceMatcher(None, wanted, word).ratio()
    last = SequenceMatcher(None, wanted_last, word_last).ratio()
    if len(wanted_last) >= 3 and (wanted_last in word_last or word_last in wanted_last):
        last = max(last, 0.75 + 0.2 * last)
    return max(whole, 0.95 * last + 0.05 * whole)


def listed(words: Iterable[str], *, most: int = 24) -> str:
    """Words as a readable list; a long one is cut, and the cut is said."""
    all_words = list(words)
    if len(all_words) <= most:
        return ", ".join(all_words)
    return ", ".join(all_words[:most]) + f", ... ({len(all_words) - most} more)"
