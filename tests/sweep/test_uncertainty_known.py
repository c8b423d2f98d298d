# SPDX-License-Identifier: MIT
"""Sobol indices, probabilities and the gain of pairing where the answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from scenarios.sweep.designs import design_points
from scenarios.sweep.factors import factor_value
from scenarios.sweep.study import Design, Factor
from scenarios.uncertainty.differences import PairedDifference, paired_differences
from scenarios.uncertainty.indices import SobolIndices, rank_correlations, sobol_indices
from scenarios.uncertainty.intervals import mean_intervals, median_intervals, wilson
from tests.helpers.evidence import Evidence
from tests.helpers.uncertain_study import draws_of

Array = NDArray[np.float64]

ISHIGAMI, GAUSSIAN, FEW = "Ishigami's function", "Linear Gaussian model", "Few draws"
A, B = 7.0, 0.1
"""Of Ishigami's function."""
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = (0.5 * (1 + B * math.pi**4 / 5) ** 2 / VARIANCE, A**2 / 8 / VARIANCE, 0.0)
TOTAL = (
    FIRST[0] + 8 * B**2 * math.pi**8 / 225 / VARIANCE,
    FIRST[1],
    8 * B**2 * math.pi**8 / 225 / VARIANCE,
)
"""Homma and Saltelli 1996; 8/225 is 1/18 - 1/50 of Sobol's."""
SALTELLI = "Homma and Saltelli 1996, analytic"

STUDIES = 400
"""That a share of intervals is counted over."""


def sampled(kind: str, samples: int, factors: dict[str, Factor], seed: int = 1) -> dict[str, Array]:
    """Values of factors as a study draws them."""
    design = Design(kind=kind, samples=samples, seed=seed)  # type: ignore[arg-type]
    points = design_points(design, tuple(factors.values()), "study.toml")
    return {
        name: np.array([float(str(factor_value(factor, u, None))) for u in column])
        for (name, factor), column in zip(factors.items(), points.T, strict=True)
    }


def angles(samples: int) -> dict[str, Array]:
    return sampled(
        "saltelli",
        samples,
        {name: Factor(key=name, range=(-math.pi, math.pi)) for name in ("x1", "x2", "x3")},
    )


def ishigami(x1: Array, x2: Array, x3: Array) -> Array:
    return np.asarray(np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1))


def plain_and_more(samples: int) -> tuple[dict[str, Array], Array, Array]:
    """Ishigami's function, and itself with a line added that is all of the difference."""
    x = angles(samples)
    plain = ishigami(**x)
    return x, plain, plain + x["x1"] + 2.0 * x["x3"]


def test_indices_of_an_output_and_of_a_difference(evidence: Evidence) -> None:
    x, plain, more = plain_and_more(1024)
    found = {
        one.what: one for one in sobol_indices(draws_of("saltelli", x, plain=plain, more=more))
    }
    assert set(found) == {"plain", "more", "more − plain"}
    of_output, of_difference = found["plain"], found["more − plain"]
    assert of_output.factors == ("x1", "x2", "x3") and of_output.blocks == 1024
    for place, name in enumerate(of_output.factors):
        for which, values, wanted in (
            ("first", of_output.first, FIRST),
            ("total", of_output.total, TOTAL),
        ):
            evidence.within(
                "studies",
                ISHIGAMI,
                f"{which} index of {name}, 1024 base samples",
                values[place],
                low=wanted[place] - 0.03,
                high=wanted[place] + 0.03,
                source=f"{SALTELLI}: {wanted[place]:.4f}",
            )
    for place, wanted in enumerate((0.2, 0.0, 0.8)):
        evidence.within(
            "studies",
            ISHIGAMI,
            f"paired difference x1 + 2 x3: first index of {of_output.factors[place]}",
            of_difference.first[place],
            low=wanted - 0.02,
            high=wanted + 0.02,
            source=f"shares of variance 1 : 0 : 4, {wanted:g}",
        )
    assert of_difference.total == pytest.approx([0.2, 0.0, 0.8], abs=0.02)


def test_intervals_of_indices_hold_the_answer(evidence: Evidence) -> None:
    inside = []
    for seed in range(40):
        factors = {name: Factor(key=name, range=(-math.pi, math.pi)) for name in ("x1", "x2", "x3")}
        x = sampled("saltelli", 64, factors, seed)
        (found,) = sobol_indices(draws_of("saltelli", x, plain=ishigami(**x)))
        inside += [abs(found.first - FIRST) <= found.first_error]
        inside += [abs(found.total - TOTAL) <= found.total_error]
    evidence.within(
        "studies",
        ISHIGAMI,
        "share of 90 % intervals that hold the index, 64 base samples",
        float(np.mean(inside)),
        low=0.8,
        source="bootstrap of blocks; 240 intervals",
    )


