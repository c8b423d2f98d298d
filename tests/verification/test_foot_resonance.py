# SPDX-License-Identifier: MIT
"""Resonance of foot and ankle on a vibrating plate, of a seated person with and without weights."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.evidence import Evidence
from tests.helpers.vibrated_foot import (
    PULSE_S,
    mass_on_tissue,
    ringing,
    seated_leg,
    shake,
    stiffness_n_per_mm,
)

SECTION = "shock"
WEE = "Wee & Voloshin 2013, Ann Biomed Eng, at the malleolus, 10 to 50 Hz"
FREQUENCIES_HZ = np.arange(4.0, 60.25, 0.25)
WANTED_HZ = {0.0: (15.0, 25.0), 2.3: (30.0, 35.0), 4.5: (35.0, 35.0)}
GUARD_HZ = {0.0: (9.5, 14.5), 2.3: (8.5, 13.5), 4.5: (8.0, 13.0)}
REASON = (
    "a mass on tissue gets slower as mass is added, since stiffness grows with the square root of "
    "the load; what was measured gets faster, so that the weights pressed there without moving as "
    "one with the ankle"
)


@pytest.mark.validation
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("added_kg", list(WANTED_HZ))
def test_the_foot_rings_where_it_was_measured(evidence: Evidence, added_kg: float) -> None:
    case = f"Seated leg on a vibrating plate, {added_kg:g} kg on the knee"
    leg = seated_leg(added_kg)
    slow, sudden = (stiffness_n_per_mm(leg, sudden) for sudden in (False, True))
    simple = mass_on_tissue(leg, slow, sudden, FREQUENCIES_HZ)
    found = shake(leg)
    free = found.time_s >= PULSE_S
    frequency, damping = ringing(found.time_s[free], found.ankle_mm[free])
    response = found.transmissibility(FREQUENCIES_HZ)
    peak, wanted = FREQUENCIES_HZ[np.argmax(response)], FREQUENCIES_HZ[np.argmax(simple)]
    print(
        f"{added_kg} kg: {leg.mass_kg:.2f} kg, {leg.plate_n:.1f} N, k {slow:.1f} {sudden:.1f}, "
        f"rings {frequency:.2f} Hz {damping:.3f}, peak {peak} {response.max():.2f}, "
        f"simple {wanted} {simple.max():.2f}"
    )
    low, high = WANTED_HZ[added_kg]
    evidence.outside(
        SECTION, case, "frequency of the ankle's greatest motion", peak, low=low, high=high,
        unit="Hz", source=WEE, reason=REASON, guard=GUARD_HZ[added_kg],
    )  # fmt: skip
    evidence.within(SECTION, case, "frequency of free ringing", frequency, low=0.0, unit="Hz")
    evidence.within(SECTION, case, "damping ratio of free ringing", damping, low=0.0)
    evidence.within(SECTION, case, "greatest motion of ankle / plate", response.max(), low=1.0)
    evidence.within(SECTION, case, "stiffness of sudden force", sudden, low=slow, unit="N/mm")
    evidence.curve(
        SECTION, case, "frequency (Hz)", "motion of ankle / plate",
        {
            "foot in elements": (FREQUENCIES_HZ, response),
            "mass on its stiffness at rest": (FREQUENCIES_HZ, simple),
        },
    )  # fmt: skip
    # The foot also tilts about its joints, whose dampers the single mass has not.
    evidence.within(
        SECTION, case, "frequency / that of a mass on the stiffness at rest",
        peak / wanted, low=0.95, high=1.10,
    )  # fmt: skip


@pytest.mark.parametrize(("frequency_hz", "damping"), [(11.0, 0.25), (21.0, 0.12), (34.0, 0.3)])
def test_ringing_is_read_from_a_made_up_record(frequency_hz: float, damping: float) -> None:
    time = np.arange(0.0, 0.13, 3e-3)
    decay = damping / np.sqrt(1.0 - damping**2) * 2.0 * np.pi * frequency_hz
    swing = np.exp(-decay * time) * np.cos(2.0 * np.pi * frequency_hz * time - 0.7)
    found = ringing(time, swing + 0.2 * np.exp(-15.0 * time))
    assert found == pytest.approx((frequency_hz, damping), rel=0.01)
