# SPDX-License-Identifier: MIT
"""Fits of known laws: time, predictions, and how often intervals hold the true numbers.

    python benchmarks/fit.py [--seeds 200] [--noise 0.05] [MODEL ...]

Three tests of 29 samples of compression, 29 of shear and a ramp and hold of 71, made without the
code that fits them. Noise is Gaussian, independent, a share of the stress. Counts are of 20 seeds:
20 times the share of seeds in which a number lies in its 95 % interval.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from materials.fitting.fit import fit_tests
from materials.fitting.models import coordinates_of, model_of
from materials.ogden import HyperFoam, Ogden
from materials.polynomial import MooneyRivlin
from materials.solids import NeoHookean
from tests.helpers.specimens import SERIES, noisy, three_tests

LAWS = {
    "neo_hookean": NeoHookean(0.02),
    "mooney_rivlin": MooneyRivlin(0.18, 0.045, 0.475),
    "ogden-1": Ogden((0.01645,), (6.82,)),
    "ogden-2": Ogden((0.012, 0.006), (8.0, -4.0)),
    "hyperfoam-1": HyperFoam((0.3,), (4.0,)),
    "hyperfoam-2": HyperFoam((1.0039, 0.03168), (13.42, -1.38)),
}


def main() -> int:
    """Print a line for each model, and one for each of its numbers."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("models", metavar="MODEL", nargs="*", default=[], help=", ".join(LAWS))
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--noise", type=float, default=0.05)
    given = parser.parse_args()
    for name in given.models or LAWS:
        report(name, given.seeds, given.noise)
    return 0


def report(name: str, seeds: int, noise: float) -> None:
    """Fit one law's tests, clean and with noise."""
    law = LAWS[name]
    tests = three_tests(law)
    model = model_of(name, law.poisson_ratio, SERIES.times_s)
    true = coordinates_of(model, law, SERIES.gains)
    began = time.perf_counter()
    clean = fit_tests(model, tests)
    took = time.perf_counter() - began
    error = np.abs(clean.x - true).max()
    print(
        f"{name}: {took:.2f} s, {clean.evaluations} predictions of all tests, largest error of a "
        f"coordinate {error:.1e} without noise"
    )
    inside, widths = [], []
    for seed in range(seeds):
        ends = fit_tests(model, noisy(tests, noise, seed)).ends
        inside.append((ends[:, 0] <= true) & (true <= ends[:, 1]))
        widths.append(ends[:, 1] - ends[:, 0])
    counts = 20.0 * np.mean(inside, axis=0)
    for label, count, width in zip(model.names, counts, np.median(widths, axis=0), strict=True):
        print(f"  {label:14} inside {count:5.2f} of 20, median width {width:.3g}")
    print(f"  mean over parameters {counts.mean():.2f} of 20", flush=True)


if __name__ == "__main__":
    sys.exit(main())
