# SPDX-License-Identifier: MIT
"""What a difference of two runs is set against, and what is said of it.

Two uncertainties are known apart. That of the mesh: the discretisation errors of both runs,
added in quadrature. Runs of one resolution share most of that error, so that a difference
beyond it is one, and one within it may still be. That of parameters (subject, tissue, gait): the
standard deviation of the *paired* difference over the draws of a study of uncertainty, in which
what both designs share has cancelled. Neither says what a person feels.
"""

from __future__ import annotations

from typing import Literal

MeshVerdict = Literal["resolved", "within error", "not measured", "equal"]
Side = Literal["larger", "within", "unknown"]

DEVIATIONS = 2.0
"""Standard deviations of the paired difference that a difference must exceed: of a normal
distribution about zero 5 % lie beyond."""

FLOORS = {"N": 1e-3, "Nm": 1e-4, "deg": 1e-4, "mm": 1e-4, "BW": 2e-6, "%": 1e-6}
"""Differences up to this are the iterations' of the solver: the runs are equal."""
RELATIVE_FLOOR = 1e-6
"""The same of other units, over the larger value."""

EQUAL, NOT_KNOWN = "equal", "not known"
WORDS: dict[tuple[Side, Side], str] = {
    ("larger", "larger"): "larger than both",
    ("larger", "within"): "within parameters",
    ("larger", "unknown"): "larger than mesh",
    ("within", "larger"): "within mesh",
    ("within", "within"): "within both",
    ("within", "unknown"): "within mesh",
    ("unknown", "larger"): "larger than parameters",
    ("unknown", "within"): "within parameters",
    ("unknown", "unknown"): NOT_KNOWN,
}
"""What is said, by the side of the mesh's and of the parameters' uncertainty."""
MESH_WORDS: dict[Side, MeshVerdict] = {
    "larger": "resolved",
    "within": "within error",
    "unknown": "not measured",
}
"""The mesh's side alone, as a course over visits takes it."""
MARKS = {"larger": "*", "within": "~", EQUAL: "=", NOT_KNOWN: "?"}
"""Signs of narrow tables."""


def is_equal(first: float, other: float, unit: str) -> bool:
    """Whether two values differ by no more than the solver's last iterations."""
    floor = FLOORS.get(unit, RELATIVE_FLOOR * max(abs(first), abs(other)))
    return abs(other - first) <= floor


def side_of(change: float, uncertainty: float | None) -> Side:
    """On which side of an uncertainty a difference lies; both in the output's unit."""
    if uncertainty is None:
        return "unknown"
    return "larger" if abs(change) > uncertainty else "within"


def mark_of(words: str) -> str:
    """The sign of a verdict."""
    return MARKS.get(words) or MARKS[words.split()[0]]


def rule_lines(study: str | None) -> tuple[str, ...]:
    """The rule of the verdicts, in sentences.

    Args:
        study: folder of the study of uncertainty, None where none was given.
    """
    parameters = (
        "parameters: not known, no study of uncertainty was given (--uncertainty STUDY_DIR)."
        if study is None
        else f"parameters: larger where the difference exceeds {DEVIATIONS:g} standard deviations "
        f"of the paired difference over the draws of {study}; this is the largest of its pairs "
        "of designs, which need not be those compared here."
    )
    return (
        "mesh: larger where the difference exceeds the discretisation errors of both runs, added "
        "in quadrature. Runs on one mesh share most of that error: larger is safe to say, within "
        "asks for a finer resolution.",
        parameters,
        "not known is neither: no estimate exists. All are statements about predicted load in one "
        "modelled person.",
    )