def test_indices_from_fewer_samples_come_nearer_with_more(evidence: Evidence) -> None:
    counts = [32, 128, 512, 2048]
    errors = []
    for count in counts:
        x = angles(count)
        (found,) = sobol_indices(draws_of("saltelli", x, plain=ishigami(**x)))
        errors.append(max(np.abs(found.first - FIRST).max(), np.abs(found.total - TOTAL).max()))
    evidence.curve(
        "studies",
        ISHIGAMI,
        "base samples",
        "largest error of an index",
        {"Sobol indices": (counts, errors)},
        logarithmic=True,
        order=-0.5,
    )
    assert errors[-1] < 0.3 * errors[0] and errors[-1] < 0.02


def test_incomplete_blocks_are_dropped_whole() -> None:
    x, plain, more = plain_and_more(256)
    lost = np.zeros((2, plain.size), dtype=bool)
    lost[0, 7], lost[1, 5 * 3 + 4] = True, True
    draws = draws_of("saltelli", x, lost, plain=plain, more=more)
    found: dict[str, SobolIndices] = {one.what: one for one in sobol_indices(draws)}
    assert [(one.blocks, one.dropped) for one in found.values()] == [(255, 1), (255, 1), (254, 2)]
    kept = np.delete(np.arange(plain.size).reshape(-1, 5), 1, axis=0).ravel()
    few = {name: column[kept] for name, column in x.items()}
    (wanted,) = sobol_indices(draws_of("saltelli", few, plain=plain[kept]))
    assert found["plain"].first == pytest.approx(wanted.first, abs=1e-12)
    assert found["plain"].total_error == pytest.approx(wanted.total_error, abs=1e-12)


def gaussian(u: Array, v: Array) -> dict[str, Array]:
    """Two candidates that share 5 u; their difference is 1 - 2 v."""
    return {"first": 100.0 + 5.0 * u + v, "second": 101.0 + 5.0 * u - v}


def difference(kind: str, factors: dict[str, Array]) -> PairedDifference:
    (found,) = paired_differences(draws_of(kind, factors, **gaussian(**factors)))
    return found


def test_probability_and_gain_of_a_linear_gaussian_model(evidence: Evidence) -> None:
    normal = {name: Factor(key=name, distribution="normal", mean=0.0, sd=1.0) for name in "uv"}
    found = difference("latin_hypercube", sampled("latin_hypercube", 4096, normal))
    assert (found.first, found.second, found.pairs) == ("second", "first", 4096)
    chance = float(stats.norm.cdf(-0.5))
    within = (
        ("mean paired difference", found.mean, 1.0, 0.05),
        ("median paired difference", found.median, 1.0, 0.1),
        ("standard deviation of the paired difference", found.deviation, 2.0, 0.05),
        ("probability of a lower load", found.share_lower, chance, 0.015),
        ("variance of independent over paired differences", found.gain or 0.0, 13.0, 0.5),
    )
    for quantity, reached, wanted, margin in within:
        evidence.within(
            "studies",
            GAUSSIAN,
            f"{quantity}, 4096 draws",
            reached,
            low=wanted - margin,
            high=wanted + margin,
            source=f"closed form: {wanted:.4g}",
        )
    assert found.mean_interval is not None and found.probability is not None
    assert found.mean_interval.low < 1.0 < found.mean_interval.high
    assert found.probability.low < chance < found.probability.high
    assert found.verdict == "higher"


def test_the_gain_is_how_many_times_independent_draws_are_needed(evidence: Evidence) -> None:
    rng = np.random.default_rng(5)
    u, v, other, more = rng.normal(size=(4, 4000, 20))
    paired, apart = gaussian(u, v), gaussian(other, more)
    means = np.array(
        [
            (paired["second"] - paired["first"]).mean(axis=1),
            (apart["second"] - paired["first"]).mean(axis=1),
        ]
    )
    ratio = means[1].var() / means[0].var()
    few = zip(u[:50], v[:50], strict=True)
    gain = np.mean([difference("list", {"u": a, "v": b}).gain or 0.0 for a, b in few])
    evidence.within(
        "studies",
        GAUSSIAN,
        "variance of a mean of 20 independent draws over that of paired ones",
        ratio,
        low=12.0,
        high=14.0,
        source="closed form: 13",
    )
    assert gain == pytest.approx(13.0, rel=0.15)


