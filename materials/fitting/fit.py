# SPDX-License-Identifier: MIT
"""Least squares of one law on several tests.

The residual of a sample is its misfit over sqrt(stress^2 + (5 % of the test's largest)^2): low
stresses count by their share, down to a floor. The stress in it is the fitted one, for weights
from noisy stresses favour those that came out too low. A test with many samples counts as much as
one with few.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from materials.fitting.columns import TestFileError
from materials.fitting.intervals import Covariance, covariance_of, serial_correlation
from materials.fitting.models import Model
from materials.fitting.predict import Predictor, predictor
from materials.fitting.profile import profile_ends
from materials.fitting.read import HISTORIES, MechanicalTest
from materials.fitting.start import starts

Array = NDArray[np.float64]

FLOOR = 0.05
"""Stress below which weights stop to grow, as a share of the test's largest."""
_PASSES = 6
_STILL = 1.0e-4
_DIFFERENCE = 1.0e-6
_FIRST_LOOK = 12
_TOLERANCE = 1.0e-10
_FLAT = 1.0e3
"""Condition number beyond which no valley is followed: it has no end, and a warning says so."""


class FitError(ValueError):
    """A fit is not possible, or its result is not usable."""


@dataclass(frozen=True)
class TestFit:
    """How well one test is met.

    Attributes:
        test: The test.
        stress_mpa: Fitted nominal stress (n,), negative in compression.
        gradient: Its derivative with respect to the coordinates, (n, p).
        r2: Share of the variance of the stress that is explained.
        rms_mpa: Root of the mean squared misfit.
        serial_correlation: Of the weighted residuals.
    """

    __test__ = False

    test: MechanicalTest
    stress_mpa: Array
    gradient: Array
    r2: float
    rms_mpa: float
    serial_correlation: float


@dataclass(frozen=True)
class Fit:
    """A model fitted to tests.

    Attributes:
        model: What was fitted.
        x: Its coordinates, (p,).
        at_bound: Which of them ended at a bound, (p,).
        covariance: Uncertainty of the coordinates.
        ends: Ends of their 95 % intervals, (p, 2).
        tests: How well each test is met.
        evaluations: How often all tests were predicted.
        cost: Half the sum of squared residuals.
    """

    model: Model
    x: Array
    at_bound: NDArray[np.bool_]
    covariance: Covariance
    ends: Array
    tests: tuple[TestFit, ...]
    evaluations: int
    cost: float

    def interval(
        self, quantity: Callable[[Array], float], logarithmic: bool
    ) -> tuple[float, float, float]:
        """Value of a quantity of the coordinates, and the ends of its 95 % interval.

        Args:
            quantity: Of the coordinates.
            logarithmic: Whether the interval is even in the quantity's logarithm.
        """
        value = float(quantity(self.x))
        shaped = (lambda x: float(np.log(quantity(x)))) if logarithmic else quantity
        half = float(self.covariance.half_width(_gradient(shaped, self.x)[None, :])[0])
        if logarithmic:
            return value, value * float(np.exp(-half)), value * float(np.exp(min(half, 300.0)))
        return value, value - half, value + half


def fit_tests(model: Model, tests: Sequence[MechanicalTest]) -> Fit:
    """Fit a model to tests.

    Raises:
        TestFileError: The tests cannot give what the model asks for.
        FitError: The least squares found nothing.
    """
    _require_usable(model, tests)
    problem = _Problem(model, tests)
    low, high = model.bounds()
    looks = []
    weights = problem.weights([test.stress_mpa for test in tests])
    for x in starts(model, tests):
        try:
            looks.append(problem.solve(x, weights, _FIRST_LOOK))
        except ArithmeticError:
            continue
    if not looks:
        raise FitError(f"{model.name}: no start of the least squares can be evaluated")
    found = min(looks, key=lambda look: look.cost)
    for _ in range(_PASSES):
        before = found.x
        weights = problem.weights(problem.stresses(before))
        found = problem.solve(before, weights, 200)
        if np.abs(found.x - before).max() < _STILL * (1.0 + np.abs(before).max()):
            break
    x = model.sorted(found.x)
    near = 1.0e-6 * (high - low)
    at_bound = (x - low < near) | (high - x < near)
    jacobian = problem.gradient(x)
    residual = problem.residual(x, weights)
    flat = np.concatenate(weights)
    of_test = np.repeat(np.arange(len(tests)), [len(test.strain) for test in tests])
    covariance = covariance_of(jacobian * flat[:, None], residual, ~at_bound, of_test)
    fits = problem.test_fits(x, jacobian, weights)
    ends = problem.ends(x, weights, covariance, at_bound)
    return Fit(model, x, at_bound, covariance, ends, fits, problem.evaluations, float(found.cost))


