# SPDX-License-Identifier: MIT
"""The analysis of a study in words and cells: for a terminal, and for its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios.compare_outputs import SHOWN_UNITS, output_unit, output_words
from scenarios.report_tables import number
from scenarios.text_table import aligned_lines
from scenarios.uncertainty.differences import PairedDifference
from scenarios.uncertainty.draws import Draws
from scenarios.uncertainty.effects import CLAIM, Effects
from scenarios.uncertainty.indices import RankCorrelations, SobolIndices
from scenarios.uncertainty.intervals import Interval


def effects_text(effects: Effects) -> str:
    """The analysis for a terminal."""
    draws = effects.draws
    drawn = ", ".join(draws.factors)
    lines = [
        f"{draws.where}: {int(draws.finished.sum())} of {draws.finished.size} cases finished; "
        f"{draws.values.shape[1]} draws ({draws.kind}) of {drawn}"
    ]
    left = len(draws.outputs) - len(effects.shown)
    if left:
        lines.append(f"{len(effects.shown)} outputs are shown, {left} more are in the files")
    for pair in draws.pairs:
        found = [one for one in effects.differences if _is_of(one, draws, pair)]
        found = [one for one in found if one.output in effects.shown]
        lines += ["", *_difference_lines(draws.name_of(pair), found)]
    lines += _index_lines(effects)
    lines += ["", *(f"note: {note}" for note in effects.notes), CLAIM]
    return "\n".join(lines)


def _is_of(one: PairedDifference, draws: Draws, pair: tuple[int, int]) -> bool:
    return (one.first, one.second) == (draws.candidates[pair[0]], draws.candidates[pair[1]])


def difference_head(first: str) -> tuple[str, ...]:
    """Head of the table of differences."""
    return (
        *("output", "unit", "pairs", "mean", "90 %", "median", "90 %"),
        *(f"{first} lower in", "probability, 90 %", "pairing", "computed value"),
    )


PAGE_HEAD = (
    *("", "mean difference", "90 %", "median", "lower in", "probability, 90 %"),
    *("pairing", "computed value"),
)
"""Head of the page's table of differences, which is narrower."""


def page_row(one: PairedDifference) -> tuple[str, ...]:
    """A row of it."""
    cells = difference_row(one)
    return (with_unit(one.output), cells[3], cells[4], cells[5], *cells[7:])


def with_unit(key: str) -> str:
    """An output, or a key of the scenario, in words with its unit."""
    unit = output_unit(key)
    return output_words(key) + (f" ({SHOWN_UNITS.get(unit, unit)})" if unit else "")


def difference_row(one: PairedDifference) -> tuple[str, ...]:
    """A row of the table of differences."""
    return (
        one.output,
        output_unit(one.output),
        str(one.pairs),
        signed(one.mean),
        interval_text(one.mean_interval),
        signed(one.median),
        interval_text(one.median_interval),
        f"{one.lower} of {one.pairs}",
        "" if one.probability is None else probability_text(one.probability),
        "" if one.gain is None else f"× {one.gain:.3g}",
        verdict_text(one),
    )


def verdict_text(one: PairedDifference) -> str:
    """What the draws say of the computed load, in two or three words."""
    if one.verdict == "undecided":
        return "not decided" if one.probability is not None else "no sample"
    return one.verdict


def signed(value: float) -> str:
    """A difference with its sign."""
    return ("−" if value < 0 else "+" if value > 0 else "") + number(abs(value))


def interval_text(interval: Interval | None) -> str:
    """Both ends of an interval of differences."""
    return "" if interval is None else f"{signed(interval.low)} to {signed(interval.high)}"


def probability_text(interval: Interval) -> str:
    """Both ends of an interval of a probability."""
    return f"{interval.low:.2f} to {interval.high:.2f}"


def sentence(one: PairedDifference) -> str:
    """What the draws say of one difference, of computed load alone."""
    unit = output_unit(one.output)
    mean = f"mean difference {signed(one.mean)} {SHOWN_UNITS.get(unit, unit)}".rstrip()
    if one.mean_interval is not None:
        mean += f" (90 % interval {interval_text(one.mean_interval)})"
    among = f"{one.lower} of {one.pairs} draws"
    if one.probability is not None:
        among += f" (probability {probability_text(one.probability)})"
    said = {
        "lower": f"lower with {one.first} than with {one.second} in {among}; {mean}",
        "higher": f"higher with {one.first} than with {one.second}, lower in {among} only; {mean}",
        "equal": f"the same with {one.first} and {one.second} in all {one.pairs} draws",
        "undecided": f"not decided between {one.first} and {one.second}, the first lower in "
        f"{among}; {mean}",
    }
    words = said[one.verdict]
    if one.verdict == "undecided" and one.probability is None:
        words = f"lower with {one.first} than with {one.second} in {among}; {mean}"
    return f"Computed {output_words(one.output)}: {words}."


def _difference_lines(title: str, found: Sequence[PairedDifference]) -> list[str]:
    if not found:
        return [f"{title}: too few draws that both finished"]
    rows = [difference_head(found[0].first), *(difference_row(one) for one in found)]
    return [title, *aligned_lines(rows, left=(0, 1, 10))]


def _index_lines(effects: Effects) -> list[str]:
    lines: list[str] = []
    if effects.sobol:
        lines += ["", "Sobol indices, first / total ± half of the 90 % interval"]
        rows = [("output", "of", *effects.sobol[0].factors)]
        for one in effects.sobol:
            if one.output in effects.shown:
                rows.append((one.output, one.what, *sobol_cells(one)))
        lines += aligned_lines(rows, left=(0, 1))
    if effects.ranks:
        lines += ["", "rank correlations (Spearman), with their 90 % intervals"]
        keys = list(dict.fromkeys(key for one in effects.ranks for key in one.factors))
        rows = [("output", "of", *keys)]
        for item in effects.ranks:
            if item.output in effects.shown:
                cell = dict(zip(item.factors, rank_cells(item), strict=True))
                rows.append((item.output, item.what, *(cell.get(key, "") for key in keys)))
        lines += aligned_lines(rows, left=(0, 1))
    return lines


def sobol_cells(item: SobolIndices) -> Iterator[str]:
    """First and total index of each factor."""
    ends = zip(item.first, item.first_error, item.total, item.total_error, strict=True)
    for first, half, total, half_total in ends:
        yield f"{first:.2f} ± {half:.2f} / {total:.2f} ± {half_total:.2f}"


def rank_cells(item: RankCorrelations) -> Iterator[str]:
    """Rank correlation with each of its factors."""
    for value, low, high in zip(item.values, item.low, item.high, strict=True):
        yield f"{value:+.2f} ({low:+.2f} to {high:+.2f})"
