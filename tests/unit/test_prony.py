# SPDX-License-Identifier: MIT
"""Prony series, and which part of a law they act on."""

from dataclasses import replace

import numpy as np
import pytest

from materials.build import series_of
from materials.evaluation import evaluate, first_piola_mpa, placeholder
from materials.library import load
from materials.ogden import HyperFoam
from materials.prony import PronySeries
from materials.solids import CompressibleNeoHookean
from tests.unit.test_materials_laws import all_laws, differences, states

SERIES = PronySeries((0.3, 0.25, 0.15), (0.01, 0.1, 1.0))


@pytest.mark.parametrize(
    ("weights", "times", "words"),
    [
        ((), (), "at least one"),
        ((0.2,), (0.1, 1.0), "got 1 and 2"),
        ((0.2, 0.0), (0.1, 1.0), r"prony_weights\[2\] must be positive"),
        ((0.2, -0.1), (0.1, 1.0), r"prony_weights\[2\] must be positive"),
        ((0.2,), (0.0,), r"prony_times\[1\] must be positive"),
        ((0.2,), (float("inf"),), r"prony_times\[1\] must be positive and finite"),
        ((0.6, 0.4), (0.1, 1.0), "must sum to less than 1"),
        ((0.2, 0.2), (1.0, 0.1), "must ascend"),
        ((0.2, 0.2), (1.0, 1.0), "must ascend"),
    ],
)
def test_a_series_that_cannot_be_is_refused(weights, times, words):
    with pytest.raises(ValueError, match=words):
        PronySeries(weights, times)


def test_relaxation_goes_from_the_instantaneous_to_the_long_term_stress():
    assert SERIES.relaxation(0.0) == pytest.approx(1.0)
    assert SERIES.relaxation(1e3) == pytest.approx(0.3) == pytest.approx(SERIES.long_term_share)
    assert SERIES.instantaneous_ratio == pytest.approx(1.0 / 0.3)
    assert sum(SERIES.gains) == pytest.approx(0.7 / 0.3)
    times = np.geomspace(1e-4, 10.0, 50).reshape(5, 10)
    left = SERIES.relaxation(times)
    assert left.shape == (5, 10)
    assert np.all(np.diff(left.ravel()) < 0.0)
    terms = zip(SERIES.weights, SERIES.times_s, strict=True)
    by_hand = 1.0 - sum(g * (1.0 - np.exp(-times / t)) for g, t in terms)
    np.testing.assert_allclose(left, by_hand, rtol=1e-12)


def test_moduli_of_oscillation_are_the_transform_of_the_relaxation():
    series, frequency = PronySeries((0.4, 0.2), (0.02, 0.3)), 2.0
    omega = 2.0 * np.pi * frequency
    time = np.linspace(0.0, 12.0, 400_001)
    fading = series.relaxation(time) * series.instantaneous_ratio - 1.0
    transform = 1.0 + 1j * omega * np.trapezoid(fading * np.exp(-1j * omega * time), time)
    assert series.complex_ratio(frequency) == pytest.approx(transform, rel=1e-5)
    storage, loss = series.storage_ratio(frequency), series.loss_ratio(frequency)
    assert storage + 1j * loss == pytest.approx(transform, rel=1e-5)
    assert series.loss_factor(frequency) == pytest.approx(loss / storage)
    assert series.storage_ratio([1e-9, 1e9]) == pytest.approx([1.0, series.instantaneous_ratio])
    assert series.loss_ratio([1e-9, 1e9]) == pytest.approx([0.0, 0.0], abs=1e-6)


def test_series_of_a_record():
    record = load("heel_pad")
    series = series_of(record)
    assert series is not None
    assert series.weights == record.numbers("prony_weights")
    assert series.times_s == record.numbers("prony_times")
    assert series_of(load("rigid_reference")) is None
    half = {k: v for k, v in record.quantities.items() if k != "prony_times"}
    with pytest.raises(ValueError, match=r"tissue.toml: heel_pad: as many prony_weights"):
        series_of(replace(record, quantities=half))


@all_laws
def test_parts_of_the_stress(law):
    symbol, F = placeholder(3, 3), states()
    relaxing, lasting = (
        np.broadcast_to(evaluate(stress(symbol), {symbol: F}), F.shape)
        for stress in (law.relaxing_piola, law.lasting_piola)
    )
    energy = lambda x: evaluate(law.relaxing_energy(symbol), {symbol: x})  # noqa: E731
    largest = np.abs(relaxing).max()
    np.testing.assert_allclose(differences(energy, F), relaxing, atol=1e-7 * largest)
    whole = first_piola_mpa(law, F)
    scale = np.abs(whole).max()
    np.testing.assert_allclose(relaxing + lasting, whole, atol=1e-12 * scale)
    if isinstance(law, HyperFoam | CompressibleNeoHookean):
        assert not lasting.any()
        return
    # No pressure in the one part, nothing but pressure in the other.
    spatial = [stress @ np.swapaxes(F, 1, 2) for stress in (relaxing, lasting)]
    assert np.abs(np.trace(spatial[0], axis1=1, axis2=2)).max() < 1e-6 * scale
    volume = np.linalg.det(F)
    pressure = law.initial_bulk_modulus_mpa / 2.0 * (volume**2 - 1.0)
    np.testing.assert_allclose(spatial[1], pressure[:, None, None] * np.eye(3), atol=1e-12 * scale)
