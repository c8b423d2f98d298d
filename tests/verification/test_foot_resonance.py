# SPDX-License-Identifier: MIT
"""How the ringing of a foot on a vibrating plate is read from its record."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.vibrated_foot import ringing


@pytest.mark.parametrize(("frequency_hz", "damping"), [(11.0, 0.25), (21.0, 0.12), (34.0, 0.3)])
def test_ringing_is_read_from_a_made_up_record(frequency_hz: float, damping: float) -> None:
    time = np.arange(0.0, 0.13, 3e-3)
    decay = damping / np.sqrt(1.0 - damping**2) * 2.0 * np.pi * frequency_hz
    swing = np.exp(-decay * time) * np.cos(2.0 * np.pi * frequency_hz * time - 0.7)
    found = ringing(time, swing + 0.2 * np.exp(-15.0 * time))
    assert found == pytest.approx((frequency_hz, damping), rel=0.01)
