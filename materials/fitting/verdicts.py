# SPDX-License-Identifier: MIT
"""What a user must know of a fit: warnings, and how far the law is stable."""

from collections.abc import Iterator

import numpy as np

from materials.fitting.fit import Fit, FitError
from materials.fitting.intervals import LARGEST_CONDITION
from materials.fitting.losses import loss_of_cycle
from materials.fitting.record import parameters_of, tested_strain
from materials.fitting.stability import MOST_COMPRESSION, MOST_SHEAR, MOST_TENSION, stability_of

LARGEST_WEIGHT_SUM = 0.98
"""Sum of the Prony weights beyond which nothing is left in the long term."""
_SERIAL = 0.5
_SEEN = 0.005
"""Misfit, as a share of the largest stress, below which its run is not worth a word."""
_POOR_R2 = 0.9
_LOOKED = {"compression": MOST_COMPRESSION, "tension": MOST_TENSION, "shear": MOST_SHEAR}


def require_solid(fit: Fit) -> None:
    """Refuse a fit that no simulation can use.

    Raises:
        FitError: The stress relaxes to (nearly) nothing, or the law is unstable at strains that
            were tested.
    """
    total = float(fit.model.weights(fit.x).sum())
    if total > LARGEST_WEIGHT_SUM:
        raise FitError(
            f"{fit.model.name}: the Prony weights sum to {total:.3f}, {LARGEST_WEIGHT_SUM:g} at "
            "most are allowed: the stress relaxes to nothing. Is there a slow test, or a longer "
            "hold, that shows the long-term stiffness?"
        )
    stability = stability_of(fit.model.power_terms(fit.x))
    tests = [item.test for item in fit.tests]
    for path, most in _LOOKED.items():
        tested = tested_strain(tests, path)
        names = [name for name in stability.drucker if name.endswith(path)]
        limit = min((stability.drucker[name] for name in names), default=most)
        if limit < min(tested, most) - 0.01:
            raise FitError(
                f"{fit.model.name}: the law is unstable beyond {100 * limit:.0f} % of {path}, "
                f"within the tested {100 * tested:.0f} %: try another --model"
            )


def warnings_of(fit: Fit) -> Iterator[str]:
    """Sentences on what the tests cannot tell and where the model does not fit."""
    for item in fit.tests:
        largest = float(np.abs(item.test.stress_mpa).max())
        yield from item.test.warnings
        if item.test.time_s is None and fit.model.relaxation_times_s:
            yield f"{item.test.name}: has no time and is taken for slow (long-term)"
        if item.test.kind == "cyclic" and not fit.model.relaxation_times_s:
            yield f"{item.test.name}: without --prony the law runs through the middle of the cycle"
        if item.r2 < _POOR_R2:
            yield f"{item.test.name}: R2 is {item.r2:.3f}: the model does not follow this test"
        elif item.serial_correlation > _SERIAL and item.rms_mpa > _SEEN * largest:
            yield (
                f"{item.test.name}: misfits follow each other (correlation "
                f"{item.serial_correlation:.2f}): the model bends otherwise than the test, and the "
                "intervals are too narrow"
            )
    names = fit.model.names
    for name, stuck in zip(names, fit.at_bound, strict=True):
        if stuck:
            yield f"{name}: ended at a bound; the tests do not need this term"
    if fit.covariance.condition > LARGEST_CONDITION:
        mixed = ", ".join(names[i] for i in fit.covariance.weakest)
        number = f"{fit.covariance.condition:.1g}"
        yield f"the tests cannot tell {mixed} apart (condition number {number})"
    for parameter in parameters_of(fit):
        stuck = parameter.low == parameter.high
        if parameter.loose and not stuck:
            yield (
                f"{parameter.name}: the tests hardly tell it: {parameter.value:.3g} "
                f"({parameter.low:.3g} to {parameter.high:.3g})"
            )


def loss_lines(fit: Fit) -> Iterator[str]:
    """Energy lost in the last whole cycle of cyclic tests, measured and fitted."""
    for item in fit.tests:
        if item.test.kind == "cyclic":
            measured, fitted = (
                100.0 * loss_of_cycle(item.test.strain, stress)
                for stress in (item.test.stress_mpa, item.stress_mpa)
            )
            share = f"{measured:.1f} % of its work, {fitted:.1f} % fitted"
            yield f"{item.test.name}: a cycle loses {share}"


def stability_lines(fit: Fit) -> Iterator[str]:
    """Up to which strain the law is stable, and how far it was tested."""
    stability = stability_of(fit.model.power_terms(fit.x))
    tests = [item.test for item in fit.tests]
    for path, most in _LOOKED.items():
        limit, tested = stability.limit(path), tested_strain(tests, path)
        told = f"to {100 * limit:.0f} %" + (" and beyond" if limit >= most - 1e-9 else "")
        seen = f"tested to {100 * tested:.0f} %" if tested > 0.0 else "not tested"
        yield f"{path}: stable {told}, {seen}"