def test_a_saltelli_design_counts_its_own_draws_alone() -> None:
    normal = {name: Factor(key=name, distribution="normal", mean=0.0, sd=1.0) for name in "uv"}
    x = sampled("saltelli", 64, normal)
    found = difference("saltelli", x)
    own = np.concatenate([np.arange(0, 256, 4), np.arange(3, 256, 4)])
    assert found.pairs == 128
    assert found.mean == pytest.approx(float((1.0 - 2.0 * x["v"][own]).mean()))


def test_intervals_over_few_draws_hold_the_answer(evidence: Evidence) -> None:
    rng = np.random.default_rng(11)
    chance = float(stats.norm.cdf(-0.5))
    for count in (8, 32):
        values = 1.0 - 2.0 * rng.normal(size=(count, STUDIES))
        held = {
            "mean": mean_intervals(values),
            "median": median_intervals(values),
            "probability": np.array([wilson(int(n), count) for n in (values < 0).sum(axis=0)]).T,
        }
        for name, (low, high) in held.items():
            truth = chance if name == "probability" else 1.0
            evidence.within(
                "studies",
                FEW,
                f"{count} draws: share of 90 % intervals that hold the {name}",
                float(np.mean((low <= truth) & (truth <= high))),
                low=0.86,
                high=0.975,
                source=f"{STUDIES} studies of a normal difference",
            )


def test_the_median_s_interval_is_that_of_resampling() -> None:
    values = np.random.default_rng(2).lognormal(size=(51, 1))
    found = median_intervals(values).ravel()
    wanted = stats.bootstrap(
        (values[:, 0],), np.median, confidence_level=0.9, n_resamples=9999, method="percentile"
    ).confidence_interval
    assert found == pytest.approx([wanted.low, wanted.high])


def test_rank_correlations_are_spearman_s_of_numbers_alone() -> None:
    rng = np.random.default_rng(4)
    u, v = rng.normal(size=(2, 40))
    factors = {"u": u, "word": np.array(["a", "b"] * 20, dtype=object), "still": np.ones(40)}
    lost = np.zeros((2, 40), dtype=bool)
    lost[1, 3] = True
    draws = draws_of("latin_hypercube", factors, lost, **gaussian(u, v))
    found = {one.what: one for one in rank_correlations(draws)}
    assert found["first"].factors == ("u",) and found["first"].draws == 40
    kept = np.delete(np.arange(40), 3)
    wanted = stats.spearmanr(u[kept], (1.0 - 2.0 * v)[kept]).statistic
    assert found["second − first"].values == pytest.approx([wanted])
    assert found["first"].low < found["first"].values < found["first"].high
    assert found["first"].values[0] > 0.9 and abs(wanted) < 0.4


def test_equal_candidates_are_equal_and_gain_nothing() -> None:
    u = np.linspace(0.0, 1.0, 9)
    (found,) = paired_differences(draws_of("latin_hypercube", {"u": u}, a=u, b=u - 1e-12))
    assert (found.verdict, found.equal, found.lower, found.gain) == ("equal", 9, 0, None)
    (found,) = paired_differences(draws_of("latin_hypercube", {"u": u}, a=u, b=u - 3.0))
    assert (found.verdict, found.lower, found.gain) == ("lower", 9, None)


@pytest.mark.parametrize(
    ("draws", "lower", "verdict"),
    [(4, 4, "undecided"), (5, 5, "lower"), (7, 6, "undecided"), (8, 7, "lower"), (5, 0, "higher")],
)
def test_the_verdict_is_that_of_a_sign_test(draws: int, lower: int, verdict: str) -> None:
    u = np.linspace(0.0, 1.0, draws)
    moved = np.where(np.arange(draws) < lower, -2.0, 2.0)
    (found,) = paired_differences(draws_of("latin_hypercube", {"u": u}, a=u, b=u + moved))
    assert (found.lower, found.verdict) == (lower, verdict)


def test_a_grid_has_differences_and_no_probabilities() -> None:
    u = np.linspace(0.0, 1.0, 9)
    (found,) = paired_differences(draws_of("grid", {"u": u}, a=u, b=u - 3.0))
    assert found.mean == pytest.approx(-3.0) and found.lower == 9
    assert found.probability is None and found.mean_interval is None and found.gain is None