def _require_usable(model: Model, tests: Sequence[MechanicalTest]) -> None:
    """Raise unless the tests can be used for the model."""
    if not tests:
        raise FitError("no test is given")
    parameters = len(model.names)
    samples = sum(len(test.strain) for test in tests)
    if samples < parameters + 3:
        raise TestFileError(
            f"{', '.join(test.name for test in tests)}: {samples} samples are too few for the "
            f"{parameters} parameters of {model.name}"
        )
    for test in tests:
        if test.kind == "relaxation" and not model.relaxation_times_s:
            raise TestFileError(f"{test.name}: a relaxation test needs a Prony series (--prony N)")
    if model.relaxation_times_s and all(test.time_s is None for test in tests):
        kinds = " or ".join(HISTORIES)
        raise TestFileError(
            f"{', '.join(test.name for test in tests)}: a Prony series needs a {kinds} test, or a "
            "column time_s"
        )


class _Problem:
    """Residuals of all tests."""

    def __init__(self, model: Model, tests: Sequence[MechanicalTest]) -> None:
        self.model = model
        self.tests = tests
        self.predictors: list[Predictor] = [
            predictor(test.path, test.strain, test.time_s, model.relaxation_times_s)
            for test in tests
        ]
        self.measured = np.concatenate([test.stress_mpa for test in tests])
        self.evaluations = 0

    def stresses(self, x: Array) -> list[Array]:
        """Predicted stress of each test."""
        self.evaluations += 1
        terms, gains = self.model.power_terms(x), self.model.gains(x)
        return [predict(terms, gains) for predict in self.predictors]

    def weights(self, stresses: Sequence[Array]) -> list[Array]:
        """Factors of the misfits of each test."""
        found = []
        for test, stress in zip(self.tests, stresses, strict=True):
            floor = FLOOR * np.abs(test.stress_mpa).max()
            found.append(1.0 / np.sqrt((stress**2 + floor**2) * len(stress)))
        return found

    def residual(self, x: Array, weights: Sequence[Array]) -> Array:
        """Weighted misfits of all samples."""
        misfit = np.concatenate(self.stresses(x)) - self.measured
        return np.asarray(misfit * np.concatenate(list(weights)))

    def solve(self, x: Array, weights: Sequence[Array], most: int):  # type: ignore[no-untyped-def]
        """What `scipy.optimize.least_squares` finds."""
        low, high = self.model.bounds()
        inside = np.clip(x, low + 1.0e-9 * (high - low), high - 1.0e-9 * (high - low))
        return least_squares(
            self.residual,
            inside,
            bounds=(low, high),
            x_scale="jac",
            xtol=_TOLERANCE,
            ftol=_TOLERANCE,
            gtol=_TOLERANCE,
            max_nfev=most,
            args=(weights,),
        )

    def gradient(self, x: Array) -> Array:
        """Derivative of all stresses with respect to the coordinates, (n, p)."""
        columns = []
        for i in range(len(x)):
            ahead, behind = x.copy(), x.copy()
            step = _DIFFERENCE * max(1.0, abs(x[i]))
            ahead[i] += step
            behind[i] -= step
            difference = np.concatenate(self.stresses(ahead)) - np.concatenate(
                self.stresses(behind)
            )
            columns.append(difference / (2.0 * step))
        return np.column_stack(columns)

    def ends(
        self,
        x: Array,
        weights: Sequence[Array],
        covariance: Covariance,
        at_bound: NDArray[np.bool_],
    ) -> Array:
        """Ends of the 95 % intervals of the coordinates, (p, 2)."""
        half = covariance.half_width(np.eye(len(x)))
        found = np.column_stack([x - half, x + half])
        # Coordinates move by influence times noise, so this is the inverse of J^T J.
        inverse = covariance.influence @ covariance.influence.T
        followed = self.model.curved if covariance.condition < _FLAT else ()
        for i in followed:
            if at_bound[i] or not half[i] > 0.0:
                continue
            found[i] = profile_ends(
                lambda y: self.residual(y, weights),
                x,
                i,
                float(half[i]),
                float(half[i] ** 2 / inverse[i, i]),
                self.model.bounds(),
                inverse[:, i] / inverse[i, i],
            )
        return np.asarray(np.clip(found, *(bound[:, None] for bound in self.model.bounds())))

    def test_fits(self, x: Array, gradient: Array, weights: Sequence[Array]) -> tuple[TestFit, ...]:
        """How well each test is met."""
        found = []
        first = 0
        for test, stress, weight in zip(self.tests, self.stresses(x), weights, strict=True):
            rows = slice(first, first + len(stress))
            first += len(stress)
            misfit = stress - test.stress_mpa
            spread = float(np.sum((test.stress_mpa - test.stress_mpa.mean()) ** 2))
            found.append(
                TestFit(
                    test=test,
                    stress_mpa=stress,
                    gradient=gradient[rows],
                    r2=1.0 - float(misfit @ misfit) / spread if spread > 0.0 else 0.0,
                    rms_mpa=float(np.sqrt(np.mean(misfit**2))),
                    serial_correlation=serial_correlation(misfit * weight),
                )
            )
        return tuple(found)


def _gradient(quantity: Callable[[Array], float], x: Array) -> Array:
    """Central differences of a scalar of the coordinates, (p,)."""
    found = np.zeros(len(x))
    for i in range(len(x)):
        ahead, behind = x.copy(), x.copy()
        step = _DIFFERENCE * max(1.0, abs(x[i]))
        ahead[i] += step
        behind[i] -= step
        found[i] = (quantity(ahead) - quantity(behind)) / (2.0 * step)
    return found
